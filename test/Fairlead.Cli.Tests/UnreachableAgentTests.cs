using System.Net.Sockets;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.Tests.Fakes;
using Grpc.Core;

namespace Fairlead.Cli.Tests;

public sealed class UnreachableAgentTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fl-cli-").FullName;

    private string SocketPath => Path.Combine(_directory, "run", "agent", "agent.sock");

    [Theory]
    [InlineData("get vm")]
    [InlineData("get vm --watch")]
    [InlineData("describe vm web")]
    [InlineData("delete vm web")]
    [InlineData("start web")]
    [InlineData("stop web")]
    [InlineData("console web")]
    public async Task NoSocket_AsksWhetherTheEnvironmentIsUp(string line)
    {
        CliResult result = await RunAsync(line);

        Assert.Equal(
            new CliResult(
                1,
                "",
                $"error: cannot reach the agent at {SocketPath}: no such socket; is the environment up? (fairlead up)\n"
            ),
            result
        );
    }

    [Fact]
    public async Task SocketWithoutListener_IsToldApart()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SocketPath)!);
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            dead.Bind(new UnixDomainSocketEndPoint(SocketPath));
        // Closing takes the file away; the agent that was killed left it.
        if (!File.Exists(SocketPath))
            await File.WriteAllTextAsync(SocketPath, "", TestContext.Current.CancellationToken);

        CliResult result = await RunAsync("get vm");

        Assert.Contains("nobody listens there; is the environment up? (fairlead up)", result.Error);
    }

    [Fact]
    public async Task StateDirectory_ComesFromTheEnvironmentToo()
    {
        TestCli cli = new();
        cli.Variables["FAIRLEAD_STATE_DIR"] = _directory;

        CliResult result = await cli.RunAsync("get", "vm");

        Assert.Contains(SocketPath, result.Error);
    }

    [Fact]
    public async Task StateDirectoryWithTooLongAName_IsAUsageError()
    {
        CliResult result = await new TestCli().RunAsync("get", "vm", "--state-dir", "/" + new string('a', 100));

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: --state-dir: ", result.Error);
    }

    [Theory]
    [InlineData(SocketError.AccessDenied, "permission denied; run this as root")]
    [InlineData(SocketError.AddressNotAvailable, "no such socket; is the environment up? (fairlead up)")]
    [InlineData(SocketError.ConnectionRefused, "nobody listens there; is the environment up? (fairlead up)")]
    public void SocketErrors_AreExplainedWithTheirRemedy(SocketError error, string explanation)
    {
        Status status = new(
            StatusCode.Unavailable,
            "Error starting gRPC call.",
            new HttpRequestException("", new SocketException((int)error))
        );

        AgentException exception = new(new RpcException(status), "/run/x.sock");

        Assert.Equal($"cannot reach the agent at /run/x.sock: {explanation}", exception.Message);
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "no such thing", "no such thing")]
    [InlineData(StatusCode.InvalidArgument, "two\nlines", "two lines")]
    [InlineData(StatusCode.PermissionDenied, "uid 1", "the agent refuses: uid 1; run this as root")]
    [InlineData(StatusCode.Unavailable, "no libvirt", "the agent cannot do that now: no libvirt; see fairlead status")]
    [InlineData(StatusCode.Internal, "", "the agent failed (Internal): no reason given; see the agent's log")]
    public void StatusCodes_AreOneLine(StatusCode code, string detail, string message) =>
        Assert.Equal(message, new AgentException(new RpcException(new Status(code, detail)), "/run/x.sock").Message);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Task<CliResult> RunAsync(string line) =>
        new TestCli().RunAsync([.. line.Split(' '), "--state-dir", _directory]);
}
