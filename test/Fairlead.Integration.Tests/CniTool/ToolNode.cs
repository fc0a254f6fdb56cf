using Fairlead.Integration.Tests.CniProxy;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniTool;

/// <summary>A node with real plugins, on which <c>fairlead cni</c> is run as a user would run it.</summary>
internal sealed class ToolNode : IAsyncDisposable
{
    public const string Pods = """
        {"cniVersion":"1.0.0","name":"pods","plugins":[{"type":"bridge","bridge":"cni0","isGateway":true,
          "ipam":{"type":"host-local","ranges":[[{"subnet":"10.79.0.0/29"}]]}}]}
        """;

    private ToolNode(TestNode node) => Node = node;

    public TestNode Node { get; }

    public static async Task<ToolNode> StartAsync()
    {
        Privileged.Require("bridge", "host-local", "tuning");
        return new ToolNode(await TestNode.StartAsync());
    }

    /// <summary>Writes a file of /etc/cni/net.d.</summary>
    public void Configure(string file, string json)
    {
        string directory = Node.HostPath("/etc/cni/net.d");
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, file), json);
    }

    /// <summary>Runs <c>fairlead cni</c>.</summary>
    public Task<CommandResult> RunAsync(params string[] args) =>
        Node.ExecAsync([BuiltProgram.Fairlead, "cni", .. args]);

    /// <summary>The addresses that host-local has reserved on a network.</summary>
    public string[] Reservations(string network)
    {
        string directory = Node.HostPath($"/var/lib/cni/networks/{network}");
        return Directory.Exists(directory)
            ?
            [
                .. Directory
                    .GetFiles(directory)
                    .Select(file => Path.GetFileName(file))
                    .Where(name => char.IsAsciiDigit(name[0])),
            ]
            : [];
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
