using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Kubernetes.Configuration;

/// <summary>A pod's own access to its cluster: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/.</summary>
internal static class InCluster
{
    private const string Files = "/var/run/secrets/kubernetes.io/serviceaccount";

    public static bool IsAvailable => Variable("KUBERNETES_SERVICE_HOST") is not null && File.Exists(Files + "/token");

    public static KubernetesConfiguration Load() => Load(Files, TimeProvider.System);

    /// <param name="directory">With token, ca.crt and namespace.</param>
    /// <param name="time">Says when to read the token again.</param>
    internal static KubernetesConfiguration Load(string directory, TimeProvider time)
    {
        string host = Variable("KUBERNETES_SERVICE_HOST") ?? "kubernetes.default.svc";
        string port = Variable("KUBERNETES_SERVICE_PORT") ?? "443";
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPemFile(Path.Combine(directory, "ca.crt"));
        string inNamespace = Path.Combine(directory, "namespace");
        return new KubernetesConfiguration(
            new Uri(
                host.Contains(':', StringComparison.Ordinal) ? $"https://[{host}]:{port}" : $"https://{host}:{port}"
            )
        )
        {
            Authorities = authorities,
            Credential = new TokenFileCredential(Path.Combine(directory, "token"), time),
            Namespace = File.Exists(inNamespace) ? File.ReadAllText(inNamespace).Trim() : "default",
        };
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
