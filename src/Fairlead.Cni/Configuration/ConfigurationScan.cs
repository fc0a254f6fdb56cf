namespace Fairlead.Cni;

/// <summary>A file of the configuration directory that was passed over.</summary>
/// <param name="Path">The file, or the directory itself if that cannot be read.</param>
/// <param name="Reason">Why, in a sentence for the administrator.</param>
public sealed record SkippedConfiguration(string Path, string Reason);

/// <summary>What one look at a configuration directory found.</summary>
public sealed class ConfigurationScan
{
    internal ConfigurationScan(
        string directory,
        IReadOnlyList<NetworkConfigurationList> networks,
        IReadOnlyList<SkippedConfiguration> skipped
    )
    {
        Directory = directory;
        Networks = networks;
        Skipped = skipped;
        Default = networks.MinBy(static n => Path.GetFileName(n.SourcePath), StringComparer.Ordinal);
    }

    /// <summary>The directory.</summary>
    public string Directory { get; }

    /// <summary>
    /// The networks in libcni's order: <c>*.conflist</c> by name, then <c>*.conf</c> and <c>*.json</c> by name. Names are
    /// unique: the first file of a name wins.
    /// </summary>
    public IReadOnlyList<NetworkConfigurationList> Networks { get; }

    /// <summary>The files that hold no network, each with the reason.</summary>
    public IReadOnlyList<SkippedConfiguration> Skipped { get; }

    /// <summary>
    /// The network that pods get when they name none: the first by file name, whatever the extension, as containerd and
    /// CRI-O choose it. Null if there is none.
    /// </summary>
    public NetworkConfigurationList? Default { get; }

    /// <summary>The network of that name, or null.</summary>
    public NetworkConfigurationList? TryFind(string name) =>
        Networks.FirstOrDefault(network => string.Equals(network.Name, name, StringComparison.Ordinal));

    /// <summary>The network of that name.</summary>
    /// <exception cref="CniNetworkNotFoundException">There is none; the exception says what was skipped.</exception>
    public NetworkConfigurationList Find(string name) =>
        TryFind(name) ?? throw new CniNetworkNotFoundException(name, this);

    internal bool HasSameContent(ConfigurationScan other) =>
        Skipped.SequenceEqual(other.Skipped)
        && Networks.Count == other.Networks.Count
        && Networks
            .Zip(other.Networks)
            .All(static pair =>
                string.Equals(pair.First.SourcePath, pair.Second.SourcePath, StringComparison.Ordinal)
                && pair.First.RawBytes.Span.SequenceEqual(pair.Second.RawBytes.Span)
            );
}
