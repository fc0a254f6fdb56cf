using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.Netlink;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Netlink;

public sealed class NamespaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Namespace_OpenedAgain_HasTheSameIdentity_AndAnotherThanTheProcess()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();

        using NetworkNamespace again = NetworkNamespace.Open(scratch.NetnsPath);
        using NetworkNamespace own = NetworkNamespace.OpenCurrent();
        using NetworkNamespace process = NetworkNamespace.OpenOfProcess(Environment.ProcessId);

        Assert.Equal(scratch.Netns.Identity, again.Identity);
        Assert.Equal(process.Identity, own.Identity);
        Assert.NotEqual(own.Identity, again.Identity);
        Assert.Equal((await scratch.ExecAsync("readlink /proc/self/ns/net")).Trim(), again.ToString());
    }

    [Fact]
    public void Cookie_IsOfOneNamespaceOnly_ThoughItsInodeComesAgain()
    {
        Privileged.Require();
        string path = Path.Combine(Path.GetTempPath(), $"fl-netns-{Guid.NewGuid():N}");
        HashSet<ulong> cookies = [];
        for (int i = 0; i < 20; i++)
        {
            using (NetworkNamespace netns = NetworkNamespace.Create(path))
            {
                ulong cookie = Assert.NotNull(netns.ReadCookie());
                Assert.Equal(cookie, netns.ReadCookie());
                Assert.Equal(cookie, CookieOfASocketIn(netns)); // whichever way it was read
                Assert.True(cookies.Add(cookie));
            }

            NetworkNamespace.Delete(path);
        }
    }

    private static ulong CookieOfASocketIn(NetworkNamespace netns)
    {
        using Socket socket = netns.Run(() =>
            new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        );
        Span<byte> cookie = stackalloc byte[sizeof(ulong)];
        socket.GetRawSocketOption(1, 71, cookie); // SOL_SOCKET, SO_NETNS_COOKIE
        return MemoryMarshal.Read<ulong>(cookie);
    }

    [Fact]
    public async Task MountAt_KeepsTheNamespaceWhenItsFirstPlaceIsGone()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        string path = Path.Combine(Path.GetTempPath(), $"fl-netns-{Guid.NewGuid():N}", "held");
        try
        {
            scratch.Netns.MountAt(path);

            using NetworkNamespace held = NetworkNamespace.Open(path);
            Assert.Equal(scratch.Netns.Identity, held.Identity);
            Assert.Equal(scratch.Netns.ReadCookie(), held.ReadCookie());
        }
        finally
        {
            NetworkNamespace.Delete(path);
            Directory.Delete(Path.GetDirectoryName(path)!);
        }
    }

    [Fact]
    public async Task Run_IsInside_AndLeavesTheCallersThreadWhereItWas()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        NetworkNamespaceId outside = CurrentIdentity();

        NetworkNamespaceId inside = scratch.Netns.Run(CurrentIdentity);

        Assert.Equal(scratch.Netns.Identity, inside);
        Assert.Equal(outside, CurrentIdentity());
        Assert.Throws<NotSupportedException>(() => scratch.Netns.Run<int>(() => throw new NotSupportedException()));
    }

    [Fact]
    public async Task ThreadPool_AfterManySocketsInNamespaces_IsStillOutside()
    {
        using NetworkNamespace process = NetworkNamespace.OpenOfProcess(Environment.ProcessId);
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        for (int i = 0; i < 50; i++)
        {
            await using RouteSocket route = await RouteSocket.OpenAsync(scratch.Netns, Token);
            await using RouteMonitor monitor = await RouteMonitor.OpenAsync(scratch.Netns, cancellationToken: Token);
            Assert.Single(await route.ListLinksAsync(Token));
        }

        NetworkNamespaceId[] seen = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(_ => Task.Run(CurrentIdentity, Token))
        );

        Assert.All(seen, identity => Assert.Equal(process.Identity, identity));
    }

    [Fact]
    public async Task Socket_StaysInItsNamespace_WhicheverThreadAwaits()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        await scratch.Route.AddBridgeAsync("only-here", cancellationToken: Token);
        await using ScratchNamespace other = await ScratchNamespace.CreateAsync();

        Link?[] links = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(async _ =>
                {
                    await Task.Yield();
                    return await scratch.Route.GetLinkAsync("only-here", Token);
                })
        );

        Assert.All(links, Assert.NotNull);
        Assert.Null(await other.Route.GetLinkAsync("only-here", Token));
    }

    [Fact]
    public async Task Socket_OutlivesTheHandleAndThePath()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        string path = scratch.NetnsPath + "2";
        RouteSocket route;
        using (NetworkNamespace netns = NetworkNamespace.Create(path))
            route = await RouteSocket.OpenAsync(netns, Token);
        NetworkNamespace.Delete(path);

        Assert.False(File.Exists(path));
        Assert.Single(await route.ListLinksAsync(Token));
        await route.DisposeAsync();
    }

    [Fact]
    public async Task ClosedHandle_IsACallersBug_AndChangesNothing()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        NetworkNamespace closed = NetworkNamespace.Open(scratch.NetnsPath);
        closed.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
            await scratch.Route.AddVethAsync("veth0", "veth1", closed, Token)
        );
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await RouteSocket.OpenAsync(closed, Token));
        Assert.Single(await scratch.Route.ListLinksAsync(Token));
    }

    [Fact]
    public async Task Create_WhereSomethingIs_SaysExists_AndLeavesItAlone()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();

        NetlinkException e = Assert.Throws<NetlinkException>(() => NetworkNamespace.Create(scratch.NetnsPath));

        Assert.Equal(Errno.EEXIST, e.Errno);
        using NetworkNamespace still = NetworkNamespace.Open(scratch.NetnsPath);
        Assert.Equal(scratch.Netns.Identity, still.Identity);
    }

    [Fact]
    public async Task Delete_OfAbsent_OrOfAFileThatIsNoMount_Succeeds()
    {
        await using ScratchNamespace scratch = await ScratchNamespace.CreateAsync();
        string path = scratch.NetnsPath + "2";

        NetworkNamespace.Delete(path);
        await File.WriteAllTextAsync(path, "", Token);
        NetworkNamespace.Delete(path);

        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("/proc/self/ns/mnt", Errno.EINVAL)]
    [InlineData("/dev/null", Errno.EINVAL)]
    [InlineData("/tmp", Errno.EINVAL)]
    [InlineData("/nowhere/at/all", Errno.ENOENT)]
    public void Open_OfSomethingElse_SaysSo(string path, Errno errno)
    {
        NetlinkException e = Assert.Throws<NetlinkException>(() => NetworkNamespace.Open(path));

        Assert.Equal(errno, e.Errno);
        Assert.Contains(path, e.Message);
    }

    private static NetworkNamespaceId CurrentIdentity()
    {
        using NetworkNamespace current = NetworkNamespace.OpenCurrent();
        return current.Identity;
    }
}
