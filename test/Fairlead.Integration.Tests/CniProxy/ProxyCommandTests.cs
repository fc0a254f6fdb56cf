using System.Text.Json.Nodes;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary><c>fairlead proxy</c> as the administrator runs it.</summary>
public sealed class ProxyCommandTests
{
    [Fact]
    public async Task EveryCommand_ShowsAndDoesWhatItSays()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.Configure("20-later", "later", """{"type":"nosuch"}""");
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");

        string list = (await RunAsync(node, "list")).Output();
        Assert.Contains("uid/net0", list, StringComparison.Ordinal);
        Assert.Contains("10.77.0.", list, StringComparison.Ordinal);
        JsonNode json = JsonNode.Parse((await RunAsync(node, "list", "-o", "json")).Output())!;
        Assert.Equal("sandbox-1", (string?)json["attachments"]![0]!["sandbox"]);
        Assert.Equal("uid/net0", (await RunAsync(node, "list", "-o", "name")).Output().Trim());
        Assert.Contains("podnet (default)", (await RunAsync(node, "networks")).Output(), StringComparison.Ordinal);
        CommandResult status = await RunAsync(node, "status");
        Assert.Equal(1, status.ExitCode);
        Assert.Contains("plugin nosuch", status.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(node, "status", "podnet")).ExitCode);
        Assert.Equal(0, (await RunAsync(node, "check", "uid/net0")).ExitCode);
        Assert.Contains("Nothing to release", (await RunAsync(node, "reap")).StandardError, StringComparison.Ordinal);

        Assert.Equal("uid/net0 released", (await RunAsync(node, "delete", "uid/net0")).Output().Trim());

        CommandResult gone = await RunAsync(node, "delete", "uid/net0");
        Assert.Equal(
            (1, "error: there is no attachment uid/net0; see fairlead proxy list"),
            (gone.ExitCode, gone.StandardError.Trim())
        );
        Assert.Empty(node.Reservations());
    }

    [Fact]
    public async Task WhoIsNotTheAdministrator_IsToldWhatToDo()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();

        CommandResult stranger = await node.Node.ExecAsync(
            "nsenter",
            "--net=/run/netns/other",
            BuiltProgram.Fairlead,
            "proxy",
            "list",
            "--socket",
            node.Socket
        );
        CommandResult nobody = await RunAsync(node, "list", "--socket", "/nowhere/proxy.sock");

        Assert.Equal(1, stranger.ExitCode);
        Assert.EndsWith("run this as root of the host", stranger.StandardError.Trim(), StringComparison.Ordinal);
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("is it running", nobody.StandardError, StringComparison.Ordinal);
    }

    private static Task<CommandResult> RunAsync(ProxyNode node, params string[] args) =>
        node.Node.ExecAsync([
            BuiltProgram.Fairlead,
            "proxy",
            .. args,
            .. args.Contains("--socket") ? (string[])[] : ["--socket", node.Socket],
        ]);
}
