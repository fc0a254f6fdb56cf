using Fairlead.Netlink;
using Fairlead.Vmi.Packets;

namespace Fairlead.Guest.Tests.Network;

/// <summary>A DHCP frame on a link of the namespace that is watched.</summary>
/// <param name="Link">The link's name.</param>
/// <param name="IsOutgoing">Whether the namespace sent it there, or it came from there.</param>
/// <param name="Client">The MAC address of the client that asks or is answered.</param>
/// <param name="IsReply">From a server.</param>
internal sealed record DhcpFrame(string Link, bool IsOutgoing, string Client, bool IsReply);

/// <summary>Sees every DHCP frame on every link of a network namespace, in both directions, as packet(7) has it.</summary>
internal sealed class DhcpCapture : IDisposable
{
    private readonly List<(int Index, DhcpFrame Frame)> _frames = [];
    private readonly NetworkNamespace _namespace;
    private readonly PacketCapture _capture;
    private readonly Task _reading;

    private DhcpCapture(NetworkNamespace networkNamespace, PacketCapture capture)
    {
        _namespace = networkNamespace;
        _capture = capture;
        _reading = ReadAsync();
    }

    /// <param name="namespacePath">Path of the namespace as this process sees it.</param>
    public static DhcpCapture Start(string namespacePath)
    {
        NetworkNamespace networkNamespace = NetworkNamespace.Open(namespacePath);
        PacketSocket socket = networkNamespace.Run(() =>
            PacketSocket.Open(PacketSocket.AllLinks, PacketFilter.ArpAndDhcp)
        );
        return new DhcpCapture(networkNamespace, PacketCapture.Start(socket));
    }

    /// <summary>What was seen up to now; links that are gone again have their index for a name.</summary>
    public async Task<IReadOnlyList<DhcpFrame>> ListAsync()
    {
        await using RouteSocket route = await RouteSocket.OpenAsync(_namespace, TestContext.Current.CancellationToken);
        IReadOnlyList<Link> links = await route.ListLinksAsync(TestContext.Current.CancellationToken);
        Dictionary<int, string> names = links.ToDictionary(link => link.Index, link => link.Name);
        lock (_frames)
            return [.. _frames.Select(f => f.Frame with { Link = names.GetValueOrDefault(f.Index, $"{f.Index}") })];
    }

    public void Dispose()
    {
        _capture.Dispose();
        _reading.GetAwaiter().GetResult();
        _namespace.Dispose();
    }

    private async Task ReadAsync()
    {
        await foreach (Vmi.Packets.CapturedFrame frame in _capture.Frames.ReadAllAsync(CancellationToken.None))
        {
            if (DhcpMessage.ReadFrame(frame.Bytes) is not { } dhcp)
                continue;
            lock (_frames)
                _frames.Add((frame.IfIndex, new DhcpFrame("", frame.IsOutgoing, $"{dhcp.ClientMac}", dhcp.IsReply)));
        }
    }
}
