using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.Pods;
using Fairlead.Netlink;
using Grpc.Core;

namespace Fairlead.CniProxy.Tests.Peers;

/// <summary>Who is who, by what the kernel says of the process and what the identity source says of its pod.</summary>
public sealed class CallersTests
{
    private static readonly NamespaceSet s_host = new(
        new NetnsSeen(new NetworkNamespaceId(4, 1), Cookie: 1),
        "mnt:[2]",
        "pid:[3]",
        "user:[4]"
    );
    private static readonly NamespaceSet s_pod = s_host with { Network = Sample.Sandbox.Netns, Mount = "mnt:[9]" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RootInTheHostsOwnNamespaces_IsTheAdministrator() =>
        Assert.True((await IdentifyAsync(new Peer(1, 0, s_host))).IsAdministrator);

    [Fact]
    public async Task ProcessOfAPodInItsNamespace_IsThePod() =>
        Assert.Equal(Sample.Sandbox, (await IdentifyAsync(new Peer(1, 0, s_pod))).Sandbox);

    [Fact]
    public Task OtherUserOfTheHost_IsNobody() => RefusedAsync(new Peer(1, 1000, s_host));

    // A container with hostNetwork, one with hostPID too, and `unshare --user --map-root-user`.
    [Fact]
    public async Task RootInOnlySomeOfTheHostsNamespaces_IsNobody()
    {
        await RefusedAsync(new Peer(1, 0, s_host with { Mount = "mnt:[9]" }));
        await RefusedAsync(new Peer(1, 0, s_host with { ProcessIds = "pid:[9]" }));
        await RefusedAsync(new Peer(1, 0, s_host with { Users = "user:[9]" }));
    }

    [Fact]
    public Task ProcessThatHasEnded_IsNobody() => RefusedAsync(new Peer(1, 0, Namespaces: null));

    [Fact]
    public Task ProcessOfNoPod_IsNobody() => RefusedAsync(new Peer(1, 0, s_pod), sandbox: null);

    [Fact]
    public Task ProcessOfAPodInANamespaceOfItsOwn_IsNobody() =>
        RefusedAsync(new Peer(1, 0, s_pod with { Network = new NetnsSeen(new NetworkNamespaceId(4, 99), Cookie: 99) }));

    // The kernel gives the number of a namespace that has gone to the next one.
    [Fact]
    public Task ProcessInANamespaceThatHasThePodsNumberNow_IsNobody() =>
        RefusedAsync(new Peer(1, 0, s_pod with { Network = Sample.Sandbox.Netns with { Cookie = 8 } }));

    [Fact]
    public Task ProcessOfAPodOnTheHostsNetwork_IsNobody() =>
        RefusedAsync(
            new Peer(1, 1000, s_host with { Mount = "mnt:[9]" }),
            Sample.Sandbox with
            {
                Netns = s_host.Network,
            }
        );

    [Fact]
    public async Task SourceThatCannotTell_IsNoAnswer()
    {
        Callers callers = new(new Source(null, new IdentityException("no answer")), s_host);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() =>
            callers.IdentifyAsync(new Peer(1, 0, s_pod), Cancellation)
        );

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Equal(CniProxyReason.IdentityUnavailable, e.Trailers.GetValue(CniProxyReason.TrailerKey));
    }

    private static Task<Caller> IdentifyAsync(Peer peer) =>
        new Callers(new Source(Sample.Sandbox), s_host).IdentifyAsync(peer, Cancellation);

    private static Task RefusedAsync(Peer peer) => RefusedAsync(peer, Sample.Sandbox);

    private static async Task RefusedAsync(Peer peer, Sandbox? sandbox)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() =>
            new Callers(new Source(sandbox), s_host).IdentifyAsync(peer, Cancellation)
        );
        Assert.Equal(StatusCode.PermissionDenied, e.StatusCode);
        Assert.Equal(CniProxyReason.UnknownPeer, e.Trailers.GetValue(CniProxyReason.TrailerKey));
    }

    private sealed class Source(Sandbox? sandbox, IdentityException? failure = null) : IIdentitySource
    {
        public Task<Sandbox?> FindAsync(Peer peer, CancellationToken cancellationToken) =>
            failure is null ? Task.FromResult(sandbox) : throw failure;

        public Task<IReadOnlySet<string>> ListIdsAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
