namespace Fairlead.Crds.Reading;

/// <summary>What a manifest file may cost. Far above every honest manifest, far below what would hurt the agent.</summary>
internal static class ManifestLimits
{
    /// <summary>Kubernetes refuses objects above 1.5 MiB (etcd's request limit); a manifest is a page of text.</summary>
    public const int Bytes = 1 << 20;

    public const int Depth = 64;

    /// <summary>Nodes that aliases may add to one document.</summary>
    public const int AliasNodes = 10_000;

    public const int Documents = 1_000;

    /// <summary>Errors shown per document; nobody reads more.</summary>
    public const int Errors = 100;
}
