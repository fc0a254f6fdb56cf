using Fairlead.Cli.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>Words about the files of a configuration directory that hold no network.</summary>
internal static class SkippedFiles
{
    private const string WrongEnding = "its name does not end in .conflist, .conf or .json";

    private static readonly string[] Endings = [".conflist", ".conf", ".json"];

    /// <summary>What was tried and failed, then what is not even tried for its name.</summary>
    public static IReadOnlyList<SkippedConfiguration> Of(ConfigurationScan scan) =>
        [
            .. scan.Skipped,
            .. FilesIn(scan.Directory)
                .Where(file => !HasKnownEnding(file))
                .Select(file => new SkippedConfiguration(file, WrongEnding)),
        ];

    /// <summary>
    /// What is wrong: what was tried and failed, and names that look like a slip. Others may lie there with good reason:
    /// a network's kubeconfig, a file that was switched off.
    /// </summary>
    public static IReadOnlyList<SkippedConfiguration> FaultsOf(ConfigurationScan scan) =>
        [
            .. scan.Skipped,
            .. FilesIn(scan.Directory)
                .Where(file => !HasKnownEnding(file))
                .Select(file => (File: file, Near: Suggestions.For(Path.GetExtension(file), Endings)))
                .Where(slip => slip.Near is not [])
                .Select(slip => new SkippedConfiguration(slip.File, $"{WrongEnding}; did you mean {slip.Near[0]}?")),
        ];

    /// <summary>The reason without the file's path, which stands beside it.</summary>
    public static string ReasonOf(SkippedConfiguration skipped)
    {
        string prefix = skipped.Path + ": ";
        return skipped.Reason.StartsWith(prefix, StringComparison.Ordinal)
            ? skipped.Reason[prefix.Length..]
            : skipped.Reason;
    }

    /// <summary>What there is instead of the wanted network.</summary>
    public static string WhyNotFound(CniNetworkNotFoundException e)
    {
        string[] names = [.. e.Scan.Networks.Select(network => network.Name)];
        IReadOnlyList<string> near = Suggestions.For(e.NetworkName, names);
        string instead =
            near.Count > 0 ? $"did you mean {string.Join(" or ", near)}?"
            : names.Length > 0 ? $"there is {string.Join(", ", names)}"
            : "there is no network at all";
        IEnumerable<string> skipped = Of(e.Scan).Select(file => $"skipped {file.Path}: {ReasonOf(file)}");
        return string.Join("; ", skipped.Prepend(instead));
    }

    private static bool HasKnownEnding(string file) =>
        Array.Exists(Endings, ending => file.EndsWith(ending, StringComparison.Ordinal));

    private static IEnumerable<string> FilesIn(string directory)
    {
        try
        {
            return
            [
                .. Directory
                    .EnumerateFiles(directory)
                    .Where(file => !Path.GetFileName(file).StartsWith('.'))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The scan has said so itself.
            return [];
        }
    }
}
