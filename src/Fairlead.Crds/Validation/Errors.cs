namespace Fairlead.Crds.Validation;

/// <summary>Collects findings; the shapes of rule that recur have a method here.</summary>
internal sealed class Errors
{
    private readonly List<ValidationError> _errors = [];

    public IReadOnlyList<ValidationError> ToList() => _errors;

    public void Add(string path, string message) => _errors.Add(new ValidationError(path, message));

    /// <summary>A word out of a list; null is left to the default.</summary>
    public void Known(string path, string? value, IReadOnlyList<string> known, string what)
    {
        if (value is not null && !known.Contains(value, StringComparer.Ordinal))
            Add(path, Wording.NotKnown(Quoting.Quote(value), what, known));
    }

    public void Range(string path, long? value, long least, long most)
    {
        if (value < least || value > most)
            Add(path, Wording.Between(least, most));
    }

    /// <summary>A text of a given syntax; null is left to the default, or to a rule of its own.</summary>
    public void Matches(string path, string? value, Func<string, bool> syntax, string what)
    {
        if (value is not null && !syntax(value))
            Add(path, Wording.IsNot(Quoting.Quote(value), what));
    }

    /// <summary>The same for a text that may have any character but those that XML and terminals do not take.</summary>
    public void MatchesText(string path, string? value, Func<string, bool> syntax, string what)
    {
        if (value is not null && !Syntax.IsText(value))
            Add(path, Wording.ControlCharacters(Quoting.Quote(value)));
        else
            Matches(path, value, syntax, what);
    }

    /// <summary>Every value once; the second one is reported, with where the first one is.</summary>
    public void Unique(IEnumerable<(string Path, string? Value)> values, IEqualityComparer<string> comparer)
    {
        Dictionary<string, string> seen = new(comparer);
        foreach ((string path, string? value) in values)
        {
            if (!string.IsNullOrEmpty(value) && !seen.TryAdd(value, path))
                Add(path, Wording.Taken(Quoting.Quote(value), seen[value]));
        }
    }
}
