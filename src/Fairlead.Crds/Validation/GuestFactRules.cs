using System.Globalization;

namespace Fairlead.Crds.Validation;

/// <summary>What the guest is told: spec.hostname, spec.dnsPolicy, spec.dnsConfig and an interface's dhcpOptions.</summary>
internal static class GuestFactRules
{
    // As many as Kubernetes takes: a resolver heeds three servers (resolv.conf(5), MAXNS).
    public const int MostServers = 3;
    public const int MostSearches = 32;

    public const int MostNtpServers = 16;

    // RFC 3942: the site-specific options.
    public const int FirstPrivate = 224;
    public const int LastPrivate = 254;

    public static void Check(VirtualMachineSpec spec, string path, Errors errors)
    {
        errors.Matches(path + ".hostname", spec.Hostname, Syntax.IsDnsLabel, Wording.DnsLabel);
        errors.Known(path + ".dnsPolicy", spec.DnsPolicy, DnsPolicies.Known, "DNS policy");
        errors.Known(path + ".networkData", spec.NetworkData, NetworkDataFormats.Known, "format of network data");
        IReadOnlyList<string> servers = spec.DnsConfig?.Nameservers ?? [];
        IReadOnlyList<string> searches = spec.DnsConfig?.Searches ?? [];
        if (spec.DnsPolicy == DnsPolicies.None && servers is [])
            errors.Add(path + ".dnsConfig.nameservers", Wording.Required("nameservers: [10.0.0.53]"));
        CheckList(path + ".dnsConfig.nameservers", servers, MostServers, Syntax.IsIPAddress, "an IP address", errors);
        CheckList(path + ".dnsConfig.searches", searches, MostSearches, Syntax.IsDomainName, "a domain name", errors);
    }

    public static void Check(DhcpOptions options, string path, Errors errors)
    {
        errors.Matches(path + ".bootFileName", options.BootFileName, Syntax.IsDhcpText, Wording.DhcpText);
        errors.Matches(path + ".tftpServerName", options.TftpServerName, Syntax.IsDhcpText, Wording.DhcpText);
        string ntp = path + ".ntpServers";
        CheckList(ntp, options.NtpServers, MostNtpServers, Syntax.IsIPv4Address, "an IPv4 address", errors);
        for (int i = 0; i < options.PrivateOptions.Count; i++)
            Check(options.PrivateOptions[i], FieldPath.Item(path + ".privateOptions", i), errors);
        errors.Unique(
            options.PrivateOptions.Select(
                (o, i) =>
                    (
                        FieldPath.Item(path + ".privateOptions", i) + ".option",
                        o.Option?.ToString(CultureInfo.InvariantCulture)
                    )
            ),
            StringComparer.Ordinal
        );
    }

    private static void Check(DhcpPrivateOption option, string path, Errors errors)
    {
        if (option.Option is null)
            errors.Add(path + ".option", Wording.Required("option: 240"));
        errors.Range(path + ".option", option.Option, FirstPrivate, LastPrivate);
        if (option.Value is null)
            errors.Add(path + ".value", Wording.Required("value: text"));
        errors.Matches(path + ".value", option.Value, Syntax.IsDhcpText, Wording.DhcpText);
    }

    private static void CheckList(
        string path,
        IReadOnlyList<string> values,
        int most,
        Func<string, bool> syntax,
        string what,
        Errors errors
    )
    {
        if (values.Count > most)
            errors.Add(path, Wording.AtMost(most));
        for (int i = 0; i < values.Count; i++)
            errors.Matches(FieldPath.Item(path, i), values[i], syntax, what);
    }
}
