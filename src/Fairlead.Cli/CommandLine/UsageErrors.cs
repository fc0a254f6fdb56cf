using System.CommandLine;
using System.CommandLine.Invocation;

namespace Fairlead.Cli.CommandLine;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageErrors
{
    /// <summary>The message, or null when the command line is in order or asks for help.</summary>
    public static string? Of(ParseResult parseResult)
    {
        if (parseResult.Action is not ParseErrorAction)
            return null;
        return string.Join('\n', parseResult.Errors.Select(error => error.Message));
    }
}
