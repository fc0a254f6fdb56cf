using Fairlead.Crds;
using Fairlead.Crds.Validation;

namespace Fairlead.Generate;

// What the guest is told: spec.hostname, spec.dnsPolicy, spec.dnsConfig and an interface's dhcpOptions.
internal static partial class SpecRules
{
    private const string LabelPattern = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private const string Dhcp = Interfaces + "[].dhcpOptions";

    /// <summary>The API server drops a message of more than one line.</summary>
    private const string OneLine = @"self.replace('\n', '\\u000a')";

    private static IEnumerable<(string, CelRule)> GuestFacts()
    {
        yield return MatchesOneLine("spec.hostname", $"^{LabelPattern}$", Wording.DnsLabel);
        yield return Known("spec.dnsPolicy", DnsPolicies.Known, "DNS policy");
        yield return Known("spec.networkData", NetworkDataFormats.Known, "format of network data");
        yield return (
            "spec",
            new CelRule(
                $"!has(self.dnsPolicy) || self.dnsPolicy != '{DnsPolicies.None}' || has(self.dnsConfig) && has(self.dnsConfig.nameservers) && size(self.dnsConfig.nameservers) > 0",
                Wording.Required("dnsConfig: {nameservers: [10.0.0.53]}")
            )
        );
        yield return AtMost("spec.dnsConfig.nameservers", GuestFactRules.MostServers);
        yield return Item("spec.dnsConfig.nameservers", "isIP(self)", "an IP address");
        yield return AtMost("spec.dnsConfig.searches", GuestFactRules.MostSearches);
        yield return Item(
            "spec.dnsConfig.searches",
            $@"size(self) <= 253 && self.matches({CelRule.Literal($@"^{LabelPattern}(\.{LabelPattern})*$")})",
            "a domain name"
        );
        foreach (string type in new[] { InterfaceTypes.Network, InterfaceTypes.Bridge })
            yield return (
                Interfaces + "[]",
                new CelRule(
                    $"!has(self.dhcpOptions) || !has(self.type) || self.type != '{type}'",
                    Wording.OnlyForPodNetwork(type)
                )
                {
                    FieldPath = ".dhcpOptions",
                }
            );
    }

    private static IEnumerable<(string, CelRule)> DhcpRules()
    {
        const string Text = "^[ -~]{1,255}$";
        yield return MatchesOneLine(Dhcp + ".bootFileName", Text, Wording.DhcpText);
        yield return MatchesOneLine(Dhcp + ".tftpServerName", Text, Wording.DhcpText);
        yield return AtMost(Dhcp + ".ntpServers", GuestFactRules.MostNtpServers);
        yield return Item(Dhcp + ".ntpServers", "isIP(self) && !self.contains(':')", "an IPv4 address");
        const string Private = Dhcp + ".privateOptions";
        yield return Required(Private + "[]", "option", "option: 240", isText: false);
        yield return Range(Private + "[].option", GuestFactRules.FirstPrivate, GuestFactRules.LastPrivate);
        yield return Required(Private + "[]", "value", "value: text", isText: false);
        yield return MatchesOneLine(Private + "[].value", Text, Wording.DhcpText);
        yield return Unique(Private, "has(I.option)", "I.option", "an option");
    }

    private static (string, CelRule) AtMost(string list, int most) =>
        (list, new CelRule($"size(self) <= {most}", Wording.AtMost(most)));

    private static (string, CelRule) Item(string list, string rule, string what) =>
        (list + "[]", new CelRule(rule, Wording.IsNot(CelRule.Self, what)) { Value = OneLine });

    private static (string, CelRule) MatchesOneLine(string path, string pattern, string what)
    {
        (_, CelRule rule) = Matches(path, pattern, what);
        return (path, rule with { Value = OneLine });
    }
}
