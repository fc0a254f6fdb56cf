using System.CommandLine;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>The options of <c>fairlead cni</c>; each that cnitool has as a variable is named like it, and wins over it.</summary>
internal static class CniOptions
{
    private const string DefaultPluginPath = "/opt/cni/bin:/usr/lib/cni";
    private const string DefaultConfigurationDirectory = "/etc/cni/net.d";
    private const string DefaultCacheDirectory = "/var/lib/cni";
    private const string DefaultInterfaceName = "eth0";

    public static Option<string?> ConfigurationDirectory { get; } =
        new("--netconfpath")
        {
            Description = $"Network configurations [env: NETCONFPATH] [default: {DefaultConfigurationDirectory}]",
            HelpName = "DIR",
            Recursive = true,
        };

    public static Option<string?> PluginPath { get; } =
        new("--cni-path")
        {
            Description = $"Where plugins are looked for [env: CNI_PATH] [default: {DefaultPluginPath}]",
            HelpName = "DIR:DIR...",
            Recursive = true,
        };

    public static Option<string?> Args { get; } =
        new("--cni-args") { Description = "Arguments for the plugins [env: CNI_ARGS]", HelpName = "KEY=VALUE;..." };

    public static Option<string?> CapabilityArgs { get; } =
        new("--cap-args")
        {
            Description = "Capability arguments, an object with a member for each capability [env: CAP_ARGS]",
            HelpName = "JSON",
        };

    public static Option<string?> InterfaceName { get; } =
        new("--cni-ifname")
        {
            Description = $"Name of the interface in the namespace [env: CNI_IFNAME] [default: {DefaultInterfaceName}]",
            HelpName = "NAME",
        };

    public static Option<string?> ContainerId { get; } =
        new("--container-id")
        {
            Description = "Container ID [default: as cnitool, made from the namespace's path]",
            HelpName = "ID",
        };

    public static Option<string> CacheDirectory { get; } =
        new("--cache-dir")
        {
            Description = "Cache of results; the default is shared with cnitool and all that is built on libcni",
            HelpName = "DIR",
            DefaultValueFactory = _ => DefaultCacheDirectory,
        };

    public static Option<TimeSpan?> PluginTimeout { get; } =
        CommonOptions.Duration("--plugin-timeout", "How long one plugin may take [default: 60s]");

    public static Option<string[]> PluginEnvironment { get; } =
        new("--env")
        {
            Description = "Variable that plugins get beside PATH and CNI_*, with our value or another; may be repeated",
            HelpName = "NAME[=VALUE]",
        };

    public static string ConfigurationDirectoryOf(ParseResult parseResult) =>
        Setting(parseResult, ConfigurationDirectory, "NETCONFPATH") ?? DefaultConfigurationDirectory;

    /// <summary>An empty part would mean the working directory, which nobody wants programs to be run from.</summary>
    public static IReadOnlyList<string> PluginDirectoriesOf(ParseResult parseResult) =>
        (Setting(parseResult, PluginPath, "CNI_PATH") ?? DefaultPluginPath).Split(
            ':',
            StringSplitOptions.RemoveEmptyEntries
        );

    public static string InterfaceNameOf(ParseResult parseResult) =>
        Setting(parseResult, InterfaceName, "CNI_IFNAME") ?? DefaultInterfaceName;

    public static string CacheDirectoryOf(ParseResult parseResult) =>
        Path.GetFullPath(parseResult.GetRequiredValue(CacheDirectory));

    /// <summary>The variables that plugins get besides; one that is named without a value and is not set is left out.</summary>
    public static IReadOnlyDictionary<string, string> PluginEnvironmentOf(ParseResult parseResult)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (string given in parseResult.GetValue(PluginEnvironment) ?? [])
        {
            string[] parts = given.Split('=', 2);
            if (parts[0].Length == 0)
                throw CliException.Usage($"--env: \"{given}\" is not of the form NAME or NAME=VALUE");
            if ((parts.Length == 2 ? parts[1] : VariableOf(parseResult, parts[0])) is { } value)
                variables[parts[0]] = value;
        }
        return variables;
    }

    /// <summary>The option's value, else the variable's; null if neither is given, or what is given is empty.</summary>
    public static string? Setting(ParseResult parseResult, Option<string?> option, string variable)
    {
        string? value = parseResult.GetValue(option) ?? VariableOf(parseResult, variable);
        return value is { Length: > 0 } ? value : null;
    }

    /// <summary>The variable's value; null when it is absent or empty.</summary>
    public static string? VariableOf(ParseResult parseResult, string variable) =>
        // The command line within a completion request is parsed without our invocation.
        parseResult.InvocationConfiguration
            is CliInvocation invocation
            ? invocation.Variable(variable)
            : Environment.GetEnvironmentVariable(variable);
}
