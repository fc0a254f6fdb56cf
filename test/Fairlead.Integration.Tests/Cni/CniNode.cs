using System.Text;
using Fairlead.Cni;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Cni;

/// <summary>
/// A node whose CNI plugins are run by a <see cref="CniRuntime"/> of this process: what the runtime finds are scripts of
/// the plugins' names that enter the node first. Address management plugins have none; they are run inside, by the others.
/// </summary>
internal sealed class CniNode : IAsyncDisposable
{
    private const string RealPlugins = "/usr/lib/cni";

    private static readonly string[] Interface =
    [
        "bridge",
        "ptp",
        "macvlan",
        "loopback",
        "portmap",
        "tuning",
        "bandwidth",
        "firewall",
        "fails",
    ];

    private CniNode(TestNode node) => Node = node;

    public TestNode Node { get; }

    public string DataDirectory => Path.Combine(Node.Directory, "fs", "ipam");

    private string Bin => Path.Combine(Node.Directory, "bin");

    public static async Task<CniNode> StartAsync()
    {
        Privileged.Require("bridge", "ptp", "macvlan", "loopback", "portmap", "tuning", "bandwidth", "firewall");
        CniNode node = new(await TestNode.StartAsync());
        Directory.CreateDirectory(node.Bin);
        foreach (string plugin in Interface)
        {
            string path = Path.Combine(node.Bin, plugin);
            string command =
                plugin == "fails"
                    ? "if [ \"$CNI_COMMAND\" = ADD ]; then echo '{\"code\":100,\"msg\":\"on purpose\"}'; exit 1; fi"
                    : $"exec {Path.Combine(RepositoryPaths.Root, "eng", "node.sh")} exec {node.Node.Directory} -- {RealPlugins}/{plugin}";
            await File.WriteAllTextAsync(path, $"#!/bin/sh\n{command}\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
        return node;
    }

    public CniRuntime Runtime() =>
        new(
            new CniRuntimeOptions
            {
                PluginDirectories = [Bin, RealPlugins],
                CacheDirectory = Path.Combine(Node.Directory, "cache"),
            }
        );

    /// <summary>A container's network namespace in the node.</summary>
    public async Task<CniAttachment> CreateContainerAsync(string name)
    {
        await Node.RunAsync("ip", "netns", "add", name);
        return new CniAttachment
        {
            ContainerId = name,
            InterfaceName = "eth0",
            NetnsPath = $"/run/netns/{name}",
        };
    }

    /// <summary>A list of the plugins, given as JSON, in which DATA stands for a directory for host-local.</summary>
    public NetworkConfigurationList List(params string[] plugins) =>
        NetworkConfigurationList.Parse(
            Encoding.UTF8.GetBytes(
                $$"""{"cniVersion":"1.0.0","name":"net","plugins":[{{string.Join(',', plugins)}}]}""".Replace(
                    "DATA",
                    DataDirectory,
                    StringComparison.Ordinal
                )
            )
        );

    /// <summary>The addresses that host-local has reserved.</summary>
    public async Task<string[]> ReservationsAsync()
    {
        CommandResult result = await Node.ExecAsync(
            "sh",
            "-c",
            $"cd {DataDirectory}/net 2>/dev/null && ls | grep -v -e last_reserved -e lock"
        );
        return result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
