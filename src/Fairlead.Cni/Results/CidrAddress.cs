using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fairlead.Cni;

/// <summary>
/// An address with its prefix length, as in <c>10.244.1.7/24</c>. The host part is kept, which
/// <see cref="IPNetwork"/> does not do.
/// </summary>
/// <param name="Address">The address, IPv4 or IPv6 without scope.</param>
/// <param name="PrefixLength">0 to 32 or 128.</param>
public readonly record struct CidrAddress(IPAddress Address, int PrefixLength)
{
    /// <summary>Whether it is an IPv4 address.</summary>
    public bool IsIPv4 => Address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>Reads CIDR notation.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static CidrAddress Parse(string text) =>
        TryParse(text, out CidrAddress result)
            ? result
            : throw new FormatException($"\"{text}\" is not an address with prefix length (as in 10.1.2.3/24)");

    /// <summary>Reads CIDR notation without throwing.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CidrAddress result)
    {
        result = default;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !TryParseAddress(text!.AsSpan(0, slash), out IPAddress? address))
            return false;
        ReadOnlySpan<char> prefix = text.AsSpan(slash + 1);
        int max = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (
            prefix.Length is 0 or > 3
            || !int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > max
        )
            return false;
        result = new(address, length);
        return true;
    }

    /// <summary>CIDR notation.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");

    /// <summary>
    /// As Go's net.ParseIP: .NET alone would take "10.1" for 10.0.0.1, "010.1.1.1" for octal, and brackets and scopes.
    /// </summary>
    internal static bool TryParseAddress(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.ContainsAny("%[] ") || !IPAddress.TryParse(text, out IPAddress? parsed))
            return false;
        if (parsed.AddressFamily == AddressFamily.InterNetwork && !IsDottedQuad(text))
            return false;
        address = parsed;
        return true;
    }

    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        int parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            if (
                part.Length is 0 or > 3
                || part.ContainsAnyExceptInRange('0', '9')
                || (part.Length > 1 && part[0] == '0')
            )
                return false;
            parts++;
        }
        return parts == 4;
    }
}
