using System.Text;

namespace Fairlead.Cni;

/// <summary>The configuration directory has no network of the wanted name.</summary>
public sealed class CniNetworkNotFoundException : Exception
{
    internal CniNetworkNotFoundException(string name, ConfigurationScan scan)
        : base(Describe(name, scan))
    {
        NetworkName = name;
        Scan = scan;
    }

    /// <summary>The wanted name.</summary>
    public string NetworkName { get; }

    /// <summary>What the directory has. Without any network at all, <see cref="ConfigurationScan.Networks"/> is empty.</summary>
    public ConfigurationScan Scan { get; }

    private static string Describe(string name, ConfigurationScan scan)
    {
        StringBuilder text = new();
        text.Append(
            scan.Networks.Count == 0
                ? $"no network configuration in {scan.Directory} (wanted \"{name}\")"
                : $"no network \"{name}\" in {scan.Directory}, only {string.Join(", ", scan.Networks.Select(n => n.Name))}"
        );
        foreach (SkippedConfiguration skipped in scan.Skipped)
            text.Append("; skipped ").Append(skipped.Path).Append(": ").Append(skipped.Reason);
        return text.ToString();
    }
}
