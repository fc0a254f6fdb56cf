using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests.Cni;

/// <summary>
/// Configurations and plugins of one test. A plugin is a shell script that logs its command, its environment and its
/// input, and then does as it is told; no namespace is entered, a plain file stands for one.
/// </summary>
internal sealed class CniNode : IDisposable
{
    public const string Result =
        """{ "cniVersion":"1.0.0", "ips":[{"address":"10.1.0.2/24"}], "new":12345678901234567890 }""";

    private readonly string _root = Directory.CreateTempSubdirectory("fl-cni-").FullName;

    public CniNode()
    {
        Directory.CreateDirectory(Configurations);
        Directory.CreateDirectory(Plugins);
        File.WriteAllText(Namespace, "");
    }

    public string Configurations => Path.Combine(_root, "net.d");

    public string Plugins => Path.Combine(_root, "bin");

    public string Cache => Path.Combine(_root, "cache");

    public string Namespace => Path.Combine(_root, "netns");

    /// <summary>The commands that plugins got, as <c>plugin COMMAND</c>, in order.</summary>
    public IReadOnlyList<string> Calls => File.Exists(Log) ? File.ReadAllLines(Log) : [];

    private string Log => Path.Combine(_root, "calls");

    public void Configure(string file, string json) => File.WriteAllText(Path.Combine(Configurations, file), json);

    /// <summary>A network of some plugins, each of which prints <see cref="Result"/>.</summary>
    public void Network(string name, params string[] plugins) =>
        NetworkOf(name, [.. plugins.Select(type => $$$"""{"type":"{{{type}}}","capabilities":{"mac":true}}""")]);

    public void NetworkOf(string name, string[] plugins, string version = "1.0.0") =>
        Configure(
            $"{name}.conflist",
            $$$"""{"cniVersion":"{{{version}}}","name":"{{{name}}}","plugins":[{{{string.Join(',', plugins)}}}]}"""
        );

    /// <summary>A plugin; without a script of its own one that succeeds.</summary>
    /// <param name="name">Its type.</param>
    /// <param name="script">What it does after it has logged; <c>$CNI_COMMAND</c> says what is wanted.</param>
    public void Plugin(string name, string? script = null)
    {
        string path = Path.Combine(Plugins, name);
        string versions = """{"cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0"]}""";
        File.WriteAllText(
            path,
            $"""
            #!/bin/sh
            echo "{name} $CNI_COMMAND" >> {Log}
            env > {_root}/{name}.env
            cat > {_root}/{name}.$CNI_COMMAND.json
            {script ?? ""}
            case $CNI_COMMAND in
            ADD) printf '%s' '{Result}' ;;
            VERSION) echo '{versions}' ;;
            esac

            """
        );
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    /// <summary>A variable as the plugin saw it last; null if it had none.</summary>
    public string? VariableOf(string plugin, string name) =>
        File.ReadLines(Path.Combine(_root, $"{plugin}.env"))
            .FirstOrDefault(line => line.StartsWith(name + "=", StringComparison.Ordinal))
            ?[(name.Length + 1)..];

    /// <summary>What the plugin read from its standard input at that command.</summary>
    public string InputOf(string plugin, string command) =>
        File.ReadAllText(Path.Combine(_root, $"{plugin}.{command}.json"));

    /// <summary>Runs <c>fairlead cni</c> with the variables of cnitool set for this node.</summary>
    public Task<CliResult> RunAsync(params string[] args) => RunAsync(new TestCli(), args);

    public Task<CliResult> RunAsync(TestCli cli, params string[] args)
    {
        cli.Variables.TryAdd("CNI_PATH", Plugins);
        cli.Variables.TryAdd("NETCONFPATH", Configurations);
        bool caches = args[0] is "add" or "del" or "check" or "gc";
        return cli.RunAsync(["cni", .. args, .. caches ? (string[])["--cache-dir", Cache] : []]);
    }

    /// <summary>The text with this node's own paths replaced by words.</summary>
    public string Neutral(string text) => text.Replace(_root, "ROOT", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
