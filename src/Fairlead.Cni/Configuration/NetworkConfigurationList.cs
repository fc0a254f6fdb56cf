namespace Fairlead.Cni;

/// <summary>The configuration of one network: its plugins in the order of ADD (CNI spec section 1).</summary>
/// <remarks>
/// Immutable. <see cref="RawBytes"/> is all that is needed to perform DEL later, when the file may have changed: keep it
/// with the attachment and give it to <see cref="Parse(ReadOnlySpan{byte}, string?, ConfigurationFormat)"/> again.
/// </remarks>
public sealed partial class NetworkConfigurationList
{
    private NetworkConfigurationList(
        Header header,
        IReadOnlyList<PluginConfiguration> plugins,
        ReadOnlyMemory<byte> rawBytes,
        string? sourcePath
    )
    {
        Name = header.Name;
        CniVersion = header.Version;
        DisableCheck = header.DisableCheck;
        DisableGc = header.DisableGc;
        LoadOnlyInlinedPlugins = header.LoadOnlyInlined;
        Plugins = plugins;
        RawBytes = rawBytes;
        SourcePath = sourcePath;
    }

    /// <summary>The network's name. Its characters are checked when a verb is run, not here.</summary>
    public string Name { get; }

    /// <summary>
    /// The version that requests are made in: the highest of <c>cniVersion</c> and <c>cniVersions</c> that this library
    /// speaks; if all are higher, <c>cniVersion</c> as it is written.
    /// </summary>
    public CniVersion CniVersion { get; }

    /// <summary>The plugins, first to last; at least one.</summary>
    public IReadOnlyList<PluginConfiguration> Plugins { get; }

    /// <summary>Whether CHECK is not to be called for this network.</summary>
    public bool DisableCheck { get; }

    /// <summary>Whether GC is not to be called for this network, because several runtimes share it.</summary>
    public bool DisableGc { get; }

    /// <summary>Whether further plugins are not to be read from the folder that is named like the network.</summary>
    public bool LoadOnlyInlinedPlugins { get; }

    /// <summary>The file that it was read from; null if from none.</summary>
    public string? SourcePath { get; }

    /// <summary>
    /// The list as JSON: byte for byte as it was read; for a single plugin, the list of one around its bytes; with plugins
    /// from a folder, the list with all of them inlined.
    /// </summary>
    public ReadOnlyMemory<byte> RawBytes { get; }

    /// <summary>Reads a network configuration.</summary>
    /// <remarks>Names of members are matched exactly; Go's decoder, and so libcni in part, would take <c>Type</c> for <c>type</c>.</remarks>
    /// <param name="json">The JSON text.</param>
    /// <param name="sourcePath">Where it came from, for error messages and <see cref="SourcePath"/>.</param>
    /// <param name="format">List or single plugin; by default whichever it looks like.</param>
    /// <exception cref="CniFormatException">It is none; the exception says what is wrong and where.</exception>
    public static NetworkConfigurationList Parse(
        ReadOnlySpan<byte> json,
        string? sourcePath = null,
        ConfigurationFormat format = ConfigurationFormat.Detect
    ) => Read(json.ToArray(), sourcePath, format, static _ => []);

    /// <summary>A list of one plugin, for a plugin configuration that has <c>name</c> and <c>cniVersion</c> of its own.</summary>
    /// <exception cref="CniFormatException">There is no <c>name</c>, or the version is none.</exception>
    public static NetworkConfigurationList FromPlugin(PluginConfiguration plugin)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        return Parse(plugin.RawBytes.Span, sourcePath: null, ConfigurationFormat.SinglePlugin);
    }

    /// <summary>Network name and plugins, for logs.</summary>
    public override string ToString() => $"{Name} ({string.Join(", ", Plugins.Select(static p => p.Type))})";
}
