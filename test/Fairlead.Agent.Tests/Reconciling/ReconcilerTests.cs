using Fairlead.Agent.Reconciling;
using Fairlead.Agent.Standalone;
using Fairlead.CniProxy.Client;
using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Netlink;
using Fairlead.Vmi;
using Fairlead.Vmi.CloudInit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Agent.Tests.Reconciling;

/// <summary>Machines without vNICs, on libvirt's own test driver: all that a pass does but for the network.</summary>
public sealed class ReconcilerTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();

    // One world for all connections of the process: each test has a machine of its own.
    private readonly string _name = $"vm-{Guid.NewGuid():N}"[..12];
    private readonly LibvirtSession _libvirt = new("test:///default", NullLogger<LibvirtSession>.Instance);
    private readonly CniProxyConnection _proxy = new("/nowhere/proxy.sock");
    private RouteSocket _route = null!;
    private ManifestDirectory _manifests = null!;
    private VmStore _store = null!;
    private EventLog _events = null!;
    private Reconciler _reconciler = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private VirtualMachineKey Key => Sample.Key(_name);

    private VmRecord Record => _store.Find(Key)!;

    public async ValueTask InitializeAsync()
    {
        _route = await RouteSocket.OpenAsync(cancellationToken: Cancellation);
        Restart();
    }

    public async ValueTask DisposeAsync()
    {
        LibvirtConnection connection = await _libvirt.GetAsync(CancellationToken.None);
        if (await connection.FindDomainAsync($"default_{_name}", CancellationToken.None) is { } left)
            await new DomainRunner(_libvirt, TimeProvider.System).StopAsync(
                left.Uuid.ToString(),
                TimeSpan.Zero,
                CancellationToken.None
            );
        await _route.DisposeAsync();
        await _libvirt.DisposeAsync();
        _proxy.Dispose();
        _directory.Dispose();
    }

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

    /// <summary>A new agent process on the same state.</summary>
    private void Restart()
    {
        AgentOptions options = new()
        {
            SocketPath = "",
            StateDirectory = "",
            ManifestDirectory = _directory.Path,
            CniProxySocketPath = "",
            LibvirtUri = "",
            NodeName = "node-1",
        };
        AttachmentRecordStore records = AttachmentRecordStore.Open(_directory.Of("attachments"), NullLogger.Instance);
        BridgeFirewall firewall = new();
        NetworkCatalog networks = new(_proxy);
        _manifests = new ManifestDirectory(_directory.Path, NullLogger<ManifestDirectory>.Instance);
        _store = VmStore.Open(_directory.Of("vms"), NullLogger.Instance);
        _events = new EventLog(_time);
        VmInterfaceSetup setup = new(
            _proxy,
            _route,
            _libvirt,
            records,
            firewall,
            networks,
            TimeProvider.System,
            NullLogger<VmInterfaceSetup>.Instance
        );
        VnicSet vnics = new(
            setup,
            new VmInterfaceTeardown(
                _proxy,
                _route,
                _libvirt,
                records,
                firewall,
                NullLogger<VmInterfaceTeardown>.Instance
            ),
            new VmInterfaceCheck(_route, _libvirt),
            networks,
            new VmInterfaceRepair(_route, _libvirt, setup),
            records
        );
        _reconciler = new Reconciler(
            _manifests,
            _store,
            vnics,
            new DomainRunner(_libvirt, _time),
            new LiveInterfaces(_libvirt, _time),
            new NoCloudDisk(_directory.Of("cloud-init")),
            _events,
            new NodeDefaults("test"),
            options,
            _time,
            NullLogger<Reconciler>.Instance
        );
    }

    private Task WriteAndReconcileAsync(string spec) => WriteAndReconcileTextAsync(Sample.Manifest(_name, spec));

    private Task WriteAndReconcileTextAsync(string text)
    {
        _directory.Write("vm.yaml", text);
        return ReconcileAsync();
    }

    private Task ReconcileAsync()
    {
        _manifests.Load();
        return _reconciler.ReconcileAsync(Key, Cancellation);
    }

    private async Task<DomainState?> StateAsync()
    {
        LibvirtConnection connection = await _libvirt.GetAsync(Cancellation);
        Domain? domain = await connection.FindDomainAsync($"default_{_name}", Cancellation);
        return domain is null ? null : (await domain.GetStateAsync(Cancellation)).State;
    }

    private async Task DestroyAsync()
    {
        LibvirtConnection connection = await _libvirt.GetAsync(Cancellation);
        Domain domain = (await connection.FindDomainAsync($"default_{_name}", Cancellation))!;
        await domain.DestroyAsync(cancellationToken: Cancellation);
    }
}
