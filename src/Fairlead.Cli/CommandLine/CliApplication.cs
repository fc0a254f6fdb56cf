using System.CommandLine;
using Fairlead.Kubernetes;

namespace Fairlead.Cli.CommandLine;

/// <summary>One run of the program, from its arguments to its exit status.</summary>
internal static class CliApplication
{
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        CliInvocation invocation,
        CancellationToken cancellationToken
    )
    {
        RootCommand root = FairleadRoot.Create();
        // A manifest's name may begin with "@": no response files.
        ParseResult parseResult = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (UsageErrors.Of(parseResult, args) is { } usage)
        {
            invocation.WriteError(usage);
            return ExitCodes.Usage;
        }
        try
        {
            return await parseResult.InvokeAsync(invocation, cancellationToken);
        }
        catch (CliException e)
        {
            invocation.WriteError(e.Message);
            return e.ExitCode;
        }
        catch (KubeconfigException e)
        {
            invocation.WriteError(e.Message);
            return ExitCodes.Failed;
        }
        catch (IOException e) when (e is not BrokenPipeException)
        {
            invocation.WriteError(e.Message);
            return ExitCodes.Failed;
        }
    }
}
