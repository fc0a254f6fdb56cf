using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Fairlead.Libvirt;

namespace Fairlead.Agent.Tests.Reconciling;

/// <summary>Machines without vNICs, on libvirt's own test driver: all that a pass does but for the network.</summary>
public sealed class ReconcilerTests : ReconcilerFixture
{
    [Fact]
    public async Task NewManifest_RunsAndSaysSo()
    {
        await WriteAndReconcileAsync("{}");

        Assert.Equal(DomainState.Running, await StateAsync());
        VirtualMachineStatus status = Record.Vm.Status!;
        Assert.Equal(VirtualMachinePhase.Running, status.Phase);
        Assert.Equal(("node-1", "test", 1), (status.Node, status.Hypervisor, status.ObservedGeneration));
        Assert.All(status.Conditions, c => Assert.Equal(ConditionStatus.True, c.Status));
        Assert.Equal([Reasons.Accepted, Reasons.Started], _events.List(Key).Select(e => e.Reason));
    }

    [Fact]
    public async Task SecondPass_ChangesNothing()
    {
        await WriteAndReconcileAsync("{}");
        VmRecord before = Record;
        _time.Advance(TimeSpan.FromMinutes(1));

        await ReconcileAsync();

        Assert.Same(before, Record);
        Assert.Equal(2, _events.List(Key).Count);
    }

    [Fact]
    public async Task AgentRestarted_TheMachineIsTakenOverAsItIs()
    {
        await WriteAndReconcileAsync("{}");
        VmRecord before = Record;
        Restart();

        await ReconcileAsync();

        Assert.Equal(ManifestWriter.ToJson(before.Vm), ManifestWriter.ToJson(Record.Vm));
        Assert.Equal(DomainState.Running, await StateAsync());
    }

    [Fact]
    public async Task ManifestGone_NothingIsLeft()
    {
        await WriteAndReconcileAsync("{terminationGracePeriodSeconds: 0}");
        File.Delete(_directory.Of("vm.yaml"));

        await ReconcileAsync();

        Assert.Null(await StateAsync());
        Assert.Null(_store.Find(Key));
        Assert.Empty(_events.List(Key));
    }

    [Fact]
    public async Task RunningFalse_StopsAndStays()
    {
        await WriteAndReconcileAsync("{terminationGracePeriodSeconds: 0}");
        await WriteAndReconcileAsync("{terminationGracePeriodSeconds: 0, running: false}");

        Assert.Null(await StateAsync());
        Assert.Equal(VirtualMachinePhase.Succeeded, Record.Vm.Status!.Phase);
        Assert.Equal(2, Record.Vm.Metadata.Generation);
        await ReconcileAsync();
        Assert.Null(await StateAsync());

        await WriteAndReconcileAsync("{terminationGracePeriodSeconds: 0}");
        Assert.Equal(DomainState.Running, await StateAsync());
        Assert.Equal(VirtualMachinePhase.Running, Record.Vm.Status!.Phase);
    }

    [Fact]
    public async Task ChangedManifest_OfARunningMachine_AsksForARestart()
    {
        await WriteAndReconcileAsync("{}");
        await WriteAndReconcileAsync("{domain: {vcpu: 2}}");

        Assert.Equal(
            "changed since the start: domain.vcpu; stop and start the VM to apply it",
            Record.Vm.Status!.Conditions.Single(c => c.Type == Reasons.RestartRequired).Message
        );
        Assert.Equal(DomainState.Running, await StateAsync());

        await WriteAndReconcileAsync("{terminationGracePeriodSeconds: 5}");
        Assert.DoesNotContain(Record.Vm.Status!.Conditions, c => c.Type == Reasons.RestartRequired);
        await WriteAndReconcileAsync("{domain: {vcpu: 2}}");

        await WriteAndReconcileAsync("{domain: {vcpu: 2}, running: false, terminationGracePeriodSeconds: 0}");
        Assert.DoesNotContain(Record.Vm.Status!.Conditions, c => c.Type == Reasons.RestartRequired);
    }

    [Fact]
    public async Task EndedWithoutAReason_FailedAndIsNotStartedAgain()
    {
        await WriteAndReconcileAsync("{}");
        // A domain of which libvirt does not know how it ended looks like one that was defined and never started.
        LibvirtConnection connection = await _libvirt.GetAsync(Cancellation);
        Domain domain = (await connection.FindDomainAsync(Guid.Parse(Record.Uid), Cancellation))!;
        string xml = await domain.GetXmlAsync(DomainXmlFlags.Inactive, Cancellation);
        await DestroyAsync();
        await domain.UndefineAsync(cancellationToken: Cancellation);
        await connection.DefineDomainAsync(xml, cancellationToken: Cancellation);

        await ReconcileAsync();
        await ReconcileAsync();

        Assert.Null(await StateAsync());
        Assert.Equal(VirtualMachinePhase.Failed, Record.Vm.Status!.Phase);
        Assert.Single(_events.List(Key), e => e.Reason == Reasons.EndUnknown);
    }

    [Fact]
    public async Task DestroyedInLibvirt_EndsAndIsNotStartedAgain()
    {
        await WriteAndReconcileAsync("{}");
        await DestroyAsync();

        await ReconcileAsync();
        await ReconcileAsync();

        Assert.Null(await StateAsync());
        Assert.Equal(RunState.Ended, Record.Run);
        Assert.Equal(VirtualMachinePhase.Succeeded, Record.Vm.Status!.Phase);
        Assert.Contains(_events.List(Key), e => e.Reason == Reasons.Destroyed);
    }

    [Fact]
    public async Task DomainGoneBehindOurBack_IsStartedAnew()
    {
        await WriteAndReconcileAsync("{}");
        await new DomainRunner(_libvirt, _time).StopAsync(Record.Uid, TimeSpan.Zero, Cancellation);

        await ReconcileAsync();

        Assert.Equal(DomainState.Running, await StateAsync());
        Assert.Contains(_events.List(Key), e => e.Reason == Reasons.DomainGone);
    }

    [Fact]
    public async Task CutOffBetweenDefineAndStart_IsStarted()
    {
        await WriteAndReconcileAsync("{}");
        string uid = Record.Uid;
        LibvirtConnection connection = await _libvirt.GetAsync(Cancellation);
        Domain domain = (await connection.FindDomainAsync(Guid.Parse(uid), Cancellation))!;
        string xml = await domain.GetXmlAsync(cancellationToken: Cancellation);
        await new DomainRunner(_libvirt, _time).StopAsync(uid, TimeSpan.Zero, Cancellation);
        await connection.DefineDomainAsync(xml, cancellationToken: Cancellation);
        await _store.SaveAsync(Record.WithStatus(s => s with { Hypervisor = null })); // not seen running yet

        await ReconcileAsync();

        Assert.Equal(DomainState.Running, await StateAsync());
        Assert.Equal(uid, Record.Uid);
    }

    [Fact]
    public async Task InvalidManifest_OfANewMachine_IsShownAndTouchesNothing()
    {
        await WriteAndReconcileAsync("{domain: {vcpu: 0}}");

        Assert.Null(await StateAsync());
        Assert.Equal(VirtualMachinePhase.Pending, Record.Vm.Status!.Phase);
        Assert.Contains(Record.Vm.Status.Conditions, c => c.Reason == Reasons.InvalidManifest);

        await WriteAndReconcileAsync("{}");
        Assert.Equal(DomainState.Running, await StateAsync());
        Assert.DoesNotContain(Record.Vm.Status!.Conditions, c => c.Reason == Reasons.InvalidManifest);
    }

    [Theory]
    [InlineData("kind: VirtualMachine\nmetadata: {name: web, nam")]
    [InlineData("")]
    public async Task ManifestBecomesUnreadable_TheMachineRunsOn(string text)
    {
        await WriteAndReconcileAsync("{}");
        await WriteAndReconcileTextAsync(text);

        Assert.Equal(DomainState.Running, await StateAsync());
        Assert.Contains(Record.Vm.Status!.Conditions, c => c.Type == Reasons.Synchronized);

        // Not even an agent that has never seen the file whole takes it for deleted.
        Restart();
        await ReconcileAsync();
        Assert.Equal(DomainState.Running, await StateAsync());
    }

    [Fact]
    public async Task ManifestBecomesInvalid_TheEndOfTheGuestIsStillSeen()
    {
        await WriteAndReconcileAsync("{}");
        await WriteAndReconcileAsync("{domain: {vcpu: 0}}");
        Assert.Equal(DomainState.Running, await StateAsync());
        await DestroyAsync();

        await ReconcileAsync();

        Assert.Null(await StateAsync());
        Assert.Equal(VirtualMachinePhase.Succeeded, Record.Vm.Status!.Phase);
    }

    [Fact]
    public async Task MissingKernel_IsTheReasonOfTheFailure()
    {
        ReconcileException e = await Assert.ThrowsAsync<ReconcileException>(() =>
            WriteAndReconcileAsync("{domain: {os: {kernel: /nowhere/vmlinuz}}}")
        );
        await _reconciler.ReportFailureAsync(Key, e, TimeSpan.FromSeconds(1.5));

        Assert.Equal(Reasons.FileMissing, e.Reason);
        VirtualMachineCondition ready = Record.Vm.Status!.Conditions.Single(c => c.Type == ConditionTypes.Ready);
        Assert.EndsWith("(next try in 2 s)", ready.Message, StringComparison.Ordinal);
        Assert.Equal(VirtualMachinePhase.Pending, Record.Vm.Status.Phase);
        Assert.Null(await StateAsync());
    }

    [Fact]
    public async Task KvmAskedForWhereThereIsNone_SaysSo()
    {
        ReconcileException e = await Assert.ThrowsAsync<ReconcileException>(() =>
            WriteAndReconcileAsync("{domain: {type: kvm}}")
        );

        Assert.Equal(Reasons.HypervisorMissing, e.Reason);
    }

    [Fact]
    public async Task Drain_StopsAndTheNextAgentStartsAgain()
    {
        await WriteAndReconcileAsync("{terminationGracePeriodSeconds: 0}");
        Assert.False(Reconciler.IsDrained(Record));
        _reconciler.BeginDrain();

        await ReconcileAsync();

        Assert.True(Reconciler.IsDrained(Record));
        Assert.Null(await StateAsync());
        Restart();
        await ReconcileAsync();
        Assert.Equal(DomainState.Running, await StateAsync());
        Assert.False(Reconciler.IsDrained(Record));
    }

    [Fact]
    public async Task EndedWithStrategyAlways_RunsAgain_AtOnceAndThenAfterAPause()
    {
        await WriteAndReconcileAsync("{runStrategy: Always}");
        await DestroyAsync();
        await ReconcileAsync();
        await ReconcileAsync();
        Assert.Equal(DomainState.Running, await StateAsync());

        await DestroyAsync();
        await ReconcileAsync();
        await ReconcileAsync();
        Assert.Null(await StateAsync());
        _time.Advance(TimeSpan.FromSeconds(10));
        await ReconcileAsync();
        Assert.Equal(DomainState.Running, await StateAsync());
    }

    [Theory]
    [InlineData("{runStrategy: RerunOnFailure}")]
    [InlineData("{}")]
    public async Task EndedInOrder_WithAnyOtherStrategy_StaysEnded(string spec)
    {
        await WriteAndReconcileAsync(spec);
        await DestroyAsync();
        await ReconcileAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await ReconcileAsync();

        Assert.Null(await StateAsync());
        Assert.Equal(RunState.Ended, Record.Run);
    }

    [Fact]
    public async Task ProbeThatFails_IsNotReady_AndRunsOn()
    {
        ProblemOfProbe = "does not answer its readiness probe: 10.0.0.1:80: refused";
        await WriteAndReconcileAsync("{readinessProbe: {tcpSocket: {port: 80}}}");

        VirtualMachineCondition ready = Record.Vm.Status!.Conditions.Single(c => c.Type == ConditionTypes.Ready);
        Assert.Equal((ConditionStatus.False, Reasons.ReadinessProbeFailed), (ready.Status, ready.Reason));
        Assert.Equal(VirtualMachinePhase.Running, Record.Vm.Status.Phase);

        ProblemOfProbe = null;
        await ReconcileAsync();
        Assert.All(Record.Vm.Status!.Conditions, c => Assert.Equal(ConditionStatus.True, c.Status));
    }

    [Fact]
    public async Task Halted_StopsAndSaysWhy()
    {
        await WriteAndReconcileAsync("{terminationGracePeriodSeconds: 0}");
        await WriteAndReconcileAsync("{terminationGracePeriodSeconds: 0, runStrategy: Halted}");

        Assert.Null(await StateAsync());
        Assert.Equal("spec.runStrategy is Halted", Record.Vm.Status!.Conditions[0].Message);
    }
}
