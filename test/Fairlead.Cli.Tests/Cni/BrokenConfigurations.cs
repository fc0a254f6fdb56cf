namespace Fairlead.Cli.Tests.Cni;

/// <summary>A directory in which hardly anything is right, each file wrong in its own way.</summary>
internal static class BrokenConfigurations
{
    public static void WriteTo(CniNode node)
    {
        node.Plugin("bridge");
        node.Plugin("portmap");
        node.Plugin("host-local");
        node.Plugin("dumb", "echo hello; exit 0");
        foreach ((string file, string json) in Files)
            node.Configure(file, json);
        File.CreateSymbolicLink(Path.Combine(node.Configurations, "30-link.conflist"), "/nowhere");
        Directory.CreateDirectory(Path.Combine(node.Configurations, "40-directory.conflist"));
    }

    private static readonly (string File, string Json)[] Files =
    [
        (
            "10-good.conflist",
            """
            {"cniVersion":"1.0.0","name":"good","plugins":[
              {"type":"bridge","capabilities":{"mac":true,"ips":false},"ipam":{"type":"host-local"}},
              {"type":"portmap","capabilities":{"portMappings":true}}]}
            """
        ),
        ("11-text.conflist", "plugins: []"),
        (
            "12-type.conflist",
            "{\"cniVersion\":\"1.0.0\",\n \"name\":\"b\",\n \"plugins\":[{\"type\":\"bridge\"}, {\"bridge\":\"cni0\"}]}"
        ),
        ("13-name.conflist", """{"cniVersion":"1.0.0","plugins":[{"type":"bridge"}]}"""),
        ("14-empty.conflist", """{"cniVersion":"1.0.0","name":"c","plugins":[]}"""),
        ("15-version.conf", """{"cniVersion":"1.x","name":"d","type":"bridge"}"""),
        ("16-flag.conflist", """{"cniVersion":"1.0.0","name":"e","disableCheck":1,"plugins":[{"type":"bridge"}]}"""),
        ("17-twice.conf", """{"cniVersion":"1.0.0","name":"good","type":"bridge"}"""),
        (
            "18-plugin.conflist",
            """{"cniVersion":"1.0.0","name":"f","plugins":[{"type":"brigde","ipam":{"type":"nowhere"}}]}"""
        ),
        ("19-ending.conflits", """{"cniVersion":"1.0.0","name":"g","plugins":[{"type":"bridge"}]}"""),
        ("20-zero.conflist", ""),
        ("21-name.conflist", """{"cniVersion":"1.0.0","name":"h h","plugins":[{"type":"bridge"}]}"""),
        ("22-future.conflist", """{"cniVersion":"9.9.9","name":"i","plugins":[{"type":"bridge"}]}"""),
        ("23-newer.conflist", """{"cniVersion":"1.1.0","name":"j","plugins":[{"type":"bridge"}]}"""),
        ("24-list.conf", """{"cniVersion":"1.0.0","name":"k","plugins":[{"type":"bridge"}]}"""),
        ("25-more.conflist", """{"cniVersion":"1.0.0","name":"l","plugins":[{"type":"bridge"}]}}"""),
        ("26-dumb.conflist", """{"cniVersion":"1.0.0","name":"m","plugins":[{"type":"dumb"}]}"""),
        ("pods-kubeconfig", "not a configuration, and none is expected"),
        (".hidden", ""),
    ];
}
