using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Output;
using Grpc.Core;

namespace Fairlead.Cli.Diagnosis;

/// <summary>One run of <c>doctor</c>. It has something to say when there is no agent, too.</summary>
internal sealed class DoctorRun(ParseResult parseResult)
{
    // Three threads a vNIC, seven seconds each when nobody answers, a few dozen at once.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Empty for all namespaces.</summary>
    public required string Namespace { get; init; }

    public required bool WithEnvironment { get; init; }

    public required OutputFormat Format { get; init; }

    /// <returns>The exit status.</returns>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        CliInvocation invocation = CliInvocation.Of(parseResult);
        DoctorReport report = await LookAsync(cancellationToken);
        if (Format == OutputFormat.Json)
            await invocation.Output.WriteAsync(ObjectText.Json(DoctorDocument.Of(report)));
        else
            new DoctorText(invocation.Output, invocation.OutputTakesColour).Write(report);
        return report.Verdict == Finding.Types.Verdict.Ok ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private async Task<DoctorReport> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            DiagnoseResponse response = await AskAsync(cancellationToken);
            return new DoctorReport(
                WithEnvironment
                    ?
                    [
                        .. await EnvironmentFindings.LookAsync(parseResult, agentAnswers: true, cancellationToken),
                        EnvironmentFindings.OfVersions(response.Version),
                        .. response.Node,
                    ]
                    : [],
                response.Machines
            );
        }
        catch (AgentException e) when (e.Code is not (StatusCode.NotFound or StatusCode.Unimplemented))
        {
            return new DoctorReport(
                [
                    .. await EnvironmentFindings.LookAsync(parseResult, agentAnswers: false, cancellationToken),
                    EnvironmentFindings.OfSilentAgent(e.Message),
                ],
                []
            );
        }
    }

    private async Task<DiagnoseResponse> AskAsync(CancellationToken cancellationToken)
    {
        DiagnoseRequest request = new() { Namespace = Namespace };
        request.Names.AddRange(Names);
        using AgentConnection agent = AgentConnection.Open(parseResult);
        return await agent.CallAsync(
            (client, options) => client.DiagnoseAsync(request, options),
            cancellationToken,
            Limit
        );
    }
}
