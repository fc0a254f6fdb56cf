using System.Text.Json;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniTool;

/// <summary>
/// Configurations that are broken, each in its own way: ADD answers with what is wrong and where, and leaves nothing.
/// </summary>
public sealed class BrokenConfigurationTests
{
    private const string Bridge =
        """{"type":"bridge","bridge":"cni0","ipam":{"type":"host-local","ranges":[[{"subnet":"10.79.0.0/29"}]]}}""";

    /// <summary>File name, content, and what the answer must contain: the place, then the fault.</summary>
    public static TheoryData<string, string, string, string> Files { get; } =
        new()
        {
            {
                "pods.conflist",
                "{\"name\":\"pods\",\n\"plugins\":[}",
                "/etc/cni/net.d/pods.conflist",
                "(line 2, byte "
            },
            { "pods.conflist", "", "/etc/cni/net.d/pods.conflist", "is empty" },
            { "pods.conflist", """{"name":"pods","plugins":[]}""", "pods.conflist: $.plugins", "at least one plugin" },
            {
                "pods.conflist",
                """{"plugins":[{"type":"bridge"}]}""",
                "/etc/cni/net.d/pods.conflist",
                "missing 'name'"
            },
            { "pods.conflist", """{"name":"pods","plugins":[{"bridge":"x"}]}""", "$.plugins[0]", "missing 'type'" },
            {
                "pods.conflist",
                """{"name":"Pods","plugins":[{"type":"bridge"}]}""",
                "/etc/cni/net.d",
                "did you mean Pods?"
            },
            {
                "pods.conf",
                $$"""{"name":"pods","plugins":[{{Bridge}}]}""",
                "pods.conf: $.plugins",
                "ends in .conflist"
            },
            {
                "pods.conflits",
                $$"""{"name":"pods","plugins":[{{Bridge}}]}""",
                "pods.conflits",
                "does not end in .conflist"
            },
            { "pods.conflist", With("1.x", Bridge), "pods.conflist: $.cniVersion", "\"1.x\" is not a CNI version" },
            { "pods.conflist", With("1.1.0", Bridge), "plugin bridge", "incompatible CNI versions" },
            {
                "pods.conflist",
                With("1.0.0", """{"type":"birdge"}"""),
                "/etc/cni/net.d/pods.conflist",
                "did you mean bridge?"
            },
            {
                "pods.conflist",
                With("1.0.0", Bridge.Replace("local", "lokal", StringComparison.Ordinal)),
                "plugin bridge",
                "host-lokal"
            },
            {
                "pods.conflist",
                With("1.0.0", Bridge.Replace("/29", "/99", StringComparison.Ordinal)),
                "plugin bridge",
                "10.79.0.0/99"
            },
            {
                "pods.conflist",
                With("1.0.0", """{"type":"../../bin/sh"}"""),
                "/etc/cni/net.d/pods.conflist",
                "path separator"
            },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Add_SaysWhatIsWrongAndWhere(string file, string json, string place, string fault)
    {
        await using ToolNode node = await ToolNode.StartAsync();
        node.Configure(file, json);
        await node.Node.RunAsync("ip", "netns", "add", "web");

        CommandResult add = await node.RunAsync("add", "pods", "web");

        Assert.Equal(1, add.ExitCode);
        JsonElement error = JsonElement.Parse(add.StandardOutput);
        string said =
            error.GetProperty("msg").GetString()
            + "; "
            + (error.TryGetProperty("details", out JsonElement more) ? more.GetString() : "");
        Assert.Contains(place, said, StringComparison.Ordinal);
        Assert.Contains(fault, said, StringComparison.Ordinal);
        Assert.NotEqual(0u, error.GetProperty("code").GetUInt32());
        Assert.Empty(node.Reservations("pods"));
        Assert.DoesNotContain("eth0", await node.Node.RunAsync("ip", "-n", "web", "link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MalformedNeighbour_HidesNoNetwork()
    {
        await using ToolNode node = await ToolNode.StartAsync();
        node.Configure("00-broken.conflist", "{");
        node.Configure("10-pods.conflist", ToolNode.Pods);
        await node.Node.RunAsync("ip", "netns", "add", "web");

        (await node.RunAsync("add", "pods", "web")).Output();
        (await node.RunAsync("del", "pods", "web")).Output();

        Assert.Equal("pods\n", (await node.RunAsync("list", "-o", "name")).Output());
        CommandResult validation = await node.RunAsync("validate");
        Assert.Equal(1, validation.ExitCode);
        Assert.Contains("00-broken.conflist: ", validation.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("10-pods.conflist: network pods: ok\n", validation.StandardOutput, StringComparison.Ordinal);
    }

    private static string With(string version, string plugin) =>
        $$"""{"cniVersion":"{{version}}","name":"pods","plugins":[{{plugin}}]}""";
}
