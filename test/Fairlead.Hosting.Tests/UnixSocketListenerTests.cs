using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Fairlead.Hosting.Tests;

/// <summary>What may be in a socket's place when a daemon starts, and what it is like afterwards.</summary>
public sealed class UnixSocketListenerTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _directory = Directory.CreateTempSubdirectory("fl-hosting-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Path1 => Path.Combine(_directory, "run", "daemon.sock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    // Not by a later chmod: before that one, others could connect.
    [Fact]
    public void Bound_ItHasItsModeAtOnce()
    {
        using Socket socket = UnixSocketListener.Bind(
            new UnixDomainSocketEndPoint(Path.Combine(_directory, "s")),
            null
        );

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(_directory, "s")));
    }

    [Fact]
    public void BoundForAGroup_TheGroupMayConnect_AndNobodyElse()
    {
        // Ours: only root may give to another group.
        uint own = uint.Parse(
            File.ReadLines("/proc/self/status").First(l => l.StartsWith("Gid:", StringComparison.Ordinal)).Split('\t')[
                1
            ]
        );
        using Socket socket = UnixSocketListener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_directory, "s")), own);

        Assert.Equal(
            OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            File.GetUnixFileMode(Path.Combine(_directory, "s"))
        );
    }

    [Fact]
    public async Task SocketThatNobodyListensOn_IsReplaced()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path1)!);
        // Disposed of it would be removed; as it is, it is what a killed process leaves.
        using Socket killed = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        killed.Bind(new UnixDomainSocketEndPoint(Path1));

        await using WebApplication daemon = await StartAsync(Path1);

        Assert.True(Connects(Path1));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path1));
    }

    [Fact]
    public async Task SocketThatSomebodyListensOn_IsLeft()
    {
        await using WebApplication daemon = await StartAsync(Path1);

        IOException e = await Assert.ThrowsAsync<IOException>(() => StartAsync(Path1));

        Assert.Contains("another process listens there already", e.Message, StringComparison.Ordinal);
        Assert.True(Connects(Path1));
    }

    [Fact]
    public async Task FileOfAnotherKind_IsLeft()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path1)!);
        await File.WriteAllTextAsync(Path1, "precious", Cancellation);

        IOException e = await Assert.ThrowsAsync<IOException>(() => StartAsync(Path1));

        Assert.Contains(Path1, e.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(Path1, Cancellation));
    }

    [Theory]
    [InlineData("precious")]
    [InlineData("nowhere")]
    public async Task Link_IsRemoved_NotFollowed(string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path1)!);
        string precious = Path.Combine(_directory, "precious");
        await File.WriteAllTextAsync(precious, "precious", Cancellation);
        UnixFileMode mode = File.GetUnixFileMode(precious);
        File.CreateSymbolicLink(Path1, Path.Combine(_directory, target));

        await using WebApplication daemon = await StartAsync(Path1);

        Assert.True(Connects(Path1));
        Assert.Equal("precious", await File.ReadAllTextAsync(precious, Cancellation));
        Assert.Equal(mode, File.GetUnixFileMode(precious));
    }

    [Fact]
    public async Task SeveralSockets_AreAllServed()
    {
        string other = Path.Combine(_directory, "pods", "a", "daemon.sock");

        await using WebApplication daemon = await StartAsync(Path1, other);

        Assert.True(Connects(Path1) && Connects(other));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(other)!));
    }

    private static async Task<WebApplication> StartAsync(params string[] paths)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        UnixSocketListener.Configure(builder, paths);
        WebApplication app = builder.Build();
        await app.StartAsync(Cancellation);
        return app;
    }

    private static bool Connects(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket.Connected;
    }
}
