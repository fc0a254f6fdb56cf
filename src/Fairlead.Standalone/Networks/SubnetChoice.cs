using System.Net;
using System.Net.Sockets;

namespace Fairlead.Standalone.Networks;

/// <summary>Chooses a private IPv4 subnet that nothing on the machine uses.</summary>
internal static class SubnetChoice
{
    // Routes as 0.0.0.0/1 and 128.0.0.0/1 are a VPN's way to say "everything"; they claim no subnet.
    private const int ShortestClaim = 8;

    /// <summary>The first candidate that overlaps none of the networks; null when all do.</summary>
    /// <param name="used">Subnets of the machine's addresses, and its routes' destinations; IPv6 ones are passed over.</param>
    public static IPNetwork? Choose(IEnumerable<IPNetwork> used)
    {
        List<IPNetwork> claims = [.. used];
        foreach (IPNetwork candidate in Candidates())
        {
            if (IsFree(candidate, claims))
                return candidate;
        }
        return null;
    }

    /// <summary>Whether a subnet overlaps none of the networks.</summary>
    public static bool IsFree(IPNetwork subnet, IEnumerable<IPNetwork> used) =>
        !used.Any(claim =>
            claim.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            && claim.PrefixLength >= ShortestClaim
            && Overlap(claim, subnet)
        );

    // Two subnets either contain one another or have nothing in common.
    private static bool Overlap(IPNetwork a, IPNetwork b) => a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress);

    // RFC 1918, beginning where few others do: Docker takes 172.17 up and 192.168, kubeadm and k3s 10.42, 10.96, 10.244.
    private static IEnumerable<IPNetwork> Candidates()
    {
        for (int second = 88; second < 256; second++)
            yield return new IPNetwork(new IPAddress((byte[])[10, (byte)second, 0, 0]), 16);
        for (int second = 1; second < 88; second++)
            yield return new IPNetwork(new IPAddress((byte[])[10, (byte)second, 0, 0]), 16);
        for (int second = 31; second >= 16; second--)
            yield return new IPNetwork(new IPAddress((byte[])[172, (byte)second, 0, 0]), 16);
        for (int third = 255; third >= 0; third--)
            yield return new IPNetwork(new IPAddress((byte[])[192, 168, (byte)third, 0]), 24);
    }
}
