using System.CommandLine;
using Fairlead.Cli.CommandLine;
using Fairlead.Crds;
using Fairlead.Kubernetes;

namespace Fairlead.Cli.ClusterAccess;

/// <summary>
/// Whether a cluster is meant, and which: with <c>--kubeconfig</c> or <c>--context</c>, or when the program is called
/// <c>kubectl-fairlead</c>, it is; else the standalone environment of this machine.
/// </summary>
internal static class ClusterTarget
{
    private const string PluginName = "kubectl-fairlead";

    public static Option<string?> Kubeconfig { get; } =
        new("--kubeconfig")
        {
            Description = "A cluster instead of the standalone environment: its kubeconfig [default: as kubectl]",
            HelpName = "FILE",
            Recursive = true,
        };

    public static Option<string?> Context { get; } =
        new("--context")
        {
            Description = "A cluster instead of the standalone environment: context of the kubeconfig",
            HelpName = "NAME",
            Recursive = true,
        };

    public static bool IsMeant(ParseResult parseResult) =>
        parseResult.GetValue(Kubeconfig) is not null
        || parseResult.GetValue(Context) is not null
        // The command line within a completion request is parsed without our invocation.
        || (parseResult.InvocationConfiguration as CliInvocation)?.ProgramName == PluginName;

    public static KubernetesClient Connect(ParseResult parseResult) => new(Configuration(parseResult));

    /// <summary>The namespace of the option, else of the context, else <c>default</c>.</summary>
    public static string NamespaceOf(ParseResult parseResult, string? given) =>
        given ?? (IsMeant(parseResult) ? Configuration(parseResult).Namespace : Defaults.Namespace);

    public static KubernetesConfiguration Configuration(ParseResult parseResult) =>
        KubernetesConfiguration.Load(parseResult.GetValue(Kubeconfig), parseResult.GetValue(Context));
}
