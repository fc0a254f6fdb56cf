using Fairlead.Cli.CommandLine;
using Fairlead.Crds;

namespace Fairlead.Cli.AgentAccess;

/// <summary>Which virtual machines <c>get</c> is about.</summary>
internal sealed record GetQuery
{
    /// <summary>None: all of them.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Null for all namespaces.</summary>
    public required string? Namespace { get; init; }

    public required LabelSelector Selector { get; init; }

    public bool HasSelector { get; init; }

    public bool Wants(ListedVirtualMachine vm) =>
        (Names is [] || Names.Contains(vm.Object.Metadata.Name)) && Selector.Matches(vm.Object.Metadata.Labels);

    /// <summary>Says on standard error what was asked for and is not there; the exit status that follows from it.</summary>
    public int ReportMissing(IReadOnlyList<ListedVirtualMachine> found, CliInvocation invocation)
    {
        HashSet<string> present = [.. found.Select(vm => vm.Object.Metadata.Name)];
        IReadOnlyList<string> missing = [.. Names.Where(name => !present.Contains(name))];
        foreach (string name in missing)
            invocation.WriteError(NotFound(name, Namespace ?? Defaults.Namespace));
        return missing is [] ? ExitCodes.Ok : ExitCodes.Failed;
    }

    public static string NotFound(string name, string @namespace) =>
        $"{ResourceArguments.QualifiedKinds} \"{name}\" not found in namespace {@namespace} (fairlead get vm -A lists all)";
}
