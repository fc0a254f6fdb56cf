using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fairlead.Crds.Reading;

/// <summary>The checks that a file has to pass before anybody parses it: size, UTF-8, no control characters.</summary>
internal static class SourceText
{
    // YAML 1.2, 5.1: what is not printable must be escaped. Lone surrogates cannot come from UTF-8, but from a string.
    private static readonly SearchValues<char> s_refused = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(c => (char)c).Where(c => c is not ('\t' or '\n' or '\r')),
        '\u007f',
        // Line breaks to YAML 1.1 (and to YamlDotNet), not to YAML 1.2: nobody would agree on what a line is.
        '\u0085',
        '\u2028',
        '\u2029',
        '\ufffe',
        '\uffff',
    ]);

    public static string TooLarge(long? bytes) =>
        bytes is null
            ? "the file is larger than 1 MiB, the most that a manifest may have"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"the file has {bytes} bytes, but a manifest may have at most 1 MiB ({ManifestLimits.Bytes} bytes)"
            );

    /// <summary>Decodes strictly. On failure the text is what came before the fault, so that the fault has a line.</summary>
    public static (string Text, string? Error) Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]))
            bytes = bytes[3..];
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]))
            return ("", "the file is UTF-16; a manifest is UTF-8");
        int valid = 0;
        while (Rune.DecodeFromUtf8(bytes[valid..], out _, out int consumed) is OperationStatus.Done)
            valid += consumed;
        string text = Encoding.UTF8.GetString(bytes[..valid]);
        return valid == bytes.Length
            ? (text, null)
            : (text, string.Create(CultureInfo.InvariantCulture, $"byte 0x{bytes[valid]:x2} is not UTF-8"));
    }

    /// <summary>The first character that no manifest may contain.</summary>
    public static (int Offset, string Error)? FindRefused(string text)
    {
        int control = text.AsSpan().IndexOfAny(s_refused);
        int surrogate = FindLoneSurrogate(text);
        int offset = control < 0 || (surrogate >= 0 && surrogate < control) ? surrogate : control;
        if (offset < 0)
            return null;
        string name =
            text[offset] == '\0'
                ? "a NUL byte"
                : string.Create(CultureInfo.InvariantCulture, $"character U+{(int)text[offset]:X4}");
        return (offset, name + " cannot stand in a manifest");
    }

    private static int FindLoneSurrogate(string text)
    {
        for (int i = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return i;
            i++;
        }
        return -1;
    }
}
