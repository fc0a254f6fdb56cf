using System.Text.Json.Nodes;
using Fairlead.Generate;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Fixture;

/// <summary>Puts the CustomResourceDefinition on a server, and waits until it is served.</summary>
internal static class VirtualMachineType
{
    private static readonly ResourceType<JsonObject> s_definitions = new(
        "apiextensions.k8s.io",
        "v1",
        "customresourcedefinitions",
        TestJson.Default.JsonObject,
        _ => default
    )
    {
        Scope = ResourceScope.Cluster,
    };

    public static async Task InstallAsync(KubernetesClient client, CancellationToken cancellationToken)
    {
        await client.ApplyAsync(
            s_definitions,
            ObjectKey.OfCluster("virtualmachines.fairlead.dev"),
            "CustomResourceDefinition",
            CustomResourceDefinition.ToJson(),
            new WriteOptions { FieldManager = "test" },
            cancellationToken
        );
        await Eventually.SucceedsAsync(
            () => client.ListAsync(RawObjects.VirtualMachines, null, cancellationToken),
            TimeSpan.FromSeconds(30),
            "the type is served"
        );
    }
}
