using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.Pods;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Tests.Peers;

public sealed partial class PeerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static readonly NetnsSeen s_nowhere = new(new NetworkNamespaceId(4, 12345), Cookie: 12345);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task PeerOfASocket_IsItsProcessUserAndNamespace()
    {
        (Socket server, Socket client) = await ConnectAsync();
        using (server)
        using (client)
        using (PeerConnection connection = PeerConnection.Of(server))
        {
            string cgroups = await File.ReadAllTextAsync("/proc/self/cgroup", Cancellation);
            Assert.Equal(
                new Peer(Environment.ProcessId, GetEffectiveUserId(), NamespaceSet.Own(), cgroups),
                connection.Look()
            );
        }
    }

    [Fact]
    public async Task PeerThatHasEnded_IsNowhere()
    {
        using Socket listener = Listen();
        string script =
            $"use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un('{_directory.Of("s")}')) or die";
        using Process process = Process.Start("perl", ["-e", script]);
        using Socket server = await listener.AcceptAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        using PeerConnection connection = PeerConnection.Of(server);

        Assert.Equal(process.Id, connection.Look().ProcessId);
        Assert.Null(connection.Look().Namespaces);
    }

    [Fact]
    public async Task StandaloneIdentity_KnowsTheRecordedPodByItsNamespace()
    {
        using NetworkNamespace own = NetworkNamespace.OpenCurrent();
        StandaloneIdentity identity = Record("/proc/self/ns/net");

        Sandbox? found = await identity.FindAsync(Of(NetnsSeen.Of(own)), Cancellation);

        Assert.Equal(("sandbox-1", NetnsSeen.Of(own)), (found?.Id, found?.Netns));
        Assert.Equal(["sandbox-1"], await identity.ListIdsAsync(Cancellation));
        Assert.Null(await identity.FindAsync(Of(s_nowhere), Cancellation));
        Assert.Null(await identity.FindAsync(Of(NetnsSeen.Of(own) with { Cookie = 12345 }), Cancellation));
    }

    [Theory]
    [InlineData("/nowhere/netns")]
    [InlineData("/proc/self/status")]
    public async Task StandaloneIdentity_PodWhoseNamespaceIsGone_IsNobody(string netnsPath)
    {
        StandaloneIdentity identity = Record(netnsPath);

        Assert.Null(await identity.FindAsync(new Peer(1, 0, Namespaces: null), Cancellation));
        Assert.Equal(["sandbox-1"], await identity.ListIdsAsync(Cancellation)); // it may live without the path
    }

    [Fact]
    public async Task StandaloneIdentity_NoRecordYet_KnowsNobody()
    {
        StandaloneIdentity identity = new(_directory.Of("nosuch.json"));

        Assert.Null(await identity.FindAsync(Of(s_nowhere), Cancellation));
        Assert.Empty(await identity.ListIdsAsync(Cancellation));
    }

    [Fact]
    public async Task StandaloneIdentity_TornRecord_CannotTell()
    {
        await File.WriteAllTextAsync(_directory.Of("sandbox.json"), "{", Cancellation);
        StandaloneIdentity identity = new(_directory.Of("sandbox.json"));

        await Assert.ThrowsAsync<IdentityException>(() => identity.ListIdsAsync(Cancellation));
    }

    private StandaloneIdentity Record(string netnsPath)
    {
        SandboxRecord record = new("sandbox-1", "libvirt", "fairlead", "uid-1", netnsPath);
        File.WriteAllBytes(_directory.Of("sandbox.json"), record.ToJson());
        return new StandaloneIdentity(_directory.Of("sandbox.json"));
    }

    private static Peer Of(NetnsSeen netns) => new(1, 0, NamespaceSet.Own() with { Network = netns });

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
