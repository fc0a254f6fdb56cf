using System.CommandLine;

namespace Fairlead.Cli.Manifests;

/// <summary>The options that say where manifests come from.</summary>
internal sealed class ManifestOptions
{
    public Option<string[]> Files { get; } =
        new("--filename", "-f")
        {
            Description = "File or directory (*.yaml, *.yml, *.json) of manifests, or - for standard input; repeatable",
            HelpName = "FILE|DIR|-",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };

    public Option<bool> Recursive { get; } =
        new("--recursive", "-R") { Description = "Take the directories within a directory too" };

    /// <summary>What the command line says; null when it names no file.</summary>
    public ManifestSources? Read(ParseResult parseResult) =>
        parseResult.GetValue(Files) is { Length: > 0 } files
            ? new ManifestSources(files, parseResult.GetValue(Recursive))
            : null;
}
