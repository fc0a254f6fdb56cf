namespace Fairlead.KubeApi.Tests.Fixture;

/// <summary>An identity of deploy/, taken by impersonation.</summary>
public sealed record ServiceAccount(string Namespace, string Name)
{
    public static readonly ServiceAccount Agent = new("fairlead", "fairlead-agent");
    public static readonly ServiceAccount Controller = new("fairlead", "fairlead-controller");

    public static readonly ServiceAccount CniProxy = new("fairlead", "fairlead-cni-proxy");

    public string User => $"system:serviceaccount:{Namespace}:{Name}";

    /// <summary>A kubeconfig of the administrator's, as this account would have it.</summary>
    public string In(string kubeconfig) =>
        kubeconfig
            .Replace("token: test-admin}", $"token: test-admin, as: \"{User}\"}}", StringComparison.Ordinal)
            .Replace("context: {", $"context: {{namespace: {Namespace}, ", StringComparison.Ordinal);
}
