using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Fairlead.Cni.Json;

/// <summary>
/// A parsed JSON text that keeps its bytes, so that every value can be handed on byte for byte and every error can say
/// where. Strict as Go's encoding/json: no comments, no trailing commas, nothing after the value, no byte order mark.
/// </summary>
internal sealed class JsonText : IDisposable
{
    // Go's decoder allows 10,000 levels; .NET's default of 64 would refuse what every other runtime accepts.
    private const int MaxDepth = 10_000;

    private readonly JsonDocument _document;

    private JsonText(ReadOnlyMemory<byte> bytes, string? sourcePath, JsonDocument document)
    {
        Bytes = bytes;
        SourcePath = sourcePath;
        _document = document;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public string? SourcePath { get; }

    public JsonView Root => new(this, _document.RootElement, "$");

    public static JsonText Parse(ReadOnlyMemory<byte> bytes, string? sourcePath)
    {
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
            throw At("starts with a byte order mark, which JSON does not allow", bytes.Span, 0, sourcePath);
        if (
            bytes.Span.StartsWith(Encoding.Unicode.Preamble)
            || bytes.Span.StartsWith(Encoding.BigEndianUnicode.Preamble)
        )
            throw At("is UTF-16 text, and JSON is UTF-8", bytes.Span, 0, sourcePath);
        if (IsBlank(bytes.Span))
            throw new CniFormatException("is empty", sourcePath, jsonPath: null, offset: null, line: null);
        CheckText(bytes.Span, sourcePath);
        return new(bytes, sourcePath, JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth }));
    }

    public CniFormatException Error(string reason, JsonElement at, string path)
    {
        int? offset = OffsetOf(at);
        return new(reason, SourcePath, path, offset, offset is { } o ? LineAt(Bytes.Span, o) : null);
    }

    public ReadOnlyMemory<byte> Slice(JsonElement element)
    {
        ReadOnlySpan<byte> raw = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element);
        return OffsetOf(element) is { } offset ? Bytes.Slice(offset, raw.Length) : raw.ToArray();
    }

    public void Dispose() => _document.Dispose();

    private int? OffsetOf(JsonElement element) =>
        Bytes.Span.Overlaps(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element), out int offset)
            ? offset
            : null;

    private static bool IsBlank(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>
    /// Finds every fault of the text at once, while the reader knows the place: JsonDocument would report a lone
    /// surrogate or bad UTF-8 only when the string is used, and then with InvalidOperationException.
    /// </summary>
    private static void CheckText(ReadOnlySpan<byte> text, string? sourcePath)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
                    continue;
                if (!Utf8.IsValid(reader.ValueSpan))
                    throw At("string is not valid UTF-8", text, reader.TokenStartIndex, sourcePath);
                if (reader.ValueIsEscaped)
                    _ = reader.GetString();
            }
        }
        catch (JsonException e)
        {
            throw new CniFormatException(
                $"is not JSON: {Plain(e.Message)}",
                sourcePath,
                jsonPath: null,
                OffsetOfLine(text, e.LineNumber ?? 0) + (e.BytePositionInLine ?? 0),
                (e.LineNumber ?? 0) + 1,
                e
            );
        }
        catch (InvalidOperationException e)
        {
            throw At("string has half of a surrogate pair", text, reader.TokenStartIndex, sourcePath, e);
        }
    }

    // "… LineNumber: 0 | BytePositionInLine: 3." is said by our own message, counted from 1.
    private static string Plain(string message)
    {
        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }

    private static CniFormatException At(
        string reason,
        ReadOnlySpan<byte> text,
        long offset,
        string? sourcePath,
        Exception? inner = null
    ) => new(reason, sourcePath, jsonPath: null, offset, LineAt(text, (int)offset), inner);

    private static long LineAt(ReadOnlySpan<byte> text, int offset) => text[..offset].Count((byte)'\n') + 1;

    private static long OffsetOfLine(ReadOnlySpan<byte> text, long line)
    {
        int offset = 0;
        for (; line > 0; line--)
        {
            int end = text[offset..].IndexOf((byte)'\n');
            if (end < 0)
                break;
            offset += end + 1;
        }
        return offset;
    }
}
