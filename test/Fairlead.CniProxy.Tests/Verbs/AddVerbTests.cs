using Fairlead.Cni;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.Cluster;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Pods;
using Fairlead.CniProxy.Policies;
using Fairlead.CniProxy.V1;
using Fairlead.CniProxy.Verbs;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.CniProxy.Tests.Verbs;

/// <summary>What is refused before anything is looked at; the rest needs a pod and has integration tests.</summary>
public sealed class AddVerbTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly AttachmentJournal _journal;
    private readonly HeldNamespaces _namespaces;
    private readonly AddVerb _add;

    public AddVerbTests()
    {
        CniProxyOptions options = new()
        {
            SocketPaths = [_directory.Of("run/proxy.sock")],
            StateDirectory = _directory.Path,
            ConfigDirectory = _directory.Of("net.d"),
            PluginDirectories = [_directory.Of("bin")],
            SandboxFile = "",
            PolicyFile = _directory.Of("policy.yaml"),
        };
        CniRuntime runtime = new(new CniRuntimeOptions { PluginDirectories = options.PluginDirectories });
        _journal = AttachmentJournal.Open(_directory.Of("attachments"), NullLogger.Instance);
        _namespaces = new HeldNamespaces(options, _journal, NullLogger<HeldNamespaces>.Instance);
        Release release = new(
            runtime,
            _journal,
            _namespaces,
            new NoLauncherStatus(),
            TimeProvider.System,
            NullLogger<Release>.Instance
        );
        CniNetworks networks = new(options, runtime);
        _add = new AddVerb(
            networks,
            new DefinedNetworks(client: null, nodeName: null),
            new NoLauncherStatus(),
            runtime,
            _journal,
            new PolicyFile(options.PolicyFile, NullLogger<PolicyFile>.Instance),
            new AttachmentQuota(_journal),
            release,
            _namespaces,
            new KeyedLock(),
            TimeProvider.System,
            NullLogger<AddVerb>.Instance
        );
    }

    public static TheoryData<string> BadMacs { get; } =
        new("00:11:22:33:44", "01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "x", "00:11:22:33:44:55;K8S_POD_NAME=x");

    public void Dispose()
    {
        _namespaces.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [MemberData(nameof(NamesTests.BadKeys), MemberType = typeof(NamesTests))]
    public Task BadKey_IsRefused(string key) =>
        RefusedAsync(new AddRequest { Key = key, InterfaceName = "vmi0" }, CniProxyReason.InvalidRequest);

    [Theory]
    [MemberData(nameof(NamesTests.BadInterfaceNames), MemberType = typeof(NamesTests))]
    public Task BadInterfaceName_IsRefused(string name) =>
        RefusedAsync(new AddRequest { Key = "k", InterfaceName = name }, CniProxyReason.InvalidRequest);

    [Theory]
    [MemberData(nameof(BadMacs))]
    public Task BadMac_IsRefused(string mac) =>
        RefusedAsync(
            new AddRequest
            {
                Key = "k",
                InterfaceName = "vmi0",
                Options = new VnicOptions { Mac = mac },
            },
            CniProxyReason.InvalidRequest
        );

    [Theory]
    [InlineData("eth0")]
    [InlineData("lo")]
    public Task ThePodsOwnInterface_IsRefused(string name) =>
        RefusedAsync(new AddRequest { Key = "k", InterfaceName = name }, CniProxyReason.InterfaceNameTaken);

    [Theory]
    [InlineData("", "no default network")]
    [InlineData("nosuch", "no network \"nosuch\"")]
    public async Task UnknownNetwork_IsRefusedWithWhatThereIs(string network, string message)
    {
        Directory.CreateDirectory(_directory.Of("net.d"));
        await File.WriteAllTextAsync(
            _directory.Of("net.d/10-broken.conflist"),
            "{",
            TestContext.Current.CancellationToken
        );

        RpcException e = await RefusedAsync(
            new AddRequest
            {
                Key = "k",
                InterfaceName = "vmi0",
                Network = network,
            },
            CniProxyReason.NetworkNotFound
        );

        Assert.Contains(message, e.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("10-broken.conflist", e.Status.Detail, StringComparison.Ordinal);
    }

    private async Task<RpcException> RefusedAsync(AddRequest request, string reason)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _add.RunAsync(Sample.Sandbox, request));
        Assert.Equal(reason, e.Trailers.GetValue(CniProxyReason.TrailerKey));
        Assert.Empty(_journal.List());
        return e;
    }
}
