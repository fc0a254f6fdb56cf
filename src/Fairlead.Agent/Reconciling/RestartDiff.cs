using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Crds;

namespace Fairlead.Agent.Reconciling;

/// <summary>What of a changed spec a running machine gets only by a restart. Pure.</summary>
internal static class RestartDiff
{
    // Read when they matter, not when the domain is started.
    private static readonly string[] s_fieldsOfTheMoment = ["running", "terminationGracePeriodSeconds"];

    /// <param name="started">The object as it was when the domain started, with all defaults.</param>
    /// <param name="wanted">The object as it is now, with all defaults.</param>
    /// <returns>Paths of the fields that differ, and vNICs; empty when everything can be applied to the running machine.</returns>
    public static IReadOnlyList<string> Of(VirtualMachine started, VirtualMachine wanted)
    {
        List<string> differences = [];
        Compare(FixedPartOf(started), FixedPartOf(wanted), "", differences);
        Dictionary<string, DomainInterface> vnics = NicsOf(started);
        Dictionary<string, DomainInterface> wantedVnics = NicsOf(wanted);
        foreach (string name in vnics.Keys.Union(wantedVnics.Keys, StringComparer.Ordinal))
        {
            DomainInterface? before = vnics.GetValueOrDefault(name);
            DomainInterface? after = wantedVnics.GetValueOrDefault(name);
            if (!CanBeApplied(before, after))
                differences.Add($"vNIC {name}");
        }

        return differences;
    }

    // A pod-network vNIC is plugged and unplugged, and its cable is; the others are libvirt's and stay as they were started.
    private static bool CanBeApplied(DomainInterface? before, DomainInterface? after)
    {
        bool isPluggable = (before ?? after)!.Type == InterfaceTypes.PodNetwork;
        if (before is null || after is null)
            return isPluggable;
        return before == (isPluggable ? after with { Link = before.Link } : after);
    }

    private static Dictionary<string, DomainInterface> NicsOf(VirtualMachine vm) =>
        vm.Spec.Domain.Devices.Interfaces.ToDictionary(nic => nic.Name!, StringComparer.Ordinal);

    private static JsonObject FixedPartOf(VirtualMachine vm)
    {
        JsonObject spec = JsonSerializer.SerializeToNode(vm, CrdsJson.VirtualMachine)!["spec"]!.AsObject();
        foreach (string field in s_fieldsOfTheMoment)
            spec.Remove(field);
        (spec["domain"]?["devices"] as JsonObject)?.Remove("interfaces");
        return spec;
    }

    private static void Compare(JsonNode? before, JsonNode? after, string path, List<string> differences)
    {
        if (JsonNode.DeepEquals(before, after))
            return;
        if (before is not JsonObject left || after is not JsonObject right)
        {
            differences.Add(path);
            return;
        }

        foreach (string name in left.Select(p => p.Key).Union(right.Select(p => p.Key), StringComparer.Ordinal))
            Compare(left[name], right[name], path.Length == 0 ? name : $"{path}.{name}", differences);
    }
}
