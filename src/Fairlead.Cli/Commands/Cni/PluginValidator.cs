using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>Asks the plugins of networks whether they are there and speak the network's version; each plugin once.</summary>
internal static class PluginValidator
{
    public static async Task ValidateAsync(
        IReadOnlyList<ValidatedFile> files,
        CniRun run,
        CancellationToken cancellationToken
    )
    {
        CniRuntime runtime = run.CreateRuntime();
        Dictionary<string, Answer> answers = new(StringComparer.Ordinal);
        foreach (ValidatedFile file in files)
        {
            if (file.Network is not { } network)
                continue;
            foreach (string type in PluginTypes.Of(network).Where(PluginTypes.IsFileName))
            {
                if (!answers.TryGetValue(type, out Answer? answer))
                    answers[type] = answer = await AskAsync(runtime, run.PluginFiles, type, cancellationToken);
                if (answer.Problem is { } problem)
                    file.Problems.Add(problem);
                // What no plugin can speak has been said of the file itself.
                else if (network.CniVersion.IsKnown && !answer.Versions.Contains(network.CniVersion))
                    file.Problems.Add(PluginTypes.DoesNotSpeak(type, network.CniVersion, answer.Versions));
            }
        }
    }

    private static async Task<Answer> AskAsync(
        CniRuntime runtime,
        PluginFiles plugins,
        string type,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return new((await runtime.VersionAsync(type, cancellationToken)).SupportedVersions, Problem: null);
        }
        catch (CniException e) when (e.Failure == CniFailure.InvalidOutput)
        {
            return new([], $"plugin {type} gives no answer to VERSION that can be read: {e.CniMessage}");
        }
        catch (CniException e)
        {
            string hint = e.Failure == CniFailure.PluginNotFound ? plugins.DidYouMean(type) : "";
            return new([], CniErrorObject.Reason(e) + hint);
        }
    }

    private sealed record Answer(IReadOnlyList<CniVersion> Versions, string? Problem);
}
