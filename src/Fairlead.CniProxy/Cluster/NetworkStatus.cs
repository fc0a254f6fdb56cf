using System.Text.Json.Nodes;
using Fairlead.Cni;
using Fairlead.CniProxy.Journal;

namespace Fairlead.CniProxy.Cluster;

/// <summary>
/// The annotation k8s.v1.cni.cncf.io/network-status of a launcher, in the form of the Network Plumbing Working Group's
/// specification, section 5. Pure.
/// </summary>
internal static class NetworkStatus
{
    public const string Annotation = "k8s.v1.cni.cncf.io/network-status";

    /// <summary>The annotation's text. What somebody else has said of the pod's own network stays.</summary>
    /// <param name="present">The annotation as it is, or null.</param>
    /// <param name="attachments">Those of the launcher's machine.</param>
    public static string Of(string? present, IEnumerable<JournalRecord> attachments)
    {
        IEnumerable<JsonNode> ours = attachments
            .OrderBy(r => r.InterfaceName, StringComparer.Ordinal)
            .Select(EntryOf);
        JsonArray status = new([.. OwnNetwork(present), .. ours]);
        return status.ToJsonString();
    }

    private static IEnumerable<JsonNode> OwnNetwork(string? present)
    {
        try
        {
            return JsonNode.Parse(present ?? "[]") is JsonArray list
                ?
                [
                    .. list.Where(e => e?["default"]?.GetValueKind() == System.Text.Json.JsonValueKind.True)
                        .Select(e => e!.DeepClone()),
                ]
                : [];
        }
        catch (System.Text.Json.JsonException)
        {
            return [];
        }
    }

    private static JsonObject EntryOf(JournalRecord record)
    {
        CniResult result = CniResult.Parse(record.Result!);
        JsonObject entry = new()
        {
            ["name"] = record.RequestedNetwork ?? record.Network,
            ["interface"] = record.InterfaceName,
            ["ips"] = new JsonArray([.. result.Ips.Select(ip => JsonValue.Create(AddressOf(ip)))]),
            ["mac"] = result.Interfaces.FirstOrDefault(i => i.Name == record.InterfaceName)?.Mac,
            ["dns"] = new JsonObject(),
        };
        return entry;
    }

    private static string AddressOf(CniIp ip) => ip.Address.ToString().Split('/')[0];
}
