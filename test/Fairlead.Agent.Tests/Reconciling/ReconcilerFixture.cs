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

/// <summary>An agent's reconciler for machines without vNICs, on libvirt's own test driver.</summary>
public abstract class ReconcilerFixture : IAsyncLifetime
{
    private protected readonly TemporaryDirectory _directory = new();
    private protected readonly ManualTime _time = new();

    // One world for all connections of the process: each test has a machine of its own.
    private protected readonly string _name = $"vm-{Guid.NewGuid():N}"[..12];
    private protected readonly LibvirtSession _libvirt = new("test:///default", NullLogger<LibvirtSession>.Instance);
    private protected readonly CniProxyConnection _proxy = new("/nowhere/proxy.sock");
    private protected RouteSocket _route = null!;
    private protected ManifestDirectory _manifests = null!;
    private protected VmStore _store = null!;
    private protected EventLog _events = null!;
    private protected Reconciler _reconciler = null!;

    private protected string? ProblemOfProbe { get; set; }

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected VirtualMachineKey Key => Sample.Key(_name);

    private protected VmRecord Record => _store.Find(Key)!;

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

    /// <summary>What the agent takes its machines from.</summary>
    private protected virtual IVmSource SourceOf(ManifestDirectory manifests) => manifests;

    /// <summary>A new agent process on the same state.</summary>
    private protected void Restart()
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
            SourceOf(_manifests),
            _store,
            vnics,
            new DomainRunner(_libvirt, _time),
            new LiveInterfaces(_libvirt, _time),
            new NoCloudDisk(_directory.Of("cloud-init")),
            _ => ProblemOfProbe,
            _events,
            new NodeDefaults("test"),
            options,
            _time,
            NullLogger<Reconciler>.Instance
        );
    }

    private protected Task WriteAndReconcileAsync(string spec) =>
        WriteAndReconcileTextAsync(Sample.Manifest(_name, spec));

    private protected Task WriteAndReconcileTextAsync(string text)
    {
        _directory.Write("vm.yaml", text);
        return ReconcileAsync();
    }

    private protected Task ReconcileAsync()
    {
        _manifests.Load();
        return _reconciler.ReconcileAsync(Key, Cancellation);
    }

    private protected async Task<DomainState?> StateAsync()
    {
        LibvirtConnection connection = await _libvirt.GetAsync(Cancellation);
        Domain? domain = await connection.FindDomainAsync($"default_{_name}", Cancellation);
        return domain is null ? null : (await domain.GetStateAsync(Cancellation)).State;
    }

    private protected async Task DestroyAsync()
    {
        LibvirtConnection connection = await _libvirt.GetAsync(Cancellation);
        Domain domain = (await connection.FindDomainAsync($"default_{_name}", Cancellation))!;
        await domain.DestroyAsync(cancellationToken: Cancellation);
    }
}
