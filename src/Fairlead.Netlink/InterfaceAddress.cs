using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fairlead.Netlink;

/// <summary>
/// An IP address together with the length of its subnet's prefix, as links carry it: <c>10.244.1.7/24</c>. Unlike
/// <see cref="IPNetwork"/>, which keeps only the subnet, it keeps the host's part.
/// </summary>
/// <param name="Address">The IPv4 or IPv6 address, host bits included.</param>
/// <param name="PrefixLength">Bits of the subnet's prefix: 0 to 32 for IPv4, 0 to 128 for IPv6.</param>
public readonly record struct InterfaceAddress(IPAddress Address, int PrefixLength)
{
    /// <summary>The subnet: <c>10.244.1.0/24</c> of <c>10.244.1.7/24</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="PrefixLength"/> is longer than the address.</exception>
    public IPNetwork Network => new(Address, PrefixLength);

    /// <summary>Reads <c>10.244.1.7/24</c> or <c>fd00:10:244::7/64</c>. The prefix length is required.</summary>
    /// <exception cref="FormatException">
    /// <paramref name="text"/> is anything else: no prefix length, one too long, an IPv4 address not written as four
    /// plain decimal numbers, an IPv6 address with a zone.
    /// </exception>
    public static InterfaceAddress Parse(string text) =>
        TryParse(text, out InterfaceAddress address)
            ? address
            : throw new FormatException($"'{text}' is not an address with its prefix length such as 10.244.1.7/24.");

    /// <summary>As <see cref="Parse"/>, with <see langword="false"/> for what is no such address.</summary>
    public static bool TryParse(string? text, out InterfaceAddress address)
    {
        address = default;
        int slash = text?.IndexOf('/') ?? -1;
        if (slash < 0 || !TryParsePlain(text![..slash], out IPAddress? ip))
            return false;
        ReadOnlySpan<char> digits = text.AsSpan(slash + 1);
        if (
            digits is not { Length: 1 } and ['0', ..]
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int prefixLength)
            || prefixLength > MaxPrefixLength(ip!.AddressFamily)
        )
        {
            return false;
        }
        address = new InterfaceAddress(ip, prefixLength);
        return true;
    }

    /// <summary>The address and the prefix length with a slash, as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");

    internal static int MaxPrefixLength(AddressFamily family) => family == AddressFamily.InterNetwork ? 32 : 128;

    // IPAddress also reads "1", "0x7f.1", "010.0.0.1" (octal) and "[::1%eth0]:80". Whoever writes those in a
    // configuration did not mean what would come of it.
    private static bool TryParsePlain(string text, out IPAddress? ip) =>
        IPAddress.TryParse(text, out ip)
        && ip.AddressFamily switch
        {
            AddressFamily.InterNetwork => string.Equals(ip.ToString(), text, StringComparison.Ordinal),
            AddressFamily.InterNetworkV6 => text.AsSpan().IndexOfAny('%', '[', ']') < 0,
            _ => false,
        };
}
