using Fairlead.Cli.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>The executables that a network needs.</summary>
internal static class PluginTypes
{
    /// <summary>Each once, in the order of the list; address management after the plugin that calls it.</summary>
    public static IEnumerable<string> Of(NetworkConfigurationList network) =>
        network.Plugins.SelectMany(Of).Distinct(StringComparer.Ordinal);

    /// <summary>Whether a file in a plugin directory can be called so.</summary>
    public static bool IsFileName(string type) => !type.Any(c => c == '/' || char.IsControl(c));

    public static string DoesNotSpeak(string type, CniVersion version, IReadOnlyList<CniVersion> spoken) =>
        $"plugin {type} does not speak version {version}, only {string.Join(", ", spoken)}";

    private static IEnumerable<string> Of(PluginConfiguration plugin) =>
        plugin.IpamType is { } ipam ? [plugin.Type, ipam] : [plugin.Type];
}

/// <summary>What the plugin directories have.</summary>
internal sealed class PluginFiles(IReadOnlyList<string> directories)
{
    public string? PathOf(string type) =>
        directories.Select(directory => Path.Combine(directory, type)).FirstOrDefault(File.Exists);

    /// <summary>A question to be appended to the message that a plugin is not there; empty if nothing is near.</summary>
    public string DidYouMean(string type) =>
        Suggestions.For(type, directories.SelectMany(NamesIn)) is [string near, ..] ? $"; did you mean {near}?" : "";

    private static IEnumerable<string> NamesIn(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory).Select(file => Path.GetFileName(file))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
