using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fairlead.Storage;

/// <summary>A file that was no record of this directory's kind, and where it was put.</summary>
public sealed record SetAsideFile(string Path, string NewPath, string Reason);

/// <summary>
/// A directory of JSON records, one file each, kept in memory too. Every write is durable before it returns. A file that
/// cannot be read is set aside under another name and reported, never fatal. Safe for use from several tasks, as long as
/// one record has one writer at a time.
/// </summary>
/// <typeparam name="T">The record; immutable.</typeparam>
public sealed class RecordDirectory<T>
    where T : class
{
    private const string Suffix = ".json";
    private const string AsideSuffix = ".unreadable";

    private readonly string _directory;
    private readonly JsonTypeInfo<T> _type;
    private readonly Func<T, string> _keyOf;
    private readonly ConcurrentDictionary<string, T> _records = new(StringComparer.Ordinal);

    private RecordDirectory(string directory, JsonTypeInfo<T> type, Func<T, string> keyOf)
    {
        _directory = directory;
        _type = type;
        _keyOf = keyOf;
    }

    /// <summary>Files that were set aside when the directory was opened, or by an earlier run and are still there.</summary>
    public IReadOnlyList<SetAsideFile> SetAside { get; private set; } = [];

    /// <summary>Opens the directory, making it (mode 0700) when there is none.</summary>
    /// <param name="directory">Where the records live.</param>
    /// <param name="type">How a record is written as JSON.</param>
    /// <param name="keyOf">What identifies a record; any string, since file names are hashes of it.</param>
    /// <param name="check">Says what is wrong with a record that is JSON of the right shape, or null.</param>
    public static RecordDirectory<T> Open(
        string directory,
        JsonTypeInfo<T> type,
        Func<T, string> keyOf,
        Func<T, string?>? check = null
    )
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        RecordDirectory<T> records = new(directory, type, keyOf);
        records.Load(check);
        return records;
    }

    /// <summary>All records, in no order.</summary>
    public IReadOnlyCollection<T> List() => [.. _records.Values];

    /// <summary>The record of that key, or null.</summary>
    public T? Find(string key) => _records.GetValueOrDefault(key);

    /// <summary>Writes the record; returns once it would survive a power loss.</summary>
    public async Task SaveAsync(T record)
    {
        string key = _keyOf(record);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(record, _type);
        await DurableFile.WriteAsync(PathOf(key), json);
        _records[key] = record;
    }

    /// <summary>Forgets the record; absent is success.</summary>
    public void Remove(string key)
    {
        DurableFile.Delete(PathOf(key));
        _records.TryRemove(key, out _);
    }

    private void Load(Func<T, string?>? check)
    {
        List<SetAsideFile> setAside = [];
        foreach (string path in Directory.EnumerateFiles(_directory).Order(StringComparer.Ordinal))
        {
            if (path.EndsWith(DurableFile.TemporarySuffix, StringComparison.Ordinal))
            {
                File.Delete(path); // a write that was cut off before its rename
                continue;
            }

            if (path.EndsWith(Suffix + AsideSuffix, StringComparison.Ordinal))
                setAside.Add(new SetAsideFile(path[..^AsideSuffix.Length], path, "set aside by an earlier run"));
            if (!path.EndsWith(Suffix, StringComparison.Ordinal))
                continue;
            try
            {
                T record = Read(path, check);
                _records[_keyOf(record)] = record;
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                setAside.Add(PutAside(path, e.Message));
            }
        }

        SetAside = setAside;
    }

    private T Read(string path, Func<T, string?>? check)
    {
        T record = JsonSerializer.Deserialize(File.ReadAllBytes(path), _type) ?? throw new JsonException("null");
        if (check?.Invoke(record) is { } wrong)
            throw new JsonException(wrong);
        string key = _keyOf(record);
        return PathOf(key) == path ? record : throw new JsonException($"the record of {key} belongs in {PathOf(key)}");
    }

    private static SetAsideFile PutAside(string path, string reason)
    {
        string aside = path + AsideSuffix;
        try
        {
            File.Move(path, aside, overwrite: true);
            return new SetAsideFile(path, aside, reason);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SetAsideFile(path, path, $"{reason}; it cannot be moved: {e.Message}");
        }
    }

    // A hash, so that no string of a client ever becomes part of a path.
    private string PathOf(string key) =>
        Path.Combine(_directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))) + Suffix);
}
