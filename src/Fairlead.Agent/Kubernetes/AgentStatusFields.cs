using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Crds;

namespace Fairlead.Agent.Kubernetes;

/// <summary>
/// The fields of status that the agent owns: all but the node and the placement, which the controller sets. Pure.
/// </summary>
internal static class AgentStatusFields
{
    public static JsonObject Of(VirtualMachineStatus status) =>
        JsonSerializer
            .SerializeToNode(
                status with
                {
                    Node = null,
                    Placement = null,
                    Conditions =
                    [
                        .. status.Conditions.Select(c => c with { ObservedGeneration = status.ObservedGeneration }),
                    ],
                },
                CrdsJson.Status
            )!
            .AsObject();

    /// <summary>Whether the status says all of this already. Conditions of other types are others'.</summary>
    public static bool AreIn(VirtualMachineStatus? seen, JsonObject wanted)
    {
        if (seen is null)
            return wanted.Count == 0;
        HashSet<string> ours = [.. wanted["conditions"]?.AsArray().Select(c => c!["type"]!.GetValue<string>()) ?? []];
        JsonObject there = JsonSerializer
            .SerializeToNode(
                seen with
                {
                    Node = null,
                    Placement = null,
                    Conditions = [.. seen.Conditions.Where(c => ours.Contains(c.Type))],
                },
                CrdsJson.Status
            )!
            .AsObject();
        // Sorted by type: the server keeps its own order of a list that is a map.
        return JsonNode.DeepEquals(Sorted(there), Sorted(wanted));
    }

    private static JsonObject Sorted(JsonObject status)
    {
        JsonObject copy = status.DeepClone().AsObject();
        Sort(copy, "conditions", "type");
        Sort(copy, "interfaces", "name");
        return copy;
    }

    private static void Sort(JsonObject status, string list, string key)
    {
        if (status[list] is not JsonArray items)
            return;
        JsonNode[] sorted =
        [
            .. items.Select(i => i!.DeepClone()).OrderBy(i => i[key]?.GetValue<string>(), StringComparer.Ordinal),
        ];
        status[list] = new JsonArray(sorted);
    }
}
