using System.Text;
using Fairlead.Cni;

namespace Fairlead.Benchmarks;

/// <summary>A network to attach to.</summary>
/// <param name="Name">As the report calls it.</param>
/// <param name="Plugin">The plugin's name.</param>
/// <param name="Members">What its configuration has beside <c>type</c>, as members of a JSON object.</param>
internal sealed record NetworkChain(string Name, string Plugin, string Members)
{
    /// <summary>Debian's plugins are at 1.0.0.</summary>
    private const string Version = "1.0.0";

    /// <summary>Prints the addresses that it was given: next to nothing but the cost of running a plugin.</summary>
    public static NetworkChain StaticAlone { get; } =
        new(
            "static alone",
            "static",
            """
            "ipam":{"type":"static","addresses":[{"address":"10.203.0.2/16"}]}
            """
        );

    public static NetworkChain[] All { get; } =
    [
        new(
            "bridge + host-local",
            "bridge",
            """
            "bridge":"bench0","isGateway":true,
            "ipam":{"type":"host-local","subnet":"10.201.0.0/16","routes":[{"dst":"0.0.0.0/0"}]}
            """
        ),
        new(
            "ptp + host-local",
            "ptp",
            """
            "ipam":{"type":"host-local","subnet":"10.202.0.0/16","routes":[{"dst":"0.0.0.0/0"}]}
            """
        ),
        StaticAlone,
    ];

    /// <summary>What its configuration list is called.</summary>
    public string NetworkName => $"bench-{Plugin}";

    /// <summary>The configuration list.</summary>
    public string ListText =>
        $$"""
            {
                "cniVersion":"{{Version}}", "name":"{{NetworkName}}",
                "plugins":[{ "type":"{{Plugin}}",{{Members}} }]
            }
            """;

    /// <summary>What the plugin reads on its standard input, apart from the last brace.</summary>
    public string OpenRequest =>
        $$"""{"cniVersion":"{{Version}}","name":"{{NetworkName}}","type":"{{Plugin}}",{{Members}}""";

    public NetworkConfigurationList ToList() => NetworkConfigurationList.Parse(Encoding.UTF8.GetBytes(ListText));
}
