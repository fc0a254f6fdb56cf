using System.Security.Cryptography.X509Certificates;
using Fairlead.Kubernetes.Configuration;

namespace Fairlead.Kubernetes;

/// <summary>Where the API server is, how it proves who it is, and how we do.</summary>
public sealed class KubernetesConfiguration
{
    internal KubernetesConfiguration(Uri server) => Server = server;

    /// <summary>With a path, if the server has a prefix.</summary>
    public Uri Server { get; }

    /// <summary>The namespace that is meant when none is named.</summary>
    public string Namespace { get; internal init; } = "default";

    /// <summary>What this program calls itself.</summary>
    public string UserAgent { get; init; } = "fairlead";

    /// <summary>Null: the system's authorities.</summary>
    internal X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The name that the server's certificate must have, if not the URL's.</summary>
    internal string? TlsServerName { get; init; }

    internal bool SkipTlsVerify { get; init; }

    internal Uri? Proxy { get; init; }

    internal Credential? Credential { get; init; }

    /// <summary>Impersonation.</summary>
    internal IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>
    /// As kubectl finds it: the given file, else those of <c>KUBECONFIG</c>, else the pod's service account if this is a pod,
    /// else <c>~/.kube/config</c>.
    /// </summary>
    /// <exception cref="KubeconfigException">None of them is there or usable.</exception>
    public static KubernetesConfiguration Load(string? kubeconfig = null, string? context = null)
    {
        if (kubeconfig is not null)
            return Kubeconfig.Load([kubeconfig]).ToConfiguration(context);
        string? listed = Environment.GetEnvironmentVariable("KUBECONFIG");
        if (!string.IsNullOrEmpty(listed))
            return Kubeconfig.Load(listed.Split(':', StringSplitOptions.RemoveEmptyEntries)).ToConfiguration(context);
        if (InCluster.IsAvailable)
            return InCluster.Load();
        string home = Path.Combine(
            Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } directory ? directory : "/root",
            ".kube/config"
        );
        return File.Exists(home)
            ? Kubeconfig.Load([home]).ToConfiguration(context)
            : throw new KubeconfigException(
                $"no cluster is known: {home} is not there, KUBECONFIG is not set and this is no pod; name a file with --kubeconfig"
            );
    }

    /// <summary>A server that asks for nothing, or for a fixed token.</summary>
    public static KubernetesConfiguration ForServer(Uri server, string? token = null) =>
        new(server) { Credential = token is null ? null : new FixedCredential(token, certificate: null) };
}

/// <summary>A kubeconfig file is missing, wrong, or asks for something that Fairlead does not do.</summary>
public sealed class KubeconfigException(string message, Exception? cause = null) : Exception(message, cause);
