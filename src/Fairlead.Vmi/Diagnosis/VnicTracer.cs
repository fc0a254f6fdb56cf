using System.Runtime.CompilerServices;
using Fairlead.Netlink;
using Fairlead.Vmi.Packets;

namespace Fairlead.Vmi.Diagnosis;

/// <summary>A DHCP or ARP frame of a vNIC, in words.</summary>
/// <param name="Protocol">"dhcp" or "arp".</param>
/// <param name="Type">The protocol's own word for it: "DISCOVER", "request".</param>
/// <param name="IsOdd">It should not be.</param>
public sealed record TraceLine(DateTimeOffset Time, string Vnic, string Protocol, string Type, string Text, bool IsOdd);

/// <summary>
/// Follows the DHCP and ARP frames of vNICs as they pass. It listens on all links of the libvirt pod, so that it may begin
/// before the vNICs' links are made and goes on after they were made anew.
/// </summary>
public sealed class VnicTracer(RouteSocket route, AttachmentRecordStore records, TimeProvider time)
{
    /// <summary>Listens from this call on, until it is cancelled.</summary>
    /// <exception cref="IOException">The kernel refused; CAP_NET_RAW is needed.</exception>
    public IAsyncEnumerable<TraceLine> Follow(IReadOnlyList<VnicNames> vnics, CancellationToken cancellationToken) =>
        ReadAsync(PacketCapture.Start(PacketSocket.AllLinks, PacketFilter.ArpAndDhcp), vnics, cancellationToken);

    private async IAsyncEnumerable<TraceLine> ReadAsync(
        PacketCapture capture,
        IReadOnlyList<VnicNames> vnics,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using PacketCapture owned = capture;
        Dictionary<int, string> links = [];
        await foreach (CapturedFrame frame in capture.Frames.ReadAllAsync(cancellationToken))
        {
            DateTimeOffset now = time.GetUtcNow();
            if (!links.TryGetValue(frame.IfIndex, out string? link))
            {
                // Not found: it has gone again. A link's index is not given to another one.
                link = (await route.GetLinkAsync(frame.IfIndex, cancellationToken))?.Name ?? "";
                links[frame.IfIndex] = link;
            }

            if (PlaceOf(vnics, link, frame.IsOutgoing) is not var (names, point))
                continue;
            if (TraceNarrator.Tell(frame.Bytes, point, records.Find(names)?.Endpoint) is { } words)
                yield return new TraceLine(now, names.Vnic, words.Protocol, words.Type, words.Text, words.IsOdd);
        }
    }

    private static (VnicNames Names, TracePoint Point)? PlaceOf(
        IReadOnlyList<VnicNames> vnics,
        string link,
        bool isOutgoing
    )
    {
        foreach (VnicNames names in vnics)
        {
            if (link == names.Tap)
                return (names, isOutgoing ? TracePoint.ToGuest : TracePoint.FromGuest);
            if (link == names.VmInterface)
                return (names, isOutgoing ? TracePoint.ToNetwork : TracePoint.FromNetwork);
        }

        return null;
    }
}
