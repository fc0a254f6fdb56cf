using System.Xml.Linq;
using Fairlead.Agent.Reconciling;
using Fairlead.Agent.Standalone;
using Fairlead.Crds;
using Fairlead.Libvirt;

namespace Fairlead.Agent.Tests.Reconciling;

/// <summary>The agent's side of ADR 19: a placement is begun once, ended in order, and then said to be over.</summary>
public sealed class PlacementTests : ReconcilerFixture
{
    private const string Spec = "{terminationGracePeriodSeconds: 0}";

    private readonly PlacedSource _source = new();

    private VirtualMachineStatus Status => Record.Vm.Status!;

    private protected override IVmSource SourceOf(ManifestDirectory manifests) => _source;

    [Fact]
    public async Task Placed_Runs_AndIsNotReleased()
    {
        await PlaceAsync("p1");

        Assert.Equal(DomainState.Running, await StateAsync());
        Assert.Null(Status.Released);
    }

    [Fact]
    public async Task AskedToStop_EndsAndSaysThatNothingIsLeft_AndNeverBeginsItAgain()
    {
        await PlaceAsync("p1");
        await PlaceAsync("p1", stop: "drained");

        Assert.Null(await StateAsync());
        // It waits for another place, and has not ended by itself.
        Assert.Equal(("p1", VirtualMachinePhase.Pending), (Status.Released, Status.Phase));

        // Neither a changed mind nor another process of the agent begins it again.
        await PlaceAsync("p1");
        Restart();
        await PlaceAsync("p1", spec: "{runStrategy: Always}");
        Assert.Null(await StateAsync());
    }

    [Fact]
    public async Task PlacedHereAnew_BeginsAnew()
    {
        await PlaceAsync("p1");
        await PlaceAsync("p1", stop: "drained");
        await PlaceAsync("p2");

        Assert.Equal(DomainState.Running, await StateAsync());
        Assert.Null(Status.Released);
    }

    [Fact]
    public async Task OtherPlacementWhileItRuns_EndsTheOldOneFirst()
    {
        await PlaceAsync("p1");
        string old = await IdAsync();

        await PlaceAsync("p2");

        Assert.NotEqual(old, await IdAsync());
        Assert.Equal("p2", Status.Placement!.Id);
    }

    [Fact]
    public async Task AskedToStopBeforeItBegan_IsReleasedAllTheSame()
    {
        await PlaceAsync("p1", stop: "it is being deleted");

        Assert.Null(await StateAsync());
        Assert.Equal("p1", Status.Released);
    }

    [Fact]
    public async Task NotToRun_IsReleasedWithoutBeingAsked()
    {
        await PlaceAsync("p1");
        await PlaceAsync("p1", spec: "{terminationGracePeriodSeconds: 0, running: false}");

        Assert.Equal(("p1", VirtualMachinePhase.Succeeded), (Status.Released, Status.Phase));
    }

    [Fact]
    public async Task EndOfTheGuest_IsTheEndOfThePlacement_WhateverTheStrategy()
    {
        await PlaceAsync("p1", spec: "{runStrategy: Always}");
        await DestroyAsync();
        await PlaceAsync("p1", spec: "{runStrategy: Always}");
        await PlaceAsync("p1", spec: "{runStrategy: Always}");

        Assert.Null(await StateAsync());
        Assert.Equal(("p1", VirtualMachinePhase.Succeeded), (Status.Released, Status.Phase));
    }

    [Fact]
    public async Task NobodyCanBeAsked_NothingIsStarted_AndWhatRunsRunsOn()
    {
        _source.MayStart = false;
        await PlaceAsync("p1");
        Assert.Null(await StateAsync());

        _source.MayStart = true;
        await PlaceAsync("p1");
        _source.MayStart = false;
        await PlaceAsync("p1");
        Assert.Equal(DomainState.Running, await StateAsync());

        // Who knows where it is by now.
        await new DomainRunner(_libvirt, _time).StopAsync(Record.Uid, TimeSpan.Zero, Cancellation);
        await PlaceAsync("p1");
        Assert.Null(await StateAsync());
        _source.MayStart = true;
        await PlaceAsync("p1");
        Assert.Equal(DomainState.Running, await StateAsync());
    }

    [Fact]
    public async Task TakenAway_NothingIsLeft()
    {
        await PlaceAsync("p1");
        _source.Desired = null;
        await ReconcileAsync();

        Assert.Null(await StateAsync());
        Assert.Null(_store.Find(Key));
    }

    [Fact]
    public async Task InvalidObject_KeepsItsIdentity_SoThatItsStatusCanBeWritten()
    {
        _source.Desired = Placed("p1", null, Spec) with { Vm = null, Problem = "spec.x: wrong" };
        await ReconcileAsync();

        Assert.Equal(_source.Uid, Record.Uid);
        Assert.Contains(Status.Conditions, c => c.Message == "spec.x: wrong");
        _source.Desired = _source.Desired with { Stop = "it is being deleted" };
        await ReconcileAsync();
        Assert.Equal("p1", Status.Released);
    }

    /// <summary>libvirt's number of the run.</summary>
    private async Task<string> IdAsync()
    {
        LibvirtConnection connection = await _libvirt.GetAsync(Cancellation);
        Domain domain = (await connection.FindDomainAsync($"default_{_name}", Cancellation))!;
        string xml = await domain.GetXmlAsync(cancellationToken: Cancellation);
        return XElement.Parse(xml).Attribute("id")!.Value;
    }

    private Task PlaceAsync(string placement, string? stop = null, string spec = Spec)
    {
        _source.Desired = Placed(placement, stop, spec);
        return ReconcileAsync();
    }

    private DesiredVm Placed(string placement, string? stop, string spec)
    {
        VirtualMachine vm = Sample.Vm(_name, spec);
        vm = vm with { Metadata = vm.Metadata with { Uid = _source.Uid, Generation = 1 } };
        return new DesiredVm(vm, "test", 0, null)
        {
            Metadata = vm.Metadata,
            Placement = placement,
            Stop = stop,
        };
    }

    /// <summary>One machine, as the API has it.</summary>
    private sealed class PlacedSource : IVmSource
    {
        public string Uid { get; } = Guid.NewGuid().ToString();

        public DesiredVm? Desired { get; set; }

        public bool MayStart { get; set; } = true;

        public SourceState State => new("test", IsReady: true, "");

        public IEnumerable<VirtualMachineKey> Keys => [];

        public DesiredVm? Find(VirtualMachineKey key, VmRecord? last) =>
            Desired is null ? null : Desired with { MayStart = MayStart };

        public Task WatchAsync(
            Action<IReadOnlyCollection<VirtualMachineKey>> changed,
            CancellationToken cancellationToken
        ) => Task.CompletedTask;
    }
}
