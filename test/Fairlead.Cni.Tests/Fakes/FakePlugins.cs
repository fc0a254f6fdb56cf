using System.Text;

namespace Fairlead.Cni.Tests.Fakes;

/// <summary>
/// A directory of executables that speak the CNI protocol and record how they were called, with a runtime to run them.
/// </summary>
internal sealed class FakePlugins : IDisposable
{
    public FakePlugins()
    {
        Directory.CreateDirectory(Bin);
        Directory.CreateDirectory(Records);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("fl-cni-").FullName;

    public string Bin => Path.Combine(Root, "bin");

    public string Records => Path.Combine(Root, "records");

    public string CacheDirectory => Path.Combine(Root, "cache");

    /// <summary>The calls in order: "bridge ADD".</summary>
    public string[] Calls
    {
        get
        {
            string log = Path.Combine(Records, "log");
            return File.Exists(log) ? File.ReadAllLines(log) : [];
        }
    }

    public FakePlugin Add(string type) => new(this, type);

    public CniRuntime Runtime(Func<CniRuntimeOptions, CniRuntimeOptions>? change = null)
    {
        CniRuntimeOptions options = new()
        {
            PluginDirectories = [Bin],
            CacheDirectory = CacheDirectory,
            PluginTimeout = TimeSpan.FromSeconds(20),
        };
        return new CniRuntime(change is null ? options : change(options));
    }

    public void ForgetCalls()
    {
        foreach (string file in Directory.GetFiles(Records))
            File.Delete(file);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

/// <summary>One fake plugin: a shell script. By default ADD answers with one address, the other verbs with nothing.</summary>
internal sealed class FakePlugin
{
    public const string DefaultResult = """
        {"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"/run/netns/x"}],"ips":[{"address":"10.1.2.3/24","interface":0}]}
        """;

    private readonly FakePlugins _plugins;
    private readonly string _type;
    private readonly Dictionary<string, string> _cases = new(StringComparer.Ordinal);

    public FakePlugin(FakePlugins plugins, string type)
    {
        _plugins = plugins;
        _type = type;
        OnAdd(DefaultResult);
        On("VERSION", """{"cniVersion":"1.1.0","supportedVersions":["0.4.0","1.0.0","1.1.0"]}""");
    }

    public FakePlugin OnAdd(string stdout, int exit = 0) => On("ADD", stdout, exit: exit);

    public FakePlugin On(string verb, string stdout = "", string stderr = "", int exit = 0) =>
        OnRun(verb, $"cat <<'END_OUT'\n{stdout}\nEND_OUT\ncat >&2 <<'END_ERR'\n{stderr}\nEND_ERR\nexit {exit}\n");

    public FakePlugin Fails(string verb, int code, string message) =>
        On(verb, $$"""{"cniVersion":"1.0.0","code":{{code}},"msg":"{{message}}"}""", exit: 1);

    /// <summary>Shell code for a verb, run after the call was recorded.</summary>
    public FakePlugin OnRun(string verb, string script)
    {
        _cases[verb] = script;
        Write();
        return this;
    }

    public string Input(string verb) => File.ReadAllText(RecordOf(verb, "stdin"));

    public Dictionary<string, string> Environment(string verb) =>
        File.ReadAllText(RecordOf(verb, "env"))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private string RecordOf(string verb, string what) => Path.Combine(_plugins.Records, $"{_type}.{verb}.{what}");

    private void Write()
    {
        StringBuilder script = new();
        script.Append("#!/bin/sh\n");
        script.Append($"r='{_plugins.Records}'\n");
        // The shell's own PWD and _ are not what we were given.
        script.Append($"tr '\\0' '\\0' < /proc/$$/environ > \"$r/{_type}.$CNI_COMMAND.env\"\n");
        script.Append($"cat > \"$r/{_type}.$CNI_COMMAND.stdin\"\n");
        script.Append($"echo \"{_type} $CNI_COMMAND\" >> \"$r/log\"\n");
        script.Append("case $CNI_COMMAND in\n");
        foreach ((string verb, string body) in _cases)
            script.Append($"{verb})\n{body}\n;;\n");
        script.Append("esac\n");
        string path = Path.Combine(_plugins.Bin, _type);
        File.WriteAllText(path, script.ToString());
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
