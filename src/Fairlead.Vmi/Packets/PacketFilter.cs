using Fairlead.Vmi.Interop;

namespace Fairlead.Vmi.Packets;

/// <summary>
/// Which frames a packet socket gets, as a program of the kernel's classic BPF machine (Documentation/networking/filter.rst):
/// what is not wanted wakes nobody.
/// </summary>
internal static class PacketFilter
{
    private const ushort LoadHalf = 0x28; // BPF_LD | BPF_H | BPF_ABS
    private const ushort LoadByte = 0x30; // BPF_LD | BPF_B | BPF_ABS
    private const ushort LoadHalfIndexed = 0x48; // BPF_LD | BPF_H | BPF_IND
    private const ushort LoadHeaderLength = 0xb1; // BPF_LDX | BPF_MSH | BPF_B: X = 4 * (byte & 0xf)
    private const ushort JumpEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort JumpAnyBit = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    private const ushort Return = 0x06; // BPF_RET | BPF_K

    private const uint WholeFrame = 0x40000;

    /// <summary>ARP, and UDP from or to DHCP's ports.</summary>
    public static readonly SockFilter[] ArpAndDhcp =
    [
        new(LoadHalf, 0, 0, 12), // EtherType
        new(JumpEqual, 12, 0, EthernetFrame.TypeArp), // -> accept
        new(JumpEqual, 0, 12, EthernetFrame.TypeIpv4), // else -> reject
        new(LoadByte, 0, 0, 23), // protocol
        new(JumpEqual, 0, 10, Ipv4Packet.ProtocolUdp),
        new(LoadHalf, 0, 0, 20), // fragment offset
        new(JumpAnyBit, 8, 0, 0x1fff), // -> reject: no header in it
        new(LoadHeaderLength, 0, 0, 14),
        new(LoadHalfIndexed, 0, 0, 14), // source port
        new(JumpEqual, 4, 0, UdpDatagram.DhcpServer),
        new(JumpEqual, 3, 0, UdpDatagram.DhcpClient),
        new(LoadHalfIndexed, 0, 0, 16), // destination port
        new(JumpEqual, 1, 0, UdpDatagram.DhcpServer),
        new(JumpEqual, 0, 1, UdpDatagram.DhcpClient),
        new(Return, 0, 0, WholeFrame), // accept
        new(Return, 0, 0, 0), // reject
    ];

    /// <summary>ARP and all IPv4.</summary>
    public static readonly SockFilter[] ArpAndIpv4 =
    [
        new(LoadHalf, 0, 0, 12),
        new(JumpEqual, 1, 0, EthernetFrame.TypeArp),
        new(JumpEqual, 0, 1, EthernetFrame.TypeIpv4),
        new(Return, 0, 0, WholeFrame),
        new(Return, 0, 0, 0),
    ];
}
