using System.Globalization;

namespace Fairlead.Crds.Reading;

/// <summary>Collects what is wrong with one document while it is read.</summary>
internal sealed class Findings(string source, PathIndex paths)
{
    private readonly List<ManifestError> _errors = [];
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);
    private int _omitted;

    /// <summary>The errors in the order of the text.</summary>
    public IReadOnlyList<ManifestError> ToList()
    {
        List<ManifestError> sorted = [.. _errors.OrderBy(error => error.Line).ThenBy(error => error.Column)];
        if (_omitted > 0)
        {
            sorted.Add(
                sorted[^1] with
                {
                    Path = "",
                    Message = string.Create(
                        CultureInfo.InvariantCulture,
                        $"and {_omitted} more errors in this document"
                    ),
                }
            );
        }
        return sorted;
    }

    /// <summary>A fault of form: the field counts as not given, and later checks keep quiet about it.</summary>
    public void Add(string path, int offset, string message)
    {
        _unreadable.Add(path);
        Append(paths.ToError(source, path, offset, message));
    }

    /// <summary>A field that is given again; the first one is read.</summary>
    public void AddTwice(string path, int offset, int firstLine) =>
        Append(
            paths.ToError(
                source,
                path,
                offset,
                string.Create(CultureInfo.InvariantCulture, $"given twice, first in line {firstLine}")
            )
        );

    /// <summary>A finding of a check, unless the field could not even be read.</summary>
    public void Add(ValidationError error)
    {
        for (string path = error.Path; path is not ""; path = PathIndex.Parent(path))
        {
            if (_unreadable.Contains(path))
                return;
        }
        Append(paths.ToError(source, error));
    }

    private void Append(ManifestError error)
    {
        if (_errors.Count < ManifestLimits.Errors)
            _errors.Add(error);
        else
            _omitted++;
    }
}
