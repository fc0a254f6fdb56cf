using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Vmi;

/// <summary>
/// Addresses for the bridges, from which their DHCP servers answer. One /30 of 169.254.0.0/16 per bridge: any address of
/// the pod subnet could be somebody's.
/// </summary>
internal static class LinkLocalSubnets
{
    // Third octets never used: 0 and 255 are reserved (RFC 3927, 2.1); 1 holds Calico's gateway 169.254.1.1, 169 the
    // cloud metadata service and kubelet's node-local DNS, 20 and 25 further node-local DNS caches.
    private static readonly byte[] s_avoided = [0, 1, 20, 25, 169, 255];

    private const int SubnetsPerOctet = 64;

    /// <summary>
    /// The bridge's address: the one that the attachment's key hashes to, or the next that is free, so that a replay with
    /// the same neighbours ends at the same address.
    /// </summary>
    /// <exception cref="InvalidOperationException">All of the 16,000 subnets are taken.</exception>
    public static IPAddress Choose(string attachmentKey, IReadOnlySet<IPAddress> taken)
    {
        const int count = 256 * SubnetsPerOctet;
        int start = BitConverter.ToUInt16(SHA256.HashData(Encoding.UTF8.GetBytes(attachmentKey)), 0) % count;
        for (int i = 0; i < count; i++)
        {
            int index = (start + i) % count;
            byte third = (byte)(index / SubnetsPerOctet);
            if (s_avoided.Contains(third))
                continue;
            IPAddress address = new([169, 254, third, (byte)((index % SubnetsPerOctet * 4) + 1)]);
            if (!taken.Contains(address))
                return address;
        }

        throw new InvalidOperationException("no free link-local subnet is left for another bridge");
    }
}
