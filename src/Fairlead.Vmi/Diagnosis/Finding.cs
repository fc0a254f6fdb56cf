namespace Fairlead.Vmi.Diagnosis;

/// <summary>What a look at one link of the chain came to.</summary>
public enum Verdict
{
    Ok,

    /// <summary>It works, but not as it should; or it may be meant so.</summary>
    Warning,

    /// <summary>Frames, addresses or answers end here.</summary>
    Broken,

    /// <summary>Not looked at; what was seen says why.</summary>
    Skipped,
}

/// <summary>One link of the chain between the network and the guest.</summary>
/// <param name="Check">Its name, one of <see cref="Checks"/>.</param>
/// <param name="Seen">What was seen, or why nothing was looked at.</param>
/// <param name="Remedy">What to do; null when there is nothing to do.</param>
public sealed record Finding(string Check, Verdict Verdict, string Seen, string? Remedy = null)
{
    public static Finding Ok(string check, string seen) => new(check, Verdict.Ok, seen);

    public static Finding Warning(string check, string seen, string remedy) =>
        new(check, Verdict.Warning, seen, remedy);

    public static Finding Broken(string check, string seen, string remedy) => new(check, Verdict.Broken, seen, remedy);

    public static Finding Skipped(string check, string why) => new(check, Verdict.Skipped, why);
}

/// <summary>Names of the links, stable, for programs. In the order of the chain.</summary>
public static class Checks
{
    public const string Hypervisor = "hypervisor";
    public const string Networks = "networks";
    public const string Machine = "machine";
    public const string Proxy = "cni-proxy";
    public const string Network = "network";
    public const string Attachment = "attachment";
    public const string VmInterface = "vmi-interface";
    public const string Bridge = "bridge";
    public const string LibvirtNetwork = "libvirt-network";
    public const string DhcpServer = "dhcp-server";
    public const string DhcpHost = "dhcp-host";
    public const string Firewall = "firewall";
    public const string Tap = "tap";
    public const string Asked = "dhcp-asked";
    public const string Answered = "dhcp-answered";
    public const string GuestArp = "guest-arp";
    public const string GuestPing = "guest-ping";
    public const string MacTable = "mac-table";
    public const string Mtu = "mtu";
    public const string Duplicate = "duplicate";
    public const string Gateway = "gateway";
    public const string Dns = "dns";
}
