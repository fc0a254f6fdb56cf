using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Crds.Writing;

namespace Fairlead.Crds;

/// <summary>
/// Writes virtual machines as manifests: fields always in the same order, what is not given left out. Reading the
/// result gives the same object.
/// </summary>
public static class ManifestWriter
{
    /// <summary>Indented JSON without a newline at its end.</summary>
    public static string ToJson(VirtualMachine vm) =>
        JsonSerializer.Serialize(Ordered(vm), CrdsJson.TypeOf<VirtualMachine>(CrdsJson.Indented));

    /// <summary>A <c>kind: List</c>.</summary>
    public static string ToJson(IEnumerable<VirtualMachine> vms) =>
        JsonSerializer.Serialize(ListOf(vms), CrdsJson.TypeOf<VirtualMachineList>(CrdsJson.Indented));

    /// <summary>Block YAML that ends with a newline.</summary>
    public static string ToYaml(VirtualMachine vm) =>
        YamlText.Write(JsonSerializer.SerializeToNode(Ordered(vm), CrdsJson.VirtualMachine)!);

    /// <inheritdoc cref="ToJson(IEnumerable{VirtualMachine})"/>
    public static string ToYaml(IEnumerable<VirtualMachine> vms) =>
        YamlText.Write(
            JsonSerializer.SerializeToNode(ListOf(vms), CrdsJson.TypeOf<VirtualMachineList>(CrdsJson.Compact))!
        );

    /// <summary>Any JSON as block YAML, in the same style.</summary>
    public static string ToYaml(JsonNode node) => YamlText.Write(node);

    private static VirtualMachineList ListOf(IEnumerable<VirtualMachine> vms) =>
        new("v1", "List", [.. vms.Select(Ordered)]);

    private static VirtualMachine Ordered(VirtualMachine vm) =>
        vm with
        {
            Metadata = vm.Metadata with
            {
                Labels = SpecDigest.Sorted(vm.Metadata.Labels),
                Annotations = SpecDigest.Sorted(vm.Metadata.Annotations),
            },
        };
}
