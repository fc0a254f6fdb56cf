using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.Peers;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Tests.Peers;

public sealed partial class PeerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task PeerOfASocket_IsItsProcessUserAndNamespace()
    {
        (Socket server, Socket client) = await ConnectAsync();
        using (server)
        using (client)
        using (NetworkNamespace own = NetworkNamespace.OpenCurrent())
        {
            Assert.Equal(
                new Peer(Environment.ProcessId, GetEffectiveUserId(), own.Identity),
                PeerCredentials.Read(server)
            );
        }
    }

    [Fact]
    public async Task PeerThatHasEnded_HasNoNamespace()
    {
        using Socket listener = Listen();
        string script =
            $"use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un('{_directory.Of("s")}')) or die";
        using Process process = Process.Start("perl", ["-e", script]);
        using Socket server = await listener.AcceptAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Peer peer = PeerCredentials.Read(server);

        Assert.Equal(process.Id, peer.ProcessId);
        Assert.Null(peer.Netns);
    }

    [Fact]
    public void RootOfTheHost_IsTheAdministrator()
    {
        Caller? caller = Identify(new Peer(1, 0, Own()));

        Assert.True(caller?.IsAdministrator);
    }

    [Fact]
    public void OtherUserOfTheHost_IsNobody() => Assert.Null(Identify(new Peer(1, 1000, Own())));

    [Fact]
    public void PeerWithoutNamespace_IsNobody() => Assert.Null(Identify(new Peer(1, 0, Netns: null)));

    [Fact]
    public void PeerOfAnotherNamespace_IsNobody() =>
        Assert.Null(Identify(new Peer(1, 0, new NetworkNamespaceId(4, 12345))));

    [Fact]
    public void NoSandboxYet_PeersOfPodsAreNobodies()
    {
        StandaloneIdentity identity = new(_directory.Of("nosuch.json"));

        Assert.Null(identity.Identify(new Peer(1, 0, new NetworkNamespaceId(4, 12345))));
        Assert.Null(identity.Identify(new Peer(1, 0, Own()))!.Sandbox);
    }

    [Fact]
    public void TornSandboxRecord_IsAnError()
    {
        File.WriteAllText(_directory.Of("torn.json"), "{");

        Assert.Throws<InvalidDataException>(() =>
            new StandaloneIdentity(_directory.Of("torn.json")).Identify(new Peer(1, 0, Own()))
        );
    }

    [Theory]
    [InlineData("/nowhere/netns")]
    [InlineData("/proc/self/status")]
    public void PathWithoutNamespace_HasNoIdentity(string path) => Assert.Null(StandaloneIdentity.IdentityOf(path));

    private Caller? Identify(Peer peer)
    {
        SandboxRecord sandbox = Sample.Sandbox with { NetnsPath = "/nowhere/netns" };
        File.WriteAllBytes(_directory.Of("sandbox.json"), sandbox.ToJson());
        return new StandaloneIdentity(_directory.Of("sandbox.json")).Identify(peer);
    }

    private static NetworkNamespaceId Own()
    {
        using NetworkNamespace own = NetworkNamespace.OpenCurrent();
        return own.Identity;
    }

    private Socket Listen()
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_directory.Of("s")));
        listener.Listen();
        return listener;
    }

    private async Task<(Socket Server, Socket Client)> ConnectAsync()
    {
        using Socket listener = Listen();
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(_directory.Of("s")), Cancellation);
        return (await listener.AcceptAsync(Cancellation), client);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();
}
