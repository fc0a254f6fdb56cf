using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Crds;
using Fairlead.Crds.Validation;

namespace Fairlead.Generate;

/// <summary>
/// What Fairlead.Crds/Validation says, as CEL: the same rules at the same fields, the words taken from the same
/// <see cref="Wording"/>. A test runs one corpus of manifests through both. What CEL cannot say is left to the agent:
/// where the other one of two equal values is, and that an unnamed interface's default name is taken.
/// </summary>
internal static partial class SpecRules
{
    private const string Interfaces = "spec.domain.devices.interfaces";
    private const string Disks = "spec.domain.devices.disks";
    private const string TextPattern = @"^[^\x00-\x1f\x7f]*$";

    private static readonly Dictionary<string, List<CelRule>> s_rules = Build();

    public static IReadOnlyDictionary<string, string> ListMapKeys { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["status.conditions"] = "type",
            ["status.interfaces"] = "name",
        };

    public static IReadOnlyDictionary<string, JsonNode> Defaults { get; } =
        new Dictionary<string, JsonNode>(StringComparer.Ordinal)
        {
            ["spec.terminationGracePeriodSeconds"] = Crds.Defaults.TerminationGracePeriodSeconds,
        };

    public static IReadOnlyList<CelRule> Of(string path) => s_rules.GetValueOrDefault(path) ?? [];

    /// <summary>A bound for what CEL may cost; far beyond what anybody writes.</summary>
    public static int? LongestString(string path) =>
        !path.StartsWith("spec.", StringComparison.Ordinal) ? null
        : path.EndsWith(".file", StringComparison.Ordinal)
        || path.EndsWith(".source.dev", StringComparison.Ordinal)
        || path.StartsWith("spec.domain.os.", StringComparison.Ordinal)
        || path.EndsWith(".backend.value", StringComparison.Ordinal)
            ? 4096
        : path.EndsWith(".searches[]", StringComparison.Ordinal)
        || path.StartsWith(Dhcp + ".", StringComparison.Ordinal)
            ? 255
        : 128;

    public static int MostItems(string path) => path.EndsWith(".features", StringComparison.Ordinal) ? 64 : 32;

    private static Dictionary<string, List<CelRule>> Build()
    {
        Dictionary<string, List<CelRule>> rules = new(StringComparer.Ordinal);
        foreach (
            (string path, CelRule rule) in Metadata()
                .Concat(Domain())
                .Concat(Cpu())
                .Concat(DiskRules())
                .Concat(InterfaceRules())
                .Concat(GuestFacts())
                .Concat(DhcpRules())
                .Concat(Small())
        )
        {
            if (!rules.TryGetValue(path, out List<CelRule>? there))
                rules[path] = there = [];
            there.Add(rule);
        }

        return rules;
    }

    private static IEnumerable<(string, CelRule)> Metadata()
    {
        yield return ("spec.terminationGracePeriodSeconds", new CelRule("self >= 0", Wording.AtLeast(0)));
        yield return Known("spec.runStrategy", RunStrategies.Known, "run strategy");
        yield return Known("spec.tolerations[].operator", Tolerations.KnownOperators, "operator");
        const string Probe = "spec.readinessProbe";
        yield return (Probe, new CelRule("has(self.tcpSocket) != has(self.guestPing)", ProbeRules.OneOfTwo));
        yield return Required(Probe + ".tcpSocket", "port", "port: 80", isText: false);
        yield return Range(Probe + ".tcpSocket.port", 1, 65_535);
        yield return Range(Probe + ".initialDelaySeconds", 0, ProbeRules.MostSeconds);
        foreach (string field in new[] { "periodSeconds", "timeoutSeconds" })
            yield return Range($"{Probe}.{field}", 1, ProbeRules.MostSeconds);
        foreach (string field in new[] { "successThreshold", "failureThreshold" })
            yield return Range($"{Probe}.{field}", 1, ProbeRules.MostTries);
        yield return Known("spec.tolerations[].effect", Tolerations.KnownEffects, "effect");
    }

    // The shapes of rule that recur, as in Validation/Errors.cs.

    private static (string, CelRule) Known(string path, IReadOnlyList<string> known, string what) =>
        (
            path,
            new CelRule(
                $"self in [{string.Join(", ", known.Select(CelRule.Literal))}]",
                Wording.NotKnown(CelRule.Self, what, known)
            )
        );

    private static (string, CelRule) Range(string path, long least, long most) =>
        (
            path,
            new CelRule(
                string.Create(CultureInfo.InvariantCulture, $"self >= {least} && self <= {most}"),
                Wording.Between(least, most)
            )
        );

    private static (string, CelRule) Matches(string path, string pattern, string what) =>
        (path, new CelRule($"self.matches({CelRule.Literal(pattern)})", Wording.IsNot(CelRule.Self, what)));

    private static IEnumerable<(string, CelRule)> MatchesText(string path, string rule, string what)
    {
        string isText = $"self.matches({CelRule.Literal(TextPattern)})";
        // The value itself cannot be in a message: it would break the line.
        yield return (path, new CelRule(isText, "contains control characters"));
        yield return (path, new CelRule($"!{isText} || {rule}", Wording.IsNot(CelRule.Self, what)));
    }

    private static IEnumerable<(string, CelRule)> AbsolutePath(string path) =>
        MatchesText(path, "self.startsWith('/') && size(self) < 4096", Wording.AbsolutePath);

    /// <summary>A field that an object must have, and not empty if it is a text.</summary>
    private static (string, CelRule) Required(string path, string field, string example, bool isText = true) =>
        (
            path,
            new CelRule(
                isText ? $"has(self.{field}) && self.{field} != ''" : $"has(self.{field})",
                Wording.Required(example)
            )
            {
                // Not fieldPath: the API server wants the field to be there.
            }
        );
}
