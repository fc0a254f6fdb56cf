namespace Fairlead.Crds;

/// <summary>A document cannot be edited because it cannot be understood.</summary>
public sealed class ManifestFormatException(IReadOnlyList<ManifestError> errors)
    : FormatException(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<ManifestError> Errors { get; } = errors;
}
