using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fairlead.Cni.Json;

/// <summary>
/// The members of a JSON object in their order, values as raw bytes. A request is made by putting members in, not by
/// decoding and encoding again: that way numbers of any size and strings of any spelling reach the plugin unchanged.
/// </summary>
internal sealed class JsonMembers
{
    private readonly OrderedDictionary<string, Member> _members;

    private JsonMembers(OrderedDictionary<string, Member> members) => _members = members;

    public JsonMembers()
        : this(new OrderedDictionary<string, Member>(StringComparer.Ordinal)) { }

    /// <summary>Reads an object. Of a name given twice the last value counts, in the place of the first.</summary>
    public static JsonMembers From(JsonView view)
    {
        JsonMembers result = new();
        foreach (JsonProperty property in view.RequireObject().Element.EnumerateObject())
        {
            byte[] rawName = JsonMarshal.GetRawUtf8PropertyName(property).ToArray();
            result._members[property.Name] = new(rawName, view.Slice(property.Value));
        }
        return result;
    }

    public bool IsEmpty => _members.Count == 0;

    public JsonMembers Copy() => new(new OrderedDictionary<string, Member>(_members, StringComparer.Ordinal));

    /// <summary>Sets a member: in its place if it exists, else at the end.</summary>
    public JsonMembers Set(string name, ReadOnlyMemory<byte> value)
    {
        _members[name] = new(Escape(name), value);
        return this;
    }

    public JsonMembers Set(string name, string value) => Set(name, Quote(value));

    /// <summary>Sets a member and makes it the first.</summary>
    public JsonMembers SetFirst(string name, ReadOnlyMemory<byte> value)
    {
        _members.Remove(name);
        _members.Insert(0, name, new(Escape(name), value));
        return this;
    }

    public JsonMembers Remove(string name)
    {
        _members.Remove(name);
        return this;
    }

    /// <summary>Gives a member another name, in its place; one that has that name already goes.</summary>
    public JsonMembers Rename(string from, string to)
    {
        if (!_members.TryGetValue(from, out Member member))
            return this;
        _members.Remove(to);
        int index = _members.IndexOf(from);
        _members.RemoveAt(index);
        _members.Insert(index, to, new(Escape(to), member.Value));
        return this;
    }

    public byte[] ToBytes()
    {
        ArrayBufferWriter<byte> writer = new(512);
        bool first = true;
        writer.Write("{"u8);
        foreach (Member member in _members.Values)
        {
            writer.Write(first ? "\""u8 : ",\""u8);
            first = false;
            writer.Write(member.RawName.Span);
            writer.Write("\":"u8);
            writer.Write(member.Value.Span);
        }
        writer.Write("}"u8);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>A JSON string of the text; only what JSON demands is escaped.</summary>
    public static byte[] Quote(string text) => [(byte)'"', .. Escape(text), (byte)'"'];

    /// <summary>A JSON array of the raw values.</summary>
    public static byte[] Array(IEnumerable<ReadOnlyMemory<byte>> values)
    {
        ArrayBufferWriter<byte> writer = new(256);
        writer.Write("["u8);
        bool first = true;
        foreach (ReadOnlyMemory<byte> value in values)
        {
            if (!first)
                writer.Write(","u8);
            first = false;
            writer.Write(value.Span);
        }
        writer.Write("]"u8);
        return writer.WrittenSpan.ToArray();
    }

    private static byte[] Escape(string text) =>
        JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray();

    private readonly record struct Member(ReadOnlyMemory<byte> RawName, ReadOnlyMemory<byte> Value);
}
