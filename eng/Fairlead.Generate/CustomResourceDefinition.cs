using System.Text.Json.Nodes;
using Fairlead.Crds;

namespace Fairlead.Generate;

/// <summary>The CustomResourceDefinition of <see cref="VirtualMachine"/>.</summary>
internal static class CustomResourceDefinition
{
    public const string FileName = "virtualmachines.fairlead.dev.yaml";

    public static string ToYaml() =>
        "# Generated from src/Fairlead.Crds by `make generate`. Do not edit.\n" + YamlWriter.Write(ToJson());

    public static JsonObject ToJson() =>
        new()
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = "virtualmachines." + VirtualMachine.Group },
            ["spec"] = new JsonObject
            {
                ["group"] = VirtualMachine.Group,
                ["scope"] = "Namespaced",
                ["names"] = new JsonObject
                {
                    ["kind"] = VirtualMachine.KindName,
                    ["listKind"] = VirtualMachine.KindName + "List",
                    ["plural"] = "virtualmachines",
                    ["singular"] = "virtualmachine",
                    ["shortNames"] = new JsonArray("vm", "vms"),
                    ["categories"] = new JsonArray("all"),
                },
                ["versions"] = new JsonArray(ToVersion()),
            },
        };

    private static JsonObject ToVersion() =>
        new()
        {
            ["name"] = VirtualMachine.Version,
            ["served"] = true,
            ["storage"] = true,
            ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
            ["selectableFields"] = new JsonArray(
                new JsonObject { ["jsonPath"] = ".status.node" },
                new JsonObject { ["jsonPath"] = ".status.phase" }
            ),
            ["additionalPrinterColumns"] = new JsonArray(
                Column("Phase", ".status.phase"),
                Column("IP", ".status.interfaces[0].ipAddress"),
                Column("Node", ".status.node"),
                Column("Ready", ".status.conditions[?(@.type==\"Ready\")].status"),
                Column("Age", ".metadata.creationTimestamp", "date"),
                WideColumn("MAC", ".status.interfaces[0].mac"),
                WideColumn("Network", ".status.interfaces[0].network"),
                WideColumn("Hypervisor", ".status.hypervisor")
            ),
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = SchemaBuilder.OfVirtualMachine() },
        };

    private static JsonObject Column(string name, string path, string type = "string") =>
        new()
        {
            ["name"] = name,
            ["type"] = type,
            ["jsonPath"] = path,
        };

    private static JsonObject WideColumn(string name, string path)
    {
        JsonObject column = Column(name, path);
        column["priority"] = 1;
        return column;
    }
}
