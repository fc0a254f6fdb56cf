using Fairlead.Crds;

namespace Fairlead.Cli.Manifests;

/// <summary>What <c>-n</c> means for a manifest: the namespace where it is silent, a contradiction where it is not.</summary>
internal static class ManifestNamespace
{
    private const string Field = "metadata.namespace";

    /// <summary>Whether the manifest names its namespace itself.</summary>
    public static bool IsNamedIn(ManifestDocument document)
    {
        IReadOnlyList<ManifestError> places = document.Locate([
            new ValidationError(Field, ""),
            new ValidationError("metadata", ""),
        ]);
        // The place of a field that is not there is that of the object it would be in.
        return (places[0].Line, places[0].Column) != (places[1].Line, places[1].Column);
    }

    /// <summary>The contradiction, or null.</summary>
    public static ManifestError? Contradiction(ManifestDocument document, VirtualMachine vm, string wanted) =>
        IsNamedIn(document) && vm.Metadata.Namespace != wanted
            ? document.Locate([
                new ValidationError(Field, $"\"{vm.Metadata.Namespace}\" is not the namespace \"{wanted}\" of -n"),
            ])[0]
            : null;
}
