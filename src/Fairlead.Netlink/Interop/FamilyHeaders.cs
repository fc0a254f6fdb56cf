using System.Runtime.InteropServices;

namespace Fairlead.Netlink.Interop;

// The fixed headers that follow nlmsghdr and precede the attributes. All integers are in host byte order.

/// <summary>struct nlmsghdr: length u32 (this header included), type u16, flags u16, sequence u32, port ID u32.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NlMsgHdr
{
    public const int Size = 16;

    public uint Length;
    public ushort Type;
    public ushort Flags;
    public uint Sequence;
    public uint PortId;
}

/// <summary>struct ifinfomsg: family u8, padding u8, device type u16, index i32, flags u32, mask of changed flags u32.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IfInfoMsg
{
    public byte Family;
    public byte Padding;
    public ushort Type;
    public int Index;
    public uint Flags;
    public uint Change;
}

/// <summary>struct ifaddrmsg: family u8, prefix length u8, flags u8 (IFA_FLAGS has all 32 bits), scope u8, link index u32.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IfAddrMsg
{
    public byte Family;
    public byte PrefixLength;
    public byte Flags;
    public byte Scope;
    public int Index;
}

/// <summary>
/// struct rtmsg: family, destination prefix length, source prefix length, TOS, table (252 if it needs RTA_TABLE),
/// protocol, scope, type, each u8; then flags u32.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RtMsg
{
    public byte Family;
    public byte DestinationLength;
    public byte SourceLength;
    public byte Tos;
    public byte Table;
    public byte Protocol;
    public byte Scope;
    public byte Type;
    public uint Flags;
}

/// <summary>struct rtnexthop: length u16 (with its attributes), flags u8, weight less one u8, link index i32.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RtNextHop
{
    public ushort Length;
    public byte Flags;
    public byte Hops;
    public int Index;
}

/// <summary>struct ndmsg: family u8, padding u8 and u16, link index i32, state u16, flags u8, type u8.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NdMsg
{
    public byte Family;
    public byte Padding1;
    public ushort Padding2;
    public int Index;
    public ushort State;
    public byte Flags;
    public byte Type;
}
