using System.Diagnostics.CodeAnalysis;
using Fairlead.Cni;

namespace Fairlead.Standalone.Networks;

/// <summary>Finds the network that the pod's eth0 is to be attached to.</summary>
internal static class NetworkChoice
{
    /// <summary>Whether a directory has CNI configuration that can be used.</summary>
    /// <exception cref="EnvironmentException">It has files and none of them can be: somebody wanted a network, and it would not be this one.</exception>
    public static bool HasConfiguration(string directory)
    {
        ConfigurationScan scan = new NetworkConfigurationDirectory(directory).Load();
        if (scan.Networks.Count > 0)
            return true;
        List<SkippedConfiguration> broken = [.. scan.Skipped.Where(skipped => skipped.Path != directory)];
        return broken.Count == 0
            ? false
            : throw new EnvironmentException(
                $"{directory} has no network that can be used: {string.Join("; ", broken.Select(Describe))}"
            );
    }

    /// <summary>The network of that name, or the directory's default one.</summary>
    /// <exception cref="EnvironmentException">There is none.</exception>
    public static NetworkConfigurationList Find(string directory, string? name)
    {
        ConfigurationScan scan = new NetworkConfigurationDirectory(directory).Load();
        if ((name is null ? scan.Default : scan.TryFind(name)) is { } network)
            return network;
        string known = scan.Networks.Count == 0 ? "none" : string.Join(", ", scan.Networks.Select(n => n.Name));
        string skipped =
            scan.Skipped.Count == 0 ? "" : $" (passed over: {string.Join("; ", scan.Skipped.Select(Describe))})";
        throw new EnvironmentException(
            name is null
                ? $"{directory} has no network{skipped}"
                : $"{directory} has no network \"{name}\", only: {known}{skipped}"
        );
    }

    /// <summary>Reads one file.</summary>
    public static bool TryLoad(
        string path,
        [NotNullWhen(true)] out NetworkConfigurationList? network,
        [NotNullWhen(false)] out string? reason
    )
    {
        try
        {
            (network, reason) = (NetworkConfigurationDirectory.LoadFile(path), null);
            return true;
        }
        catch (Exception e) when (e is CniFormatException or IOException or UnauthorizedAccessException)
        {
            (network, reason) = (null, e.Message);
            return false;
        }
    }

    /// <summary>Checks that the plugins of a network are installed.</summary>
    /// <exception cref="EnvironmentException">One is not.</exception>
    public static void RequirePlugins(NetworkConfigurationList network, IReadOnlyList<string> directories)
    {
        foreach (string plugin in network.Plugins.SelectMany(p => (string?[])[p.Type, p.IpamType]).OfType<string>())
        {
            if (!directories.Any(directory => File.Exists(Path.Combine(directory, plugin))))
            {
                throw new EnvironmentException(
                    $"CNI plugin \"{plugin}\" of network {network.Name} is not in {string.Join(", ", directories)}: "
                        + "apt-get install containernetworking-plugins, or name its directory with --cni-bin-dir"
                );
            }
        }
    }

    // The reason of a malformed file names the file itself.
    private static string Describe(SkippedConfiguration skipped) =>
        skipped.Reason.Contains(skipped.Path, StringComparison.Ordinal)
            ? skipped.Reason
            : $"{skipped.Path}: {skipped.Reason}";
}
