using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Fairlead.Netlink.Interop;

namespace Fairlead.Netlink.Wire;

/// <summary>Builds one request. Attributes are padded to 4 bytes; a nested one ends with its <see cref="Nest"/> scope.</summary>
internal sealed class MessageWriter
{
    private const int AttributeHeaderSize = 4;

    private readonly ushort _type;
    private readonly ushort _flags;
    private byte[] _buffer = new byte[256];
    private int _length = NlMsgHdr.Size;

    private MessageWriter(ushort type, int flags)
    {
        _type = type;
        _flags = (ushort)(flags | Rtnetlink.NLM_F_REQUEST);
    }

    public bool IsDump => (_flags & Rtnetlink.NLM_F_DUMP) == Rtnetlink.NLM_F_DUMP;

    /// <summary>A request for one thing, or for one change. It is answered by an acknowledgement at the end.</summary>
    public static MessageWriter Request<T>(ushort type, int flags, T header)
        where T : unmanaged
    {
        MessageWriter writer = new(type, flags | Rtnetlink.NLM_F_ACK);
        writer.Write(header);
        return writer;
    }

    /// <summary>A request for all there are. It is answered by any number of messages and NLMSG_DONE.</summary>
    public static MessageWriter Dump<T>(ushort type, T header)
        where T : unmanaged
    {
        MessageWriter writer = new(type, Rtnetlink.NLM_F_DUMP);
        writer.Write(header);
        return writer;
    }

    public void Write<T>(T header)
        where T : unmanaged => MemoryMarshal.Write(Extend(Unsafe.SizeOf<T>()), in header);

    public void Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        if (value.Length > ushort.MaxValue - AttributeHeaderSize)
            throw new ArgumentException("An attribute has at most 65531 bytes.", nameof(value));
        using NestScope attribute = Open(type);
        value.CopyTo(Extend(value.Length));
    }

    public void Attribute<T>(ushort type, T value)
        where T : unmanaged => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public void Attribute(ushort type, IPAddress address) => Attribute(type, address.GetAddressBytes());

    public void Attribute(ushort type, MacAddress address) => Attribute(type, address.ToArray());

    /// <summary>Text with the NUL at its end that names and kinds need.</summary>
    public void AttributeZ(ushort type, string text) => Attribute(type, Encoding.UTF8.GetBytes(text + '\0'));

    /// <summary>Opens an attribute that holds others, or a header and others. Disposing the scope closes it.</summary>
    public NestScope Nest(ushort type) => Open((ushort)(type | Rtnetlink.NLA_F_NESTED));

    /// <summary>As <see cref="Nest"/>, for a value that is no list of attributes.</summary>
    public NestScope Open(ushort type)
    {
        int start = _length;
        MemoryMarshal.Write(Extend(AttributeHeaderSize)[sizeof(ushort)..], in type);
        return new NestScope(this, start);
    }

    /// <summary>Opens a next hop of a multipath route. Its length stands first, as an attribute's does.</summary>
    public NestScope OpenNextHop(RtNextHop header)
    {
        int start = _length;
        Write(header);
        return new NestScope(this, start);
    }

    /// <summary>The whole message under a sequence number. It may be sealed anew for a repetition.</summary>
    public ReadOnlyMemory<byte> Seal(uint sequence)
    {
        NlMsgHdr header = new()
        {
            Length = (uint)_length,
            Type = _type,
            Flags = _flags,
            Sequence = sequence,
        };
        MemoryMarshal.Write(_buffer, in header);
        return _buffer.AsMemory(0, _length);
    }

    private void Close(int start)
    {
        ushort length = checked((ushort)(_length - start));
        MemoryMarshal.Write(_buffer.AsSpan(start), in length);
        Extend(Alignment.Up(_length) - _length);
    }

    private Span<byte> Extend(int count)
    {
        if (_length + count > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, _length + count));
        Span<byte> room = _buffer.AsSpan(_length, count);
        _length += count;
        return room;
    }

    public readonly ref struct NestScope(MessageWriter writer, int start) : IDisposable
    {
        public void Dispose() => writer.Close(start);
    }
}
