namespace Fairlead.Cni;

/// <summary>A directory of network configurations, such as <c>/etc/cni/net.d</c>; each look reads it anew.</summary>
/// <remarks>
/// Unlike libcni, one malformed file hides no other network: it is reported as skipped. Subdirectories are not searched,
/// except that a list without <c>loadOnlyInlinedPlugins</c> also takes the <c>*.conf</c> of the folder named like it.
/// </remarks>
/// <param name="path">The directory; it need not exist yet.</param>
public sealed partial class NetworkConfigurationDirectory(string path)
{
    /// <summary>The directory.</summary>
    public string DirectoryPath { get; } = path;

    /// <summary>Reads all files. What cannot be read, is malformed or repeats a name is in the scan's skipped list.</summary>
    public ConfigurationScan Load()
    {
        List<NetworkConfigurationList> networks = [];
        List<SkippedConfiguration> skipped = [];
        Dictionary<string, string> fileOfName = new(StringComparer.Ordinal);
        foreach (string file in ListFiles(skipped))
        {
            if (TryLoad(file, skipped) is not { } network)
                continue;
            if (fileOfName.TryAdd(network.Name, file))
                networks.Add(network);
            else
                skipped.Add(new(file, $"network \"{network.Name}\" is already defined by {fileOfName[network.Name]}"));
        }
        return new(DirectoryPath, networks, skipped);
    }

    /// <summary>The network of that name, as the directory has it now.</summary>
    /// <exception cref="CniNetworkNotFoundException">There is none.</exception>
    public NetworkConfigurationList Find(string name) => Load().Find(name);

    /// <summary>Reads one file; its extension says whether it is a list or a single plugin.</summary>
    /// <exception cref="CniFormatException">It is malformed.</exception>
    /// <exception cref="IOException">It cannot be read, is no regular file or is larger than 1 MiB.</exception>
    /// <exception cref="UnauthorizedAccessException">Permission denied.</exception>
    public static NetworkConfigurationList LoadFile(string path)
    {
        ConfigurationFormat format = path.EndsWith(".conflist", StringComparison.Ordinal)
            ? ConfigurationFormat.List
            : ConfigurationFormat.SinglePlugin;
        byte[] json = RegularFile.Read(path);
        return NetworkConfigurationList.Read(json, path, format, name => LoadFolder(path, name));
    }

    private static NetworkConfigurationList? TryLoad(string file, List<SkippedConfiguration> skipped)
    {
        try
        {
            return LoadFile(file);
        }
        catch (CniFormatException e)
        {
            skipped.Add(new(file, e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            skipped.Add(new(file, e.Message));
        }
        return null;
    }

    private List<string> ListFiles(List<SkippedConfiguration> skipped)
    {
        try
        {
            string[] files = Directory.GetFiles(DirectoryPath);
            Array.Sort(files, StringComparer.Ordinal);
            return
            [
                .. files.Where(static f => f.EndsWith(".conflist", StringComparison.Ordinal)),
                .. files.Where(static f =>
                    f.EndsWith(".conf", StringComparison.Ordinal) || f.EndsWith(".json", StringComparison.Ordinal)
                ),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            skipped.Add(new(DirectoryPath, e.Message));
            return [];
        }
    }

    private static List<PluginConfiguration> LoadFolder(string listPath, string network)
    {
        // The name becomes part of a path here, before any verb has checked it.
        if (!Naming.IsNetworkName(network))
            return [];
        string folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(listPath))!, network);
        if (!Directory.Exists(folder))
            return [];
        string[] files = Directory.GetFiles(folder, "*.conf");
        Array.Sort(files, StringComparer.Ordinal);
        return [.. files.Select(static f => PluginConfiguration.Parse(RegularFile.Read(f), f))];
    }
}
