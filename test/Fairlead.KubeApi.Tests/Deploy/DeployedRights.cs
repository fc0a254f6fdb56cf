using System.Text.Json.Nodes;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Deploy;

/// <summary>What deploy/ gives to each of the service accounts, as the API server would judge it.</summary>
internal sealed class DeployedRights
{
    public const string Namespace = "fairlead";

    private readonly IReadOnlyList<(string Account, string? Namespace, JsonObject Rule)> _rules;

    private DeployedRights(IReadOnlyList<(string, string?, JsonObject)> rules) => _rules = rules;

    /// <summary>The manifests as kubectl applies them.</summary>
    public static async Task<IReadOnlyList<JsonObject>> ReadObjectsAsync()
    {
        CommandResult built = await Command.RunAsync([
            "kubectl",
            "kustomize",
            Path.Combine(RepositoryPaths.Root, "deploy"),
        ]);
        return RawObjects.Read(built.Output())!;
    }

    public static async Task<DeployedRights> ReadAsync()
    {
        IReadOnlyList<JsonObject> objects = await ReadObjectsAsync();
        List<(string, string?, JsonObject)> rules = [];
        foreach (JsonObject binding in objects.Where(o => KindOf(o) is "RoleBinding" or "ClusterRoleBinding"))
        {
            JsonObject role = objects.Single(o =>
                KindOf(o) == binding["roleRef"]!["kind"]!.ToString()
                && o["metadata"]!["name"]!.ToString() == binding["roleRef"]!["name"]!.ToString()
            );
            string? within = KindOf(binding) == "RoleBinding" ? Namespace : null;
            foreach (JsonNode? subject in binding["subjects"]!.AsArray())
                rules.AddRange(
                    role["rules"]!.AsArray().Select(rule => (subject!["name"]!.ToString(), within, rule!.AsObject()))
                );
        }

        return new DeployedRights(rules);
    }

    public static string KindOf(JsonObject o) => o["kind"]!.ToString();

    /// <summary>A line for each right: who, what, on which resource, where.</summary>
    public IEnumerable<string> Lines() =>
        from given in _rules
        from verb in Texts(given.Rule, "verbs")
        from resource in Texts(given.Rule, "resources")
        from apiGroup in Texts(given.Rule, "apiGroups")
        from name in given.Rule["resourceNames"] is null ? [""] : Texts(given.Rule, "resourceNames")
        orderby given.Account, resource, verb
        select $"{given.Account}: {verb} {resource}{(apiGroup is "" ? "" : "." + apiGroup)}"
            + (name is "" ? "" : $"/{name}")
            + (given.Namespace is null ? "" : $" in {given.Namespace}");

    /// <summary>Whether an audited request of this account is among its rights.</summary>
    public bool Allows(string account, JsonNode request)
    {
        JsonNode? target = request["objectRef"];
        string resource = target?["resource"]?.ToString() ?? "";
        if (target?["subresource"]?.ToString() is { } subresource)
            resource += "/" + subresource;
        return _rules.Any(given =>
            given.Account == account
            && (given.Namespace is null || given.Namespace == target?["namespace"]?.ToString())
            && Texts(given.Rule, "verbs").Contains(request["verb"]!.ToString())
            && Texts(given.Rule, "resources").Contains(resource)
            && Texts(given.Rule, "apiGroups").Contains(target?["apiGroup"]?.ToString() ?? "")
            && (
                given.Rule["resourceNames"] is null
                || Texts(given.Rule, "resourceNames").Contains(target?["name"]?.ToString() ?? "")
            )
        );
    }

    private static IEnumerable<string> Texts(JsonObject rule, string field) =>
        rule[field]!.AsArray().Select(text => text!.ToString());
}
