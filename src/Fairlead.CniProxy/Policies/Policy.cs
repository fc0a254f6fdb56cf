using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.Verbs;

namespace Fairlead.CniProxy.Policies;

/// <summary>What pods may have. The first rule that fits a pod counts; a pod that fits none may have nothing.</summary>
/// <param name="Rules">In the order of the file.</param>
/// <param name="Origin">Where they come from, for messages.</param>
internal sealed record Policy(IReadOnlyList<PolicyRule> Rules, string Origin)
{
    /// <summary>Without a file: every known pod may use the default network, 128 times, and choose its MAC addresses.</summary>
    public static Policy Default { get; } = new([new PolicyRule()], "the default policy");

    /// <exception cref="Grpc.Core.RpcException">No rule fits the pod.</exception>
    public PolicyRule RuleFor(Sandbox sandbox) =>
        Rules.FirstOrDefault(rule => rule.Fits(sandbox))
        ?? throw ProxyError.PodForbidden(
            $"{Origin} has no rule for pod {sandbox.PodNamespace}/{sandbox.PodName}: it may have no attachment"
        );
}

/// <summary>One rule; what it leaves out is as in the default policy.</summary>
internal sealed record PolicyRule
{
    /// <summary>Every network by name, in <see cref="Networks"/>.</summary>
    public const string EveryNetwork = "*";

    /// <summary>Namespaces of the pods that it fits; empty for any.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Labels that a pod must have, all of them.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the default network is open, whatever its name.</summary>
    public bool DefaultNetwork { get; init; } = true;

    /// <summary>Networks that are open by name.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Which NetworkAttachmentDefinitions are open to machines, by namespaces.</summary>
    public IReadOnlyList<DefinitionGrant> Definitions { get; init; } = [new DefinitionGrant()];

    /// <summary>How many attachments one pod may have.</summary>
    public int MaxAttachments { get; init; } = 128;

    /// <summary>Options that an Add may use.</summary>
    public IReadOnlyList<string> Options { get; init; } = ["mac"];

    public bool Fits(Sandbox sandbox) =>
        (Namespaces.Count == 0 || Namespaces.Contains(sandbox.PodNamespace, StringComparer.Ordinal))
        && Labels.All(label => sandbox.Labels.TryGetValue(label.Key, out string? value) && value == label.Value);

    public bool Opens(string network, bool isDefault) =>
        (isDefault && DefaultNetwork)
        || Networks.Contains(network, StringComparer.Ordinal)
        || Networks.Contains(EveryNetwork, StringComparer.Ordinal);

    /// <param name="definitions">Namespace of the definition.</param>
    /// <param name="machine">Namespace of the machine.</param>
    public bool OpensDefinitionsOf(string definitions, string machine) =>
        Definitions.Any(grant => grant.Opens(definitions, machine));

    /// <exception cref="Grpc.Core.RpcException">An option is not among those that the rule allows.</exception>
    public void RequireOptions(EndpointOptions options)
    {
        foreach (string name in options.Names.Except(Options, StringComparer.Ordinal))
            throw ProxyError.OptionForbidden(
                $"the policy does not let this pod use the option {name} (it may use: {(Options.Count == 0 ? "none" : string.Join(", ", Options))})"
            );
    }
}

/// <summary>Definitions of these namespaces are open to machines of those; what is left out is as without any grant: a machine's own.</summary>
internal sealed record DefinitionGrant
{
    /// <summary>The machine's own namespace, in <see cref="Of"/>.</summary>
    public const string Own = "own";

    /// <summary>Namespaces of definitions.</summary>
    public IReadOnlyList<string> Of { get; init; } = [Own];

    /// <summary>Namespaces of machines; empty for any.</summary>
    public IReadOnlyList<string> For { get; init; } = [];

    public bool Opens(string definitions, string machine) =>
        (For.Count == 0 || For.Contains(machine, StringComparer.Ordinal))
        && (
            Of.Contains(definitions, StringComparer.Ordinal)
            || (definitions == machine && Of.Contains(Own, StringComparer.Ordinal))
        );
}
