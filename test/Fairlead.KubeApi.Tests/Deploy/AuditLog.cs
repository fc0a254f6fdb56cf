using System.Text.Json.Nodes;
using Fairlead.KubeApi.Tests.Fixture;

namespace Fairlead.KubeApi.Tests.Deploy;

/// <summary>Who has asked an API server for what, by the server's own log.</summary>
internal sealed class AuditLog : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fl-audit-").FullName;

    public AuditLog() =>
        File.WriteAllText(
            Policy,
            "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n"
        );

    /// <summary>For the start of the server.</summary>
    public string[] Flags => [$"--audit-policy-file={Policy}", $"--audit-log-path={Log}"];

    private string Policy => Path.Combine(_directory, "policy.yaml");

    private string Log => Path.Combine(_directory, "audit.log");

    public IReadOnlyList<JsonNode> RequestsOf(ServiceAccount account)
    {
        // The server has it open, and its last line may be half written.
        using FileStream stream = new(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        string text = reader.ReadToEnd();
        return
        [
            .. text[..(text.LastIndexOf('\n') + 1)]
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!)
                .Where(request => request["impersonatedUser"]?["username"]?.ToString() == account.User),
        ];
    }

    /// <summary>A request in a line, without the names of objects.</summary>
    public static string LineOf(JsonNode request) =>
        $"{request["verb"]} {request["objectRef"]?["resource"]}/{request["objectRef"]?["subresource"]} in \"{request["objectRef"]?["namespace"]}\"";

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
