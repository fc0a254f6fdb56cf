using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Crds;

namespace Fairlead.Cli.Manifests;

internal enum ApplyMode
{
    Apply,

    /// <summary><c>--dry-run=client</c>.</summary>
    CheckHere,

    /// <summary><c>--dry-run=server</c>.</summary>
    AskAgent,
}

/// <summary>One <c>apply</c>: reads everything, tells every error, and carries out what is in order.</summary>
internal sealed class ApplyRun(ParseResult parseResult)
{
    private readonly CliInvocation _invocation = CliInvocation.Of(parseResult);
    private int _failures;

    public required string? Namespace { get; init; }

    public required ApplyMode Mode { get; init; }

    public async Task<int> ExecuteAsync(ManifestSources sources, CancellationToken cancellationToken)
    {
        IReadOnlyList<ManifestFile> files = await sources.ReadAsync(_invocation, Report, cancellationToken);
        ManifestSet set = new(files);
        foreach (ManifestError error in set.Errors)
            Report(error.ToString());
        IReadOnlyList<(ManifestFile File, ManifestDocument Document)> accepted =
        [
            .. files.SelectMany(file => file.Documents.Select(document => (file, document))).Where(IsAccepted),
        ];
        if (files.Sum(file => file.Documents.Count) == 0)
            Report("no objects passed to apply");
        else if (Mode == ApplyMode.CheckHere)
            Check(files, accepted);
        else if (accepted.Count > 0)
            await SendAsync(accepted, cancellationToken);
        return _failures == 0 ? ExitCodes.Ok : ExitCodes.Failed;

        bool IsAccepted((ManifestFile, ManifestDocument Document) one)
        {
            ManifestDocument document = one.Document;
            if (
                document.VirtualMachine is not { } vm
                || !ReferenceEquals(set.Machines.GetValueOrDefault(vm.Key), document)
            )
                return false;
            if (Namespace is null || ManifestNamespace.Contradiction(document, vm, Namespace) is not { } contradiction)
                return true;
            Report(contradiction.ToString());
            return false;
        }
    }

    private void Check(
        IReadOnlyList<ManifestFile> files,
        IReadOnlyList<(ManifestFile File, ManifestDocument Document)> accepted
    )
    {
        foreach (ManifestDocument document in files.SelectMany(file => file.Documents))
        {
            IReadOnlyList<ManifestError> errors = FileChecks.Check(document, FileProbe.Probe);
            foreach (ManifestError error in errors)
                Report(error.ToString());
            if (errors is [] && accepted.Any(one => ReferenceEquals(one.Document, document)))
                Print(document.VirtualMachine!.Metadata.Name, "created (dry run)");
        }
    }

    private async Task SendAsync(
        IReadOnlyList<(ManifestFile File, ManifestDocument Document)> accepted,
        CancellationToken cancellationToken
    )
    {
        using AgentConnection agent = AgentConnection.Open(parseResult);
        foreach ((ManifestFile file, ManifestDocument document) in accepted)
        {
            ManifestText text = ManifestText.Of(file, document, Namespace);
            ApplyRequest request = new()
            {
                Manifest = text.Text,
                Source = text.Source,
                DryRun = Mode == ApplyMode.AskAgent,
            };
            ApplyResponse response = await agent.CallAsync((c, o) => c.ApplyAsync(request, o), cancellationToken);
            foreach (string error in response.Errors)
                Report(text.Relocate(error));
            foreach (AppliedObject applied in response.Objects)
                Print(
                    applied.Name,
                    Mode == ApplyMode.AskAgent ? applied.Outcome + " (server dry run)" : applied.Outcome
                );
        }
    }

    private void Print(string name, string outcome) =>
        _invocation.Output.WriteLine($"{ResourceArguments.QualifiedKind}/{name} {outcome}");

    private void Report(string error)
    {
        _invocation.WriteError(error);
        _failures++;
    }
}
