namespace Fairlead.Crds.Reading;

/// <summary>Where in the text each field of one document stands.</summary>
internal sealed class PathIndex(LineMap lines, string prefix, int start)
{
    private readonly Dictionary<string, int> _offsets = new(StringComparer.Ordinal) { [""] = start };

    public void Add(string path, int offset) => _offsets.TryAdd(path, offset);

    /// <summary>The place of a field; of what it would be in, when it is not there.</summary>
    public (int Line, int Column) Locate(string path)
    {
        int offset;
        while (!_offsets.TryGetValue(path, out offset))
            path = Parent(path);
        return lines.Locate(offset);
    }

    public ManifestError ToError(string source, ValidationError error)
    {
        (int line, int column) = Locate(error.Path);
        return new ManifestError(source, Prefixed(error.Path), line, column, error.Message);
    }

    public ManifestError ToError(string source, string path, int offset, string message)
    {
        (int line, int column) = lines.Locate(offset);
        return new ManifestError(source, Prefixed(path), line, column, message);
    }

    /// <summary>The items of a List are named from the top of the file: <c>items[1].spec</c>.</summary>
    private string Prefixed(string path) =>
        prefix is "" ? path
        : path is "" ? prefix
        : $"{prefix}.{path}";

    /// <summary>What a field is in; empty for the whole object.</summary>
    public static string Parent(string path) => path[..Math.Max(0, path.AsSpan().LastIndexOfAny('.', '['))];
}
