using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Fairlead.Cli.CommandLine;

/// <summary>System.CommandLine's help, with the details of a command and its examples after it.</summary>
internal sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
{
    // Help for a command line that is otherwise wrong or incomplete is help all the same.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = inner.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DocumentedCommand command)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            if (command.Details is { } details)
                WriteSection(output, "Details:", details);
            WriteSection(output, "Examples:", command.Examples);
        }
        return exitCode;
    }

    private static void WriteSection(TextWriter output, string title, string text)
    {
        output.WriteLine(title);
        foreach (string line in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
            output.WriteLine(line.Length == 0 ? "" : "  " + line);
        output.WriteLine();
    }
}
