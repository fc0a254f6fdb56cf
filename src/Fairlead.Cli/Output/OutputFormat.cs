using System.CommandLine;
using Fairlead.Cli.CommandLine;

namespace Fairlead.Cli.Output;

internal enum OutputFormat
{
    Table,
    Wide,
    Json,
    Yaml,
    Name,
}

/// <summary>The option <c>-o</c>.</summary>
internal static class OutputFormats
{
    public static Option<string?> Option(params string[] known)
    {
        Option<string?> option = new("--output", "-o")
        {
            Description = $"Output format: {string.Join(", ", known)}",
            HelpName = "FORMAT",
        };
        option.CompletionSources.Add(known);
        option.Validators.Add(result =>
        {
            string? value = result.GetValueOrDefault<string?>();
            if (value is not null && !known.Contains(value))
                result.AddError($"unknown output format \"{value}\"; there is {string.Join(", ", known)}");
        });
        return option;
    }

    public static OutputFormat Of(string? value) =>
        value switch
        {
            null or "table" => OutputFormat.Table,
            "wide" => OutputFormat.Wide,
            "json" => OutputFormat.Json,
            "yaml" => OutputFormat.Yaml,
            "name" => OutputFormat.Name,
            _ => throw CliException.Usage($"unknown output format \"{value}\""),
        };
}
