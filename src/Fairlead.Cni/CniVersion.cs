using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fairlead.Cni;

/// <summary>A version of the CNI specification, as in <c>cniVersion</c>: one to three decimal parts.</summary>
/// <remarks>
/// Compared part by part as numbers; missing parts are 0, and the empty text is 0.1.0 (CNI versions before 0.2.0 had no
/// version field). <see cref="ToString"/> returns the text as it was written, since plugins compare versions as text.
/// </remarks>
public readonly struct CniVersion : IEquatable<CniVersion>, IComparable<CniVersion>
{
    private readonly string? _text;
    private readonly int _minorOrDefault;

    private CniVersion(string text, int major, int minor, int patch)
    {
        _text = text;
        Major = major;
        _minorOrDefault = minor;
        Patch = patch;
    }

    /// <summary>0.1.0, which also stands for an absent version.</summary>
    public static CniVersion V0_1_0 => default;

    /// <summary>0.2.0: the VERSION command.</summary>
    public static CniVersion V0_2_0 { get; } = Parse("0.2.0");

    /// <summary>0.3.0: results with interfaces and several addresses; prevResult for ADD.</summary>
    public static CniVersion V0_3_0 { get; } = Parse("0.3.0");

    /// <summary>0.3.1.</summary>
    public static CniVersion V0_3_1 { get; } = Parse("0.3.1");

    /// <summary>0.4.0: CHECK, and prevResult for DEL.</summary>
    public static CniVersion V0_4_0 { get; } = Parse("0.4.0");

    /// <summary>1.0.0: addresses no longer carry their IP version.</summary>
    public static CniVersion V1_0_0 { get; } = Parse("1.0.0");

    /// <summary>1.1.0: GC and STATUS, and more fields in interfaces and routes.</summary>
    public static CniVersion V1_1_0 { get; } = Parse("1.1.0");

    /// <summary>The versions that this library speaks, lowest first.</summary>
    public static IReadOnlyList<CniVersion> Known { get; } = [V0_1_0, V0_2_0, V0_3_0, V0_3_1, V0_4_0, V1_0_0, V1_1_0];

    /// <summary>The highest version that this library speaks.</summary>
    public static CniVersion Latest => V1_1_0;

    /// <summary>The first part.</summary>
    public int Major { get; }

    /// <summary>The second part; 0 if absent.</summary>
    public int Minor => _text is null ? 1 : _minorOrDefault;

    /// <summary>The third part; 0 if absent.</summary>
    public int Patch { get; }

    /// <summary>Whether this is one of <see cref="Known"/>.</summary>
    public bool IsKnown
    {
        get
        {
            foreach (CniVersion known in Known)
                if (Equals(known))
                    return true;
            return false;
        }
    }

    /// <summary>Reads a version; the empty text is 0.1.0.</summary>
    /// <exception cref="CniFormatException">A part is no decimal number, or there are more than three.</exception>
    public static CniVersion Parse(string text) =>
        TryParse(text, out CniVersion version)
            ? version
            : throw new CniFormatException(
                $"\"{text}\" is not a CNI version (one to three decimal parts, as in 1.0.0)"
            );

    /// <summary>Reads a version without throwing.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CniVersion version)
    {
        version = default;
        if (text is null)
            return false;
        if (text.Length == 0)
            return true;

        Span<int> parts = [0, 0, 0];
        int count = 0;
        foreach (Range range in text.AsSpan().Split('.'))
        {
            if (
                count == 3
                || !int.TryParse(
                    text.AsSpan(range),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out parts[count++]
                )
            )
                return false;
        }
        version = new CniVersion(text, parts[0], parts[1], parts[2]);
        return true;
    }

    /// <inheritdoc />
    public int CompareTo(CniVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <inheritdoc />
    public bool Equals(CniVersion other) => CompareTo(other) == 0;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is CniVersion other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Major, Minor, Patch);

    /// <summary>The version as it was written; "0.1.0" for the empty one.</summary>
    public override string ToString() => _text ?? "0.1.0";

    /// <summary>Whether both mean the same version.</summary>
    public static bool operator ==(CniVersion left, CniVersion right) => left.Equals(right);

    /// <summary>Whether they mean different versions.</summary>
    public static bool operator !=(CniVersion left, CniVersion right) => !left.Equals(right);

    /// <summary>Whether the left one is older.</summary>
    public static bool operator <(CniVersion left, CniVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one is older or the same.</summary>
    public static bool operator <=(CniVersion left, CniVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one is newer.</summary>
    public static bool operator >(CniVersion left, CniVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one is newer or the same.</summary>
    public static bool operator >=(CniVersion left, CniVersion right) => left.CompareTo(right) >= 0;
}
