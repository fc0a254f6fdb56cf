using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.Netlink;
using Fairlead.Vmi.Interop;

namespace Fairlead.Vmi;

/// <summary>
/// One nftables table of the bridge family in the libvirt pod: keeps DHCP on the bridge that it belongs to, the pod's own
/// network stack off the guests' segments, and a guest from speaking for anybody but itself.
/// </summary>
/// <remarks>
/// A guest's DHCPDISCOVER is flooded through the VMI interface into the pod network, and from there into every other
/// vNIC's bridge, whose dnsmasq is authoritative and would answer NAK. And the pod's kernel answers ARP for its own
/// addresses on every interface, the bridges included. Hence two rules: no DHCP crosses a VMI interface in either
/// direction, and between the pod's stack and a bridge nothing passes but DHCP to and from the tap. The third, for
/// networks with addresses: a guest sends from its own MAC and addresses only (<see cref="IsGuarded"/>).
/// The rules are the same for any number of vNICs; what differs is in sets, so that a frame costs a few look-ups.
/// The table is always made whole, in one transaction, from the set of attachments: a replay is the same call.
/// </remarks>
public sealed class BridgeFirewall
{
    internal const string Table = "fairlead";

    private readonly Lock _lock = new();
    private readonly Action<string> _run;
    private readonly Func<uint> _readGeneration;
    private (string Ruleset, uint Generation)? _applied;

    public BridgeFirewall()
        : this(LibNftables.Run, NftablesGeneration.Read) { }

    internal BridgeFirewall(Action<string> run, Func<uint> readGeneration)
    {
        _run = run;
        _readGeneration = readGeneration;
    }

    /// <summary>
    /// Makes the kernel's table what these attachments need; with none of them there is no table. Nothing is written when
    /// the kernel's nftables are as the last call left them; a table that somebody removed or changed is made anew.
    /// </summary>
    /// <param name="attachments">
    /// Asked once it is this call's turn: of two calls at the same time, the one that comes last knows all attachments.
    /// </param>
    /// <exception cref="NftablesException">The kernel or libnftables refused, in their own words.</exception>
    public void Apply(Func<IEnumerable<AttachmentRecord>> attachments)
    {
        lock (_lock)
        {
            string ruleset = BuildRuleset(attachments());
            uint before = _readGeneration();
            if (_applied == (ruleset, before))
                return;
            _applied = null;
            _run(ruleset);
            // More than ours alone: somebody else's change may have been one of this table, so the next call looks again.
            if (_readGeneration() is var after && after == unchecked(before + 1))
                _applied = (ruleset, after);
        }
    }

    /// <summary>The kernel's rules of the bridge family, ours among them, as nft prints them.</summary>
    /// <exception cref="NftablesException">The kernel or libnftables refused, in their own words.</exception>
    internal static string Read() => LibNftables.Query("list ruleset bridge");

    /// <summary>The transaction, in nft's language.</summary>
    internal static string BuildRuleset(IEnumerable<AttachmentRecord> attachments)
    {
        AttachmentRecord[] all = [.. attachments.OrderBy(a => a.Names.VmInterface, StringComparer.Ordinal)];
        // "add" first, since "delete" of an absent table is an error.
        StringBuilder ruleset = new($"add table bridge {Table}\ndelete table bridge {Table}\n");
        if (all is [])
            return ruleset.ToString();
        AttachmentRecord[] guarded = [.. all.Where(IsGuarded)];
        ruleset.Append($"table bridge {Table} {{\n");
        AppendSet(ruleset, "vmis", "type ifname", all.Select(a => Quoted(a.Names.VmInterface)));
        AppendSet(ruleset, "taps", "type ifname", all.Select(a => Quoted(a.Names.Tap)));
        AppendSet(
            ruleset,
            "served",
            "type ifname",
            all.Where(a => a.Endpoint?.DhcpAddress is not null).Select(a => Quoted(a.Names.VmInterface))
        );
        AppendSet(ruleset, "guarded", "type ifname", guarded.Select(a => Quoted(a.Names.Tap)));
        AppendSet(ruleset, "macs", "type ifname . ether_addr", Pairs(guarded, a => [a.Endpoint!.Mac.ToString()]));
        AppendSet(ruleset, "addresses4", "type ifname . ipv4_addr", Pairs(guarded, Ipv4Of));
        AppendSet(
            ruleset,
            "addresses6",
            "type ifname . ipv6_addr",
            Pairs(guarded, a => Ipv6Of(a).Select(ip => ip.ToString()))
        );
        // The same as numbers: nft knows no type for a field that it has no name for.
        AppendSet(
            ruleset,
            "targets6",
            "typeof iifname . @th,64,128",
            Pairs(guarded, a => Ipv6Of(a).Select(ip => "0x" + Convert.ToHexStringLower(ip.GetAddressBytes())))
        );
        return ruleset.Append(Chains).Append("}\n").ToString();
    }

    /// <summary>Whether the guest is held to its own MAC and addresses: the manifest's word, on networks that give addresses.</summary>
    private static bool IsGuarded(AttachmentRecord attachment) =>
        attachment is { MaySpoof: false, Endpoint.Addresses: not [] };

    // The priority, -200 in this family, is below those of br_netfilter (-1 and 0), which takes a frame out of the forward
    // hook to show it to iptables or arptables and brings it back behind every chain of priority 0 (br_nf_hook_thresh,
    // net/bridge/br_netfilter_hooks.c): ARP and IPv4 passed such a chain unseen.
    // Guests behind "guest" speak IPv4, IPv6 and ARP; a tagged frame could hide anything. An ARP probe (RFC 5227) and
    // IPv6's duplicate address detection come from the unspecified address and claim nothing.
    private const string Chains = """
          chain guest {
            iifname . ether saddr != @macs drop
            ether type != { ip, arp, ip6 } drop
            arp htype != 1 drop
            arp ptype != ip drop
            arp hlen != 6 drop
            arp plen != 4 drop
            iifname . arp saddr ether != @macs drop
            arp saddr ip != 0.0.0.0 iifname . arp saddr ip != @addresses4 drop
            iifname . ip saddr != @addresses4 drop
            ip6 saddr != :: iifname . ip6 saddr != @addresses6 drop
            icmpv6 type { nd-router-advert, nd-redirect } drop
            icmpv6 type nd-neighbor-advert iifname . @th,64,128 != @targets6 drop
            udp sport { 67, 547 } drop
          }
          chain forward {
            type filter hook forward priority filter; policy accept;
            iifname @served udp dport { 67, 68, 546, 547 } drop
            oifname @served udp dport { 67, 68, 546, 547 } drop
            iifname @guarded jump guest
          }
          chain input {
            type filter hook input priority filter; policy accept;
            iifname @vmis drop
            iifname @guarded iifname . ether saddr != @macs drop
            iifname @taps udp dport 67 accept
            iifname @taps drop
          }
          chain output {
            type filter hook output priority filter; policy accept;
            oifname @vmis drop
            oifname @taps udp sport 67 accept
            oifname @taps drop
          }

        """;

    private static IEnumerable<string> Ipv4Of(AttachmentRecord attachment) =>
        attachment
            .Endpoint!.Addresses.Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(a => a.Address.ToString());

    /// <summary>The endpoint's addresses, and the link-local one that its MAC makes (RFC 4291, appendix A).</summary>
    private static IEnumerable<IPAddress> Ipv6Of(AttachmentRecord attachment) =>
        attachment
            .Endpoint!.Addresses.Select(a => a.Address)
            .Where(a => a.AddressFamily == AddressFamily.InterNetworkV6)
            .Append(LinkLocalOf(attachment.Endpoint.Mac));

    private static IPAddress LinkLocalOf(MacAddress mac)
    {
        byte[] octets = mac.ToArray();
        return new IPAddress([
            0xfe,
            0x80,
            .. new byte[6],
            (byte)(octets[0] ^ 2),
            octets[1],
            octets[2],
            0xff,
            0xfe,
            octets[3],
            octets[4],
            octets[5],
        ]);
    }

    private static IEnumerable<string> Pairs(
        IEnumerable<AttachmentRecord> attachments,
        Func<AttachmentRecord, IEnumerable<string>> values
    ) => attachments.SelectMany(a => values(a).Distinct().Select(value => $"{Quoted(a.Names.Tap)} . {value}"));

    private static void AppendSet(StringBuilder ruleset, string name, string type, IEnumerable<string> elements)
    {
        string list = string.Join(", ", elements);
        // nft takes no empty list.
        ruleset.Append($"  set {name} {{ {type}; {(list.Length == 0 ? "" : $"elements = {{ {list} }}; ")}}}\n");
    }

    private static string Quoted(string name) => $"\"{name}\"";
}
