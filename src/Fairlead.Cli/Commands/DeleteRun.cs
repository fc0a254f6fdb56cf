using System.CommandLine;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.ClusterAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Cli.Manifests;
using Fairlead.Crds;
using Grpc.Core;

namespace Fairlead.Cli.Commands;

/// <summary>One <c>delete</c>: asks for every deletion first, then waits for all of them together.</summary>
internal sealed class DeleteRun(ParseResult parseResult)
{
    private readonly CliInvocation _invocation = CliInvocation.Of(parseResult);
    private int _failures;

    /// <summary>As given on the command line; null when it was not.</summary>
    public required string? Namespace { get; init; }

    public required bool IgnoreNotFound { get; init; }

    public required bool Wait { get; init; }

    public required TimeSpan Timeout { get; init; }

    private string NamespaceOrDefault => ClusterTarget.NamespaceOf(parseResult, Namespace);

    /// <param name="sources">Manifests whose objects are meant, or null.</param>
    /// <param name="names">Names that are meant; null for all of the namespace.</param>
    /// <param name="cancellationToken">Ends the waiting; what was asked for goes on.</param>
    public async Task<int> ExecuteAsync(
        ManifestSources? sources,
        IReadOnlyList<string>? names,
        CancellationToken cancellationToken
    )
    {
        using AgentConnection agent = AgentConnection.Open(parseResult);
        IReadOnlyList<VirtualMachineKey> keys =
            sources is not null ? await ReadKeysAsync(sources, cancellationToken)
            : names is not null ? [.. names.Select(name => new VirtualMachineKey(NamespaceOrDefault, name))]
            : [.. (await ListAsync(agent, NamespaceOrDefault, cancellationToken)).Select(vm => vm.Key)];
        if (keys is [] && names is null)
            await _invocation.Error.WriteLineAsync($"No resources found in {NamespaceOrDefault} namespace.");

        // Another object of the same name that comes later is not waited for: it has another UID.
        HashSet<string?> doomed = Wait && keys is not [] ? await UidsAsync(agent, keys, cancellationToken) : [];
        foreach (VirtualMachineKey key in keys)
            await DeleteAsync(agent, key, cancellationToken);
        if (doomed.Count > 0)
            await Waiting.UntilAsync(
                _invocation,
                token => PendingAsync(agent, keys, doomed, token),
                Timeout,
                cancellationToken
            );
        return _failures == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private async Task DeleteAsync(AgentConnection agent, VirtualMachineKey key, CancellationToken cancellationToken)
    {
        DeleteRequest request = new() { Namespace = key.Namespace, Name = key.Name };
        try
        {
            await agent.CallAsync((c, o) => c.DeleteAsync(request, o), cancellationToken);
            await _invocation.Output.WriteLineAsync($"{ResourceArguments.QualifiedKind} \"{key.Name}\" deleted");
        }
        catch (AgentException e) when (e.Code == StatusCode.NotFound)
        {
            if (!IgnoreNotFound)
                Report(GetQuery.NotFound(key.Name, key.Namespace));
        }
    }

    private static async Task<string?> PendingAsync(
        AgentConnection agent,
        IReadOnlyList<VirtualMachineKey> keys,
        HashSet<string?> doomed,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<VirtualMachine> present = await ListAsync(agent, NamespaceOf(keys), cancellationToken);
        IReadOnlyList<string> left =
        [
            .. present
                .Where(vm => keys.Contains(vm.Key) && doomed.Contains(vm.Metadata.Uid))
                .Select(vm => vm.Key.ToString()),
        ];
        return left is [] ? null : $"{string.Join(", ", left)} to be gone";
    }

    private static async Task<HashSet<string?>> UidsAsync(
        AgentConnection agent,
        IReadOnlyList<VirtualMachineKey> keys,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<VirtualMachine> present = await ListAsync(agent, NamespaceOf(keys), cancellationToken);
        return [.. present.Where(vm => keys.Contains(vm.Key)).Select(vm => vm.Metadata.Uid)];
    }

    private static async Task<IReadOnlyList<VirtualMachine>> ListAsync(
        AgentConnection agent,
        string @namespace,
        CancellationToken cancellationToken
    )
    {
        ListRequest request = new() { Namespace = @namespace };
        ListResponse response = await agent.CallAsync((c, o) => c.ListAsync(request, o), cancellationToken);
        return [.. response.Items.Select(item => ListedVirtualMachine.Read(item).Object)];
    }

    private static string NamespaceOf(IReadOnlyList<VirtualMachineKey> keys) =>
        keys.Select(key => key.Namespace).Distinct(StringComparer.Ordinal).ToList() is [string only] ? only : "";

    // A manifest that has errors still says whom it is about: it can be deleted.
    private async Task<IReadOnlyList<VirtualMachineKey>> ReadKeysAsync(
        ManifestSources sources,
        CancellationToken cancellationToken
    )
    {
        List<VirtualMachineKey> keys = [];
        IReadOnlyList<ManifestFile> files = await sources.ReadAsync(_invocation, Report, cancellationToken);
        foreach (ManifestError error in files.SelectMany(file => file.Errors))
            Report(error.ToString());
        foreach (ManifestDocument document in files.SelectMany(file => file.Documents))
        {
            if (document.Key is not { } key)
                Report(
                    document.Errors.Count > 0 ? document.Errors[0].ToString() : $"{document.Source}: names no object"
                );
            else if (Namespace is null || key.Namespace == Namespace)
                keys.Add(key);
            else if (!ManifestNamespace.IsNamedIn(document))
                keys.Add(key with { Namespace = Namespace });
            else
                Report($"{document.Source}: {key} is not in the namespace \"{Namespace}\" of -n");
        }
        return [.. keys.Distinct()];
    }

    private void Report(string error)
    {
        _invocation.WriteError(error);
        _failures++;
    }
}
