using System.Globalization;

namespace Fairlead.Netlink;

/// <summary>An Ethernet (EUI-48) address: six octets, compared by value. The default value is all zeros.</summary>
public readonly struct MacAddress : IEquatable<MacAddress>
{
    /// <summary>The number of octets, 6.</summary>
    public const int Length = 6;

    // The octets in the order they are sent, the first one in bits 47 to 40.
    private readonly ulong _bits;

    /// <summary>Takes the address from its octets, first sent first.</summary>
    /// <exception cref="ArgumentException"><paramref name="octets"/> is not six octets long.</exception>
    public MacAddress(ReadOnlySpan<byte> octets)
    {
        if (octets.Length != Length)
            throw new ArgumentException($"A MAC address has {Length} octets, not {octets.Length}.", nameof(octets));
        foreach (byte octet in octets)
            _bits = (_bits << 8) | octet;
    }

    /// <summary>Whether it is a group address (multicast or broadcast); no link can have such a one as its own.</summary>
    public bool IsMulticast => (this[0] & 0x01) != 0;

    /// <summary>Whether it was assigned locally rather than by a manufacturer (IEEE 802, second bit of the first octet).</summary>
    public bool IsLocallyAdministered => (this[0] & 0x02) != 0;

    /// <summary>One octet, counted from 0 in the order they are sent and written.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not 0 to 5.</exception>
    public byte this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
            return (byte)(_bits >> (40 - (8 * index)));
        }
    }

    /// <summary>Reads <c>52:54:00:12:34:56</c> or <c>52-54-00-12-34-56</c>, in either case.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not six pairs of hexadecimal digits with one kind of separator.</exception>
    public static MacAddress Parse(string text) =>
        TryParse(text, out MacAddress address)
            ? address
            : throw new FormatException($"'{text}' is not a MAC address such as 52:54:00:12:34:56.");

    /// <summary>As <see cref="Parse"/>, with <see langword="false"/> for what is no MAC address.</summary>
    public static bool TryParse(string? text, out MacAddress address)
    {
        address = default;
        if (text is not { Length: 17 } || text[2] is not (':' or '-'))
            return false;
        Span<byte> octets = stackalloc byte[Length];
        for (int i = 0; i < Length; i++)
        {
            ReadOnlySpan<char> pair = text.AsSpan(3 * i, 2);
            if (i > 0 && text[(3 * i) - 1] != text[2])
                return false;
            if (!byte.TryParse(pair, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out octets[i]))
                return false;
        }
        address = new MacAddress(octets);
        return true;
    }

    /// <summary>The six octets in a new array.</summary>
    public byte[] ToArray()
    {
        byte[] octets = new byte[Length];
        CopyTo(octets);
        return octets;
    }

    /// <summary>Writes the six octets to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than six octets.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Length)
            throw new ArgumentException($"Room for {Length} octets is needed.", nameof(destination));
        for (int i = 0; i < Length; i++)
            destination[i] = this[i];
    }

    /// <inheritdoc/>
    public bool Equals(MacAddress other) => _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MacAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _bits.GetHashCode();

    /// <summary>Lower case with colons, as iproute2 and libvirt write it: <c>52:54:00:12:34:56</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{this[0]:x2}:{this[1]:x2}:{this[2]:x2}:{this[3]:x2}:{this[4]:x2}:{this[5]:x2}"
        );

    /// <summary>Whether both are the same six octets.</summary>
    public static bool operator ==(MacAddress left, MacAddress right) => left.Equals(right);

    /// <summary>Whether the two differ.</summary>
    public static bool operator !=(MacAddress left, MacAddress right) => !left.Equals(right);
}
