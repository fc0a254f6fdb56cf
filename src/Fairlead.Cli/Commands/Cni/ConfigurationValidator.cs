using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>A configuration file, what it holds if it can be read, and what is wrong with it.</summary>
internal sealed record ValidatedFile(string Path, NetworkConfigurationList? Network)
{
    public List<string> Problems { get; } = [];

    public static ValidatedFile Broken(string path, string problem)
    {
        ValidatedFile file = new(path, Network: null);
        file.Problems.Add(problem);
        return file;
    }
}

/// <summary>Looks at configuration files without running anything.</summary>
internal sealed class ConfigurationValidator(string directory)
{
    /// <summary>Each file of the directory, by name.</summary>
    public IEnumerable<ValidatedFile> All()
    {
        ConfigurationScan scan = new NetworkConfigurationDirectory(directory).Load();
        IEnumerable<ValidatedFile> broken = SkippedFiles
            .FaultsOf(scan)
            .Select(skipped => ValidatedFile.Broken(skipped.Path, SkippedFiles.ReasonOf(skipped)));
        ValidatedFile[] files =
        [
            .. scan.Networks.Select(Look).Concat(broken).OrderBy(file => file.Path, StringComparer.Ordinal),
        ];
        return files is [] ? [ValidatedFile.Broken(directory, "there is no network configuration")] : files;
    }

    /// <summary>The network of that name; or, if it has a slash, the file.</summary>
    public ValidatedFile One(string nameOrPath)
    {
        try
        {
            return Look(
                nameOrPath.Contains('/')
                    ? NetworkConfigurationDirectory.LoadFile(nameOrPath)
                    : new NetworkConfigurationDirectory(directory).Find(nameOrPath)
            );
        }
        catch (CniNetworkNotFoundException e)
        {
            return ValidatedFile.Broken(
                directory,
                $"there is no network \"{nameOrPath}\"; {SkippedFiles.WhyNotFound(e)}"
            );
        }
        catch (Exception e) when (e is CniFormatException or IOException or UnauthorizedAccessException)
        {
            return ValidatedFile.Broken(nameOrPath, SkippedFiles.ReasonOf(new(nameOrPath, e.Message)));
        }
    }

    private static ValidatedFile Look(NetworkConfigurationList network)
    {
        ValidatedFile file = new(network.SourcePath!, network);
        if (!network.CniVersion.IsKnown)
            file.Problems.Add(
                $"$.cniVersion: {network.CniVersion} is not a version of the specification;"
                    + $" there is {string.Join(", ", CniVersion.Known)}"
            );
        if (!IsNetworkName(network.Name))
            file.Problems.Add(
                $"$.name: \"{network.Name}\" is not a letter or digit followed by letters, digits, '_', '.' or '-'"
            );
        foreach (string type in PluginTypes.Of(network).Where(type => !PluginTypes.IsFileName(type)))
            file.Problems.Add($"plugin type \"{type}\" is no file name: it has a slash or a control character");
        return file;
    }

    // Whether a runtime would take it: the library reads any name and refuses it at the first verb, as libcni does.
    private static bool IsNetworkName(string name) =>
        char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
}
