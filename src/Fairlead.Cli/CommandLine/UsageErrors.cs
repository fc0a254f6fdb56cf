using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Fairlead.Cli.CommandLine;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageErrors
{
    /// <summary>The message, or null when the command line is in order or asks for help.</summary>
    /// <param name="parseResult">What System.CommandLine made of it.</param>
    /// <param name="args">The words themselves.</param>
    public static string? Of(ParseResult parseResult, IReadOnlyList<string> args)
    {
        Command command = parseResult.CommandResult.Command;
        string path = PathOf(command);
        if (MisreadSwitch(command, args) is { } misread)
            return Say(misread);
        if (parseResult.Action is not ParseErrorAction)
            return OptionTakenForAName(parseResult) is { } option ? Say(Unknown(option, command, path)) : null;
        // A word that is not understood explains all that is missing after it.
        return Say(
            parseResult.UnmatchedTokens is [string unknown, ..]
                ? Unknown(unknown, command, path)
                : string.Join("; ", parseResult.Errors.Select(error => OneLine(error.Message)).Distinct())
        );

        string Say(string message) => $"{message}\nSee '{path} --help'.";
    }

    // An argument that takes any number of words takes unknown options too; no object's name begins with "-".
    private static string? OptionTakenForAName(ParseResult parseResult) =>
        parseResult.Action is HelpWithExamples
            ? null
            : parseResult
                .CommandResult.Children.OfType<ArgumentResult>()
                .SelectMany(argument => argument.Tokens)
                .Select(token => token.Value)
                .FirstOrDefault(value => value.StartsWith('-'));

    // System.CommandLine makes "--wait" and an argument "no" of "--wait=no": delete would take it for a name.
    private static string? MisreadSwitch(Command command, IReadOnlyList<string> args)
    {
        foreach (string[] parts in args.TakeWhile(arg => arg != "--").Select(arg => arg.Split('=', 2)))
        {
            bool isSwitch = OptionsOf(command)
                .Any(option =>
                    option.ValueType == typeof(bool) && (option.Name == parts[0] || option.Aliases.Contains(parts[0]))
                );
            if (isSwitch && parts.Length == 2 && !bool.TryParse(parts[1], out _))
                return $"{parts[0]}: \"{parts[1]}\" is neither true nor false";
        }
        return null;
    }

    private static string Unknown(string word, Command command, string path)
    {
        bool isOption = word.StartsWith('-');
        string what =
            isOption ? "option"
            : command.Subcommands.Count > 0 ? "command"
            : "argument";
        IEnumerable<string> known = isOption
            ? OptionsOf(command).SelectMany(option => option.Aliases.Prepend(option.Name))
            : command.Subcommands.Where(subcommand => !subcommand.Hidden).Select(subcommand => subcommand.Name);
        IReadOnlyList<string> near = Suggestions.For(word.Split('=')[0], known);
        string hint = near is [] ? "" : $"; did you mean {string.Join(" or ", near)}?";
        return $"unknown {what} \"{word}\" for \"{path}\"{hint}";
    }

    private static IEnumerable<Option> OptionsOf(Command command) =>
        command
            .Options.Concat(
                command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(o => o.Recursive))
            )
            .Where(option => !option.Hidden);

    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent
            ? $"{PathOf(parent)} {command.Name}"
            : "fairlead";

    // System.CommandLine ends its sentences and quotes by apostrophes; ours are clauses.
    private static string OneLine(string message)
    {
        string text = string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries))
            .TrimEnd('.')
            .Replace('\'', '"');
        return text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
    }
}
