using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Fairlead.Cli.CommandLine;

/// <summary>
/// Answers <c>[suggest:CURSOR] LINE</c> with a candidate a line. As kubectl's completion, it names options only to who
/// has typed a dash; System.CommandLine's own answer is all of them before the one word that is meant.
/// </summary>
internal sealed class CompletionRequest(SuggestDirective directive) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        string line = parseResult.Tokens.LastOrDefault(token => token.Type != TokenType.Directive)?.Value ?? "";
        string? cursor = parseResult.GetResult(directive)?.Values.FirstOrDefault();
        int position =
            int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given < line.Length
                ? given
                : line.Length;
        string typed = line[..position];
        bool wantsOption = typed[(typed.LastIndexOf(' ') + 1)..].StartsWith('-');
        ParseResult unfinished = parseResult.RootCommandResult.Command.Parse(line, parseResult.Configuration);
        foreach (CompletionItem candidate in unfinished.GetCompletions(position))
        {
            if (wantsOption || !candidate.Label.StartsWith('-'))
                parseResult.InvocationConfiguration.Output.WriteLine(candidate.InsertText ?? candidate.Label);
        }
        return ExitCodes.Ok;
    }
}
