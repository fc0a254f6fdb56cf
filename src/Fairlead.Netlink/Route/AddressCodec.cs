using System.Net;
using System.Net.Sockets;
using Fairlead.Netlink.Interop;
using Fairlead.Netlink.Wire;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink;

/// <summary>
/// RTM_*ADDR: <see cref="IfAddrMsg"/>, then attributes IFA_*. Addresses are in network byte order, the rest in the host's.
/// <code>
/// IFA_LOCAL own address   IFA_ADDRESS the peer's, or the own one where there is no peer (IPv6 then has no IFA_LOCAL)
/// IFA_LABEL text  IFA_BROADCAST address  IFA_FLAGS u32  IFA_CACHEINFO preferred u32, valid u32 (seconds), 2 x u32
/// </code>
/// </summary>
internal static class AddressCodec
{
    private const uint Forever = uint.MaxValue;

    /// <summary>Null for a family other than IPv4 and IPv6.</summary>
    public static AssignedAddress? Decode(ReadOnlySpan<byte> payload)
    {
        IfAddrMsg header = AttributeReader.Split<IfAddrMsg>(payload, out AttributeReader attributes);
        if (header.Family is not (AF_INET or AF_INET6))
            return null;
        IPAddress? local = null;
        IPAddress? address = null;
        AssignedAddress result = new()
        {
            IfIndex = header.Index,
            Address = default,
            Scope = (RouteScope)header.Scope,
            Flags = (AddressFlags)header.Flags,
        };
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case IFA_LOCAL:
                    local = attribute.ReadAddress(header.Family);
                    break;
                case IFA_ADDRESS:
                    address = attribute.ReadAddress(header.Family);
                    break;
                default:
                    result = With(result, attribute, header.Family);
                    break;
            }
        }
        IPAddress own = local ?? address ?? throw new NetlinkFormatException("Address message without an address", 0);
        if (header.PrefixLength > InterfaceAddress.MaxPrefixLength(own.AddressFamily))
            throw new NetlinkFormatException($"Prefix length {header.PrefixLength}", 1);
        return result with
        {
            Address = new InterfaceAddress(own, header.PrefixLength),
            Peer = own.Equals(address) ? null : address,
        };
    }

    /// <summary>A request that names one address of one link.</summary>
    public static MessageWriter Write(
        ushort type,
        int messageFlags,
        int ifIndex,
        InterfaceAddress address,
        IPAddress? peer,
        AddressFlags flags
    )
    {
        IfAddrMsg header = new()
        {
            Family = address.Address.AddressFamily == AddressFamily.InterNetwork ? AF_INET : AF_INET6,
            PrefixLength = (byte)address.PrefixLength,
            Index = ifIndex,
        };
        MessageWriter writer = MessageWriter.Request(type, messageFlags, header);
        writer.Attribute(IFA_LOCAL, address.Address);
        writer.Attribute(IFA_ADDRESS, peer ?? address.Address);
        if (flags != AddressFlags.None)
            writer.Attribute(IFA_FLAGS, (uint)flags);
        return writer;
    }

    private static AssignedAddress With(AssignedAddress result, in NetlinkAttribute attribute, byte family) =>
        attribute.Type switch
        {
            IFA_BROADCAST => result with { Broadcast = attribute.ReadAddress(family) },
            IFA_LABEL => result with { Label = attribute.ReadString() },
            IFA_FLAGS => result with { Flags = (AddressFlags)attribute.Read<uint>() },
            IFA_CACHEINFO => WithLifetimes(result, attribute.Read<ulong>()),
            _ => result,
        };

    // The preferred lifetime comes first in memory: the low half on the little-endian machines that .NET runs on.
    private static AssignedAddress WithLifetimes(AssignedAddress result, ulong preferredAndValid) =>
        result with
        {
            PreferredLifetime = Lifetime((uint)preferredAndValid),
            ValidLifetime = Lifetime((uint)(preferredAndValid >> 32)),
        };

    private static TimeSpan? Lifetime(uint seconds) => seconds == Forever ? null : TimeSpan.FromSeconds(seconds);
}
