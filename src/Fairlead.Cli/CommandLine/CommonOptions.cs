using System.CommandLine;
using Fairlead.Crds;
using Fairlead.Hosting;

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

    /// <summary>Where a daemon tells of itself.</summary>
    public static Option<MetricsAddress?> MetricsAddress() =>
        new("--metrics-address")
        {
            Description = "Serve /metrics, /healthz and /readyz at ADDRESS:PORT, :PORT or unix:FILE [default: nowhere]",
            HelpName = "ADDRESS",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (Hosting.MetricsAddress.TryParse(text, out MetricsAddress? address))
                    return address;
                result.AddError($"--metrics-address: \"{text}\" is none of ADDRESS:PORT, :PORT and unix:FILE");
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
