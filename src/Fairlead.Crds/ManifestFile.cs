namespace Fairlead.Crds;

/// <summary>Something wrong in a manifest, and where. Line and column count from 1; 0 means the file as a whole.</summary>
public sealed record ManifestError(string Source, string Path, int Line, int Column, string Message)
{
    /// <summary><c>PATH: MESSAGE</c>, or the message alone when it is about no field.</summary>
    public string Text => Path is "" ? Message : $"{Path}: {Message}";

    /// <summary><c>FILE:LINE:COLUMN: PATH: MESSAGE</c>.</summary>
    public override string ToString() => Line == 0 ? $"{Source}: {Text}" : $"{Source}:{Line}:{Column}: {Text}";
}

/// <summary>A file of manifests as <see cref="ManifestReader"/> understood it.</summary>
public sealed class ManifestFile
{
    internal ManifestFile(
        string source,
        string text,
        IReadOnlyList<ManifestDocument> documents,
        IReadOnlyList<ManifestError> errors
    )
    {
        Source = source;
        Text = text;
        Documents = documents;
        Errors = errors;
    }

    /// <summary>The file's name as the caller gave it.</summary>
    public string Source { get; }

    public string Text { get; }

    /// <summary>One per object: empty documents are left out, the items of a <c>kind: List</c> are taken one by one.</summary>
    public IReadOnlyList<ManifestDocument> Documents { get; }

    /// <summary>What is wrong with the file as a whole; then there are no documents.</summary>
    public IReadOnlyList<ManifestError> Errors { get; }

    /// <summary>The errors of the file and of all its documents.</summary>
    public IEnumerable<ManifestError> AllErrors => [.. Errors, .. Documents.SelectMany(document => document.Errors)];

    public bool IsValid => !AllErrors.Any();
}
