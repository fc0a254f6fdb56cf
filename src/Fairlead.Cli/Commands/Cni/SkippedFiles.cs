using Fairlead.Cli.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>Words about the files of a configuration directory that hold no network.</summary>
internal static class SkippedFiles
{
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
        List<string> parts =
        [
            near.Count > 0 ? $"did you mean {string.Join(" or ", near)}?"
            : names.Length > 0 ? $"there is {string.Join(", ", names)}"
            : "there is no network at all",
        ];
        parts.AddRange(e.Scan.Skipped.Select(skipped => $"skipped {skipped.Path}: {ReasonOf(skipped)}"));
        return string.Join("; ", parts);
    }
}
