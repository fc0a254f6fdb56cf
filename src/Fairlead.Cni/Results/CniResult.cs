using System.Text;

namespace Fairlead.Cni;

/// <summary>What ADD answered (CNI spec section 5, "ADD Success"), in any version of the specification.</summary>
/// <remarks>
/// Immutable. The typed members are a view; the text itself is kept, so that fields this library does not know, numbers
/// of any size and the spelling of strings survive in the cache and on the way to the next plugin.
/// </remarks>
public sealed partial class CniResult
{
    /// <summary>The version that the result is written in.</summary>
    public CniVersion CniVersion { get; }

    /// <summary>The interfaces; always empty before 0.3.0.</summary>
    public IReadOnlyList<CniInterface> Interfaces { get; private init; } = [];

    /// <summary>The addresses; before 0.3.0 at most one of each family.</summary>
    public IReadOnlyList<CniIp> Ips { get; private init; } = [];

    /// <summary>The routes.</summary>
    public IReadOnlyList<CniRoute> Routes { get; private init; } = [];

    /// <summary>Name resolution.</summary>
    public CniDns Dns { get; private init; } = CniDns.Empty;

    /// <summary>The JSON byte for byte as the plugin printed it; only a missing <c>cniVersion</c> has been added.</summary>
    public ReadOnlyMemory<byte> RawBytes { get; }

    /// <summary>Reads a result.</summary>
    /// <param name="json">The JSON text; <c>null</c> counts as an object without members.</param>
    /// <param name="fallbackVersion">The version to assume when the text has none: the configuration's.</param>
    /// <exception cref="CniFormatException">It is no result, or in a version that this library does not speak.</exception>
    public static CniResult Parse(ReadOnlySpan<byte> json, CniVersion fallbackVersion = default) =>
        Parse(json.ToArray().AsMemory(), fallbackVersion, sourcePath: null);

    /// <summary>The same result as another version writes it.</summary>
    /// <remarks>
    /// Before 1.0.0 addresses carry their IP version, and interfaces have no MTU, socket path or PCI ID. Before 0.3.0
    /// there is only the first address of each family, with the destinations and gateways of its routes, and no interfaces.
    /// Fields that this library does not know are kept.
    /// </remarks>
    /// <exception cref="CniFormatException">The version is unknown, or is before 0.3.0 and there is no address.</exception>
    public CniResult ConvertTo(CniVersion version) =>
        version == CniVersion
            ? this
            : Parse(Results.ResultConversion.Convert(this, version), version, sourcePath: null);

    /// <summary>Makes a result of parts, as a plugin does.</summary>
    /// <exception cref="CniFormatException">The version cannot express it: see <see cref="ConvertTo"/>.</exception>
    public static CniResult Create(
        CniVersion version,
        IReadOnlyList<CniInterface> interfaces,
        IReadOnlyList<CniIp> ips,
        IReadOnlyList<CniRoute>? routes = null,
        CniDns? dns = null
    )
    {
        byte[] json = Results.ResultWriter.Write(interfaces, ips, routes ?? [], dns ?? CniDns.Empty);
        return Parse(json.AsMemory(), CniVersion.Latest, sourcePath: null).ConvertTo(version);
    }

    /// <summary>The JSON as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(RawBytes.Span);
}
