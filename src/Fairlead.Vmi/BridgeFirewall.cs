using System.Text;
using Fairlead.Vmi.Interop;

namespace Fairlead.Vmi;

/// <summary>
/// One nftables table of the bridge family in the libvirt pod: keeps DHCP on the bridge that it belongs to, and the pod's
/// own network stack off the guests' segments.
/// </summary>
/// <remarks>
/// A guest's DHCPDISCOVER is flooded through the VMI interface into the pod network, and from there into every other
/// vNIC's bridge, whose dnsmasq is authoritative and would answer NAK. And the pod's kernel answers ARP for its own
/// addresses on every interface, the bridges included. Hence two rules: no DHCP crosses a VMI interface in either
/// direction, and between the pod's stack and a bridge nothing passes but DHCP to and from the tap.
/// The table is always made whole, in one transaction, from the set of attachments: a replay is the same call.
/// </remarks>
public sealed class BridgeFirewall
{
    internal const string Table = "fairlead";

    private readonly Lock _lock = new();
    private readonly Action<string> _run;
    private string? _applied;

    public BridgeFirewall()
        : this(LibNftables.Run) { }

    internal BridgeFirewall(Action<string> run) => _run = run;

    /// <summary>Makes the kernel's table what these attachments need; with none of them there is no table.</summary>
    /// <param name="attachments">
    /// Asked once it is this call's turn: of two calls at the same time, the one that comes last knows all attachments.
    /// </param>
    /// <exception cref="NftablesException">The kernel or libnftables refused, in their own words.</exception>
    public void Apply(Func<IEnumerable<VnicNames>> attachments)
    {
        lock (_lock)
        {
            string ruleset = BuildRuleset(attachments());
            if (_applied == ruleset)
                return;
            _run(ruleset);
            _applied = ruleset;
        }
    }

    /// <summary>The transaction, in nft's language.</summary>
    internal static string BuildRuleset(IEnumerable<VnicNames> attachments)
    {
        VnicNames[] vnics = [.. attachments.OrderBy(a => a.VmInterface, StringComparer.Ordinal)];
        // "add" first, since "delete" of an absent table is an error.
        StringBuilder ruleset = new($"add table bridge {Table}\ndelete table bridge {Table}\n");
        if (vnics is [])
            return ruleset.ToString();
        string vmInterfaces = SetOf(vnics.Select(v => v.VmInterface));
        string taps = SetOf(vnics.Select(v => v.Tap));
        ruleset.Append(
            $$"""
            table bridge {{Table}} {
              chain forward {
                type filter hook forward priority 0; policy accept;
                iifname {{vmInterfaces}} udp dport { 67, 68, 546, 547 } drop
                oifname {{vmInterfaces}} udp dport { 67, 68, 546, 547 } drop
              }
              chain input {
                type filter hook input priority 0; policy accept;
                iifname {{vmInterfaces}} drop
                iifname {{taps}} udp dport 67 accept
                iifname {{taps}} drop
              }
              chain output {
                type filter hook output priority 0; policy accept;
                oifname {{vmInterfaces}} drop
                oifname {{taps}} udp sport 67 accept
                oifname {{taps}} drop
              }
            }

            """
        );
        return ruleset.ToString();
    }

    private static string SetOf(IEnumerable<string> names) =>
        "{ " + string.Join(", ", names.Select(name => $"\"{name}\"")) + " }";
}
