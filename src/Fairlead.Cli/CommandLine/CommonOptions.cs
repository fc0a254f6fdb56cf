using System.CommandLine;
using Fairlead.Crds;

namespace Fairlead.Cli.CommandLine;

/// <summary>Options that several commands have, each time with the same words.</summary>
internal static class CommonOptions
{
    public static Option<string?> Namespace() =>
        new("--namespace", "-n")
        {
            Description = $"Namespace of the object [default: {Defaults.Namespace}]",
            HelpName = "NS",
        };

    public static Option<bool> AllNamespaces() =>
        new("--all-namespaces", "-A") { Description = "Objects of all namespaces" };

    /// <summary>An option whose value is a span of time as kubectl writes it: 30s, 2m, 1h30m; a bare number is seconds.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "DURATION",
            CustomParser = result =>
            {
                if (Durations.TryParse(result.Tokens[0].Value, out TimeSpan value))
                    return value;
                result.AddError($"{name}: \"{result.Tokens[0].Value}\" is not a duration such as 30s, 2m or 1h30m");
                return null;
            },
        };

    /// <summary>A yes-or-no option that may be written with its value: --wait, --wait=false.</summary>
    public static Option<bool> Switch(string name, string description, bool byDefault) =>
        new(name)
        {
            Description = description,
            DefaultValueFactory = _ => byDefault,
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "true|false",
        };
}
