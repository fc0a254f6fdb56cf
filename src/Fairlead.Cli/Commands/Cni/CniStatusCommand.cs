using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

internal static class CniStatusCommand
{
    public static Command Create()
    {
        Argument<string> name = NetworkArgument.One();
        DocumentedCommand command = new(
            "status",
            "Ask the plugins of a network whether they could serve ADD now",
            """
            # Ready?
            fairlead cni status pods && echo ready
            """
        )
        {
            Details = $"""
                {CniTexts.Silence}
                Code 50: not available. Code 51: not available, and what is attached may have limited connectivity. Networks
                before version 1.1.0 have no STATUS: nothing is asked, and the answer is yes, as from cnitool.
                """,
        };
        command.Add(name);
        command.Add(CniOptions.PluginTimeout);
        command.Add(CniOptions.PluginEnvironment);
        command.SetAction(
            (parseResult, cancellationToken) =>
                CniRun.ExecuteAsync(
                    parseResult,
                    async run =>
                    {
                        NetworkConfigurationList network = run.Find(parseResult.GetRequiredValue(name));
                        await AskAsync(run.CreateRuntime(), network, cancellationToken);
                        if (network.CniVersion < CniVersion.V1_1_0)
                            run.Note($"network {network.Name} has version {network.CniVersion}: nothing was asked");
                    }
                )
        );
        return command;
    }

    /// <summary>
    /// A plugin that does not know STATUS complains of something else, such as a missing container ID: the real reason is
    /// in its versions.
    /// </summary>
    private static async Task AskAsync(
        CniRuntime runtime,
        NetworkConfigurationList network,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await runtime.StatusAsync(network, cancellationToken);
        }
        catch (CniException e)
            when (e is { Failure: CniFailure.PluginError or CniFailure.NoDiagnostic, Plugin: { } type })
        {
            IReadOnlyList<CniVersion>? spoken = await TryGetVersionsAsync(runtime, type, cancellationToken);
            if (spoken is null || spoken.Contains(network.CniVersion))
                throw;
            throw new CniRequestException(
                CniErrorCode.IncompatibleVersion,
                PluginTypes.DoesNotSpeak(type, network.CniVersion, spoken),
                $"to STATUS it answered: {e.CniMessage}"
            );
        }
    }

    private static async Task<IReadOnlyList<CniVersion>?> TryGetVersionsAsync(
        CniRuntime runtime,
        string type,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (await runtime.VersionAsync(type, cancellationToken)).SupportedVersions;
        }
        catch (CniException)
        {
            // The first failure is the one to tell.
            return null;
        }
    }
}
