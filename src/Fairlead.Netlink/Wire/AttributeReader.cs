using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Fairlead.Netlink.Interop;

namespace Fairlead.Netlink.Wire;

/// <summary>One attribute. The typed readers check the length and name the offset when it is wrong.</summary>
internal readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> value, int offset)
{
    /// <summary>The type without the flag bits.</summary>
    public ushort Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>Where the value starts, from the end of the message's header.</summary>
    public int Offset { get; } = offset;

    public AttributeReader Nested => new(Value, Offset);

    /// <summary>An integer or a struct at the start of the value. The kernel may append to a struct, never shorten it.</summary>
    public T Read<T>()
        where T : unmanaged =>
        Value.Length >= Unsafe.SizeOf<T>()
            ? MemoryMarshal.Read<T>(Value)
            : throw Malformed($"{Unsafe.SizeOf<T>()} bytes");

    /// <summary>UTF-8 text up to the first NUL or the end.</summary>
    public string ReadString()
    {
        int end = Value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
    }

    /// <summary>An address of that family, AF_INET or AF_INET6.</summary>
    public IPAddress ReadAddress(byte family)
    {
        int length = family == Rtnetlink.AF_INET ? 4 : 16;
        return Value.Length == length ? new IPAddress(Value) : throw Malformed($"an address of {length}");
    }

    /// <summary>Null for other than six octets: tunnels and InfiniBand have addresses of other lengths.</summary>
    public MacAddress? ReadMacAddress() => Value.Length == MacAddress.Length ? new MacAddress(Value) : null;

    private NetlinkFormatException Malformed(string expected) =>
        new($"Attribute {Type} has {Value.Length} bytes, expected {expected}", Offset);
}

/// <summary>
/// Walks attributes (struct nlattr), each padded to 4 bytes:
/// <code>
/// | length u16, with these 4 bytes | type u16, flags in the top two bits | value |
/// </code>
/// </summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes, int baseOffset)
{
    private const int HeaderSize = 4;

    private readonly ReadOnlySpan<byte> _attributes = attributes;
    private readonly int _baseOffset = baseOffset;
    private int _offset;

    public NetlinkAttribute Current { get; private set; }

    public readonly AttributeReader GetEnumerator() => this;

    /// <summary>The fixed header at the start of a message, and the attributes that follow it.</summary>
    public static T Split<T>(ReadOnlySpan<byte> payload, out AttributeReader attributes)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        if (payload.Length < size)
            throw new NetlinkFormatException($"{typeof(T).Name} cut short", 0);
        int start = Math.Min(Alignment.Up(size), payload.Length);
        attributes = new AttributeReader(payload[start..], start);
        return MemoryMarshal.Read<T>(payload);
    }

    public bool MoveNext()
    {
        ReadOnlySpan<byte> rest = _attributes[_offset..];
        // Fewer bytes than a header are padding, as for the kernel's nla_ok().
        if (rest.Length < HeaderSize)
            return false;
        ushort length = MemoryMarshal.Read<ushort>(rest);
        if (length < HeaderSize || length > rest.Length)
            throw new NetlinkFormatException(
                $"Attribute length {length} of {rest.Length} bytes",
                _baseOffset + _offset
            );
        ushort type = (ushort)(MemoryMarshal.Read<ushort>(rest[2..]) & Rtnetlink.NLA_TYPE_MASK);
        Current = new NetlinkAttribute(type, rest[HeaderSize..length], _baseOffset + _offset + HeaderSize);
        _offset += Math.Min(Alignment.Up(length), rest.Length);
        return true;
    }
}
