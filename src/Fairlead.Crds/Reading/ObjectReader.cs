using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fairlead.Crds.Reading;

/// <summary>
/// Reads the fields of one object by name. Each call makes a field known; <see cref="Finish"/> then refuses the others.
/// A field of the wrong form is reported and counts as not given, so that reading goes on.
/// </summary>
internal sealed partial class ObjectReader(MappingNode node, string path, PathIndex paths, Findings findings)
{
    private readonly List<string> _known = [];

    public MappingNode Node => node;

    public string? String(string name, string example)
    {
        if (Take(name) is not { } value)
            return null;
        if (value is ScalarNode scalar)
            return scalar.Value;
        Refuse(name, value, $"wanted a string, as in {name}: {example}");
        return null;
    }

    public int? Int(string name, int example) =>
        Number(name, string.Create(CultureInfo.InvariantCulture, $"{name}: {example}"), int.MaxValue) is long value
            ? (int)value
            : null;

    public long? Long(string name, long example) =>
        Number(name, string.Create(CultureInfo.InvariantCulture, $"{name}: {example}"), long.MaxValue);

    public bool? Bool(string name, bool example)
    {
        if (Take(name) is not { } value)
            return null;
        bool? read = value is ScalarNode { Plain: true } scalar ? BoolOf(scalar.Value) : null;
        if (read is not null)
            return read;
        string wanted =
            value is ScalarNode { Plain: false } quoted && BoolOf(quoted.Value) is not null
                ? "wanted true or false without quotes"
                : "wanted true or false";
        Refuse(name, value, $"{wanted}, as in {name}: {(example ? "true" : "false")}");
        return null;
    }

    public DateTimeOffset? Time(string name)
    {
        if (Take(name) is not { } value)
            return null;
        if (
            value is ScalarNode scalar
            && DateTimeOffset.TryParse(
                scalar.Value,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out DateTimeOffset time
            )
        )
        {
            return time;
        }
        Refuse(name, value, $"wanted a time, as in {name}: \"2026-01-31T12:00:00Z\"");
        return null;
    }

    public T? Word<T>(string name)
        where T : struct, Enum
    {
        if (Take(name) is not { } value)
            return null;
        string[] known = Enum.GetNames<T>();
        if (value is ScalarNode scalar && known.Contains(scalar.Value, StringComparer.Ordinal))
            return Enum.Parse<T>(scalar.Value);
        Refuse(name, value, $"wanted one of {Quoting.List(known)}");
        return null;
    }

    public T? Object<T>(string name, string example, Func<ObjectReader, T> read)
        where T : class
    {
        if (Take(name) is not { } value)
            return null;
        if (value is MappingNode mapping)
            return Enter(mapping, Join(path, name), read);
        Refuse(name, value, $"wanted an object, as in {name}: {Example(example, value)}");
        return null;
    }

    public IReadOnlyList<T> List<T>(string name, string example, Func<ObjectReader, T> read)
        where T : class, new()
    {
        List<T> items = [];
        foreach ((Node item, string itemPath) in Items(name, $"wanted a list, as in {name}: [{example}]"))
        {
            if (item is MappingNode mapping)
            {
                items.Add(Enter(mapping, itemPath, read));
                continue;
            }
            findings.Add(itemPath, item.Start, $"wanted an object, as in {example}");
            items.Add(new T()); // keeps the index of those that follow
        }
        return items;
    }

    public IReadOnlyList<string> Strings(string name, string example)
    {
        List<string> items = [];
        foreach ((Node item, string itemPath) in Items(name, $"wanted a list, as in {name}: [{example}]"))
        {
            if (item is not ScalarNode { IsNull: false })
                findings.Add(itemPath, item.Start, $"wanted a string, as in {example}");
            items.Add(item is ScalarNode scalar ? scalar.Value : "");
        }
        return items;
    }

    public IReadOnlyDictionary<string, string> Map(string name, string example)
    {
        if (Take(name) is not { } value)
            return NoStrings.Instance;
        if (value is not MappingNode mapping)
        {
            Refuse(name, value, $"wanted an object, as in {name}: {example}");
            return NoStrings.Instance;
        }
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        foreach ((ScalarNode key, Node item) in mapping.Entries)
        {
            string keyPath = FieldPath.Key(Join(path, name), key.Value);
            paths.Add(keyPath, key.Start);
            if (item is ScalarNode scalar)
                map[key.Value] = scalar.IsNull ? "" : scalar.Value;
            else
                findings.Add(keyPath, item.Start, $"wanted a string, as in {name}: {example}");
        }
        return map;
    }

    /// <summary>An object of somebody else's, taken as it is.</summary>
    public JsonObject? Json(string name, string example)
    {
        if (Take(name) is not { } value)
            return null;
        if (value is MappingNode mapping)
            return NodeJson.Of(mapping);
        Refuse(name, value, $"wanted an object, as in {name}: {example}");
        return null;
    }

    /// <summary>Refuses the fields that nobody asked for.</summary>
    public void Finish()
    {
        foreach ((ScalarNode key, Node _) in node.Entries)
        {
            if (_known.Contains(key.Value, StringComparer.Ordinal))
                continue;
            string hint = Suggestion.Nearest(key.Value, _known) is { } nearest
                ? $"did you mean {Quoting.Quote(nearest)}?"
                : $"known here: {Quoting.List(_known)}";
            findings.Add(FieldPath.Field(path, key.Value), key.Start, $"unknown field; {hint}");
        }
    }

    /// <summary>Makes a field known without reading it.</summary>
    public Node? Take(string name)
    {
        _known.Add(name);
        if (node.Find(name) is not { } entry)
            return null;
        if (entry.Value is ScalarNode { IsNull: true })
        {
            paths.Add(Join(path, name), entry.Key.Start);
            return null;
        }
        paths.Add(Join(path, name), entry.Value.Start);
        return entry.Value;
    }

    public void Refuse(string name, Node value, string message) => findings.Add(Join(path, name), value.Start, message);

    private T Enter<T>(MappingNode mapping, string at, Func<ObjectReader, T> read)
    {
        ObjectReader reader = new(mapping, at, paths, findings);
        T result = read(reader);
        reader.Finish();
        return result;
    }

    private IEnumerable<(Node Item, string Path)> Items(string name, string wanted)
    {
        if (Take(name) is not { } value)
            yield break;
        if (value is not SequenceNode sequence)
        {
            Refuse(name, value, wanted);
            yield break;
        }
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            string itemPath = FieldPath.Item(Join(path, name), i);
            paths.Add(itemPath, sequence.Items[i].Start);
            yield return (sequence.Items[i], itemPath);
        }
    }

    private long? Number(string name, string example, long most)
    {
        if (Take(name) is not { } value)
            return null;
        if (value is ScalarNode scalar && WholeNumber.IsMatch(scalar.Value))
        {
            if (!scalar.Plain)
                Refuse(name, value, $"wanted a whole number without quotes, as in {example}");
            else if (
                long.TryParse(scalar.Value, CultureInfo.InvariantCulture, out long number)
                && Math.Abs(number) <= most
            )
                return number;
            else
                Refuse(name, value, $"{scalar.Value} is too large a number");
            return null;
        }
        Refuse(name, value, $"wanted a whole number, as in {example}");
        return null;
    }

    // yes, no, on and off are YAML 1.1's, which kubectl still reads, and the words of libvirt's XML.
    internal static bool? BoolOf(string word) =>
        word switch
        {
            "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
            "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
            _ => null,
        };

    // {type: <virtio>} shows the value that was given, as in model: e1000, where it could be meant.
    private static string Example(string example, Node value) =>
        Placeholder.Replace(
            example,
            match =>
                value is ScalarNode { Value: var given }
                && (WholeNumber.IsMatch(match.Groups["word"].Value) ? WholeNumber : SimpleWord).IsMatch(given)
                    ? given
                    : match.Groups["word"].Value
        );

    private static string Join(string path, string name) => FieldPath.Field(path, name);

    // No leading zero: 010 is ten to YAML 1.2 and eight to YAML 1.1.
    [GeneratedRegex(@"^[+-]?(0|[1-9][0-9]*)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WholeNumber { get; }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SimpleWord { get; }

    [GeneratedRegex("<(?<word>[^>]+)>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder { get; }
}
