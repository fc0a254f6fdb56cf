using Fairlead.Crds.Reading;

namespace Fairlead.Crds;

/// <summary>One object of a manifest file: a virtual machine, or the reasons why it is none.</summary>
public sealed class ManifestDocument
{
    private readonly PathIndex _paths;

    internal ManifestDocument(
        string source,
        int index,
        VirtualMachine? virtualMachine,
        PathIndex paths,
        Place place,
        IReadOnlyList<ManifestError> errors
    )
    {
        Source = source;
        Index = index;
        VirtualMachine = errors.Count == 0 ? virtualMachine : null;
        Readable = virtualMachine;
        Key = virtualMachine is { Metadata.Name: not "" } ? virtualMachine.Key : null;
        Errors = errors;
        Place = place;
        _paths = paths;
    }

    public string Source { get; }

    /// <summary>The place among <see cref="ManifestFile.Documents"/>; what <see cref="ManifestEditor"/> wants.</summary>
    public int Index { get; }

    /// <summary>The object; null when there are <see cref="Errors"/>.</summary>
    public VirtualMachine? VirtualMachine { get; }

    /// <summary>The object as far as it could be read, whatever is wrong with it; for further findings only.</summary>
    public VirtualMachine? Readable { get; }

    /// <summary>Whose manifest this is, as far as that can be read, even when it has errors.</summary>
    public VirtualMachineKey? Key { get; }

    public IReadOnlyList<ManifestError> Errors { get; }

    /// <summary>The line of the first field, counted from 1.</summary>
    public int StartLine => _paths.Locate("").Line;

    /// <summary>The document in the file's text, with its marker and comments. The items of a List share one.</summary>
    public int TextStart => Place.Span.Start;

    public int TextEnd => Place.Span.End;

    internal Place Place { get; }

    /// <summary>Gives findings about <see cref="VirtualMachine"/> their place in the file.</summary>
    public IReadOnlyList<ManifestError> Locate(IEnumerable<ValidationError> errors) =>
        [.. errors.Select(error => _paths.ToError(Source, error))];
}
