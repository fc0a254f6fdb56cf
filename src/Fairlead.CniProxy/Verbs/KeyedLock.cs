namespace Fairlead.CniProxy.Verbs;

/// <summary>One holder at a time for each key, in order of arrival.</summary>
internal sealed class KeyedLock
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Waits for the key; disposing the result lets the next one in.</summary>
    public async Task<IDisposable> EnterAsync(string key, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(key, out entry))
                _entries[key] = entry = new Entry();
            entry.Users++;
        }

        try
        {
            await entry.Turn.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(key, entry);
            throw;
        }

        return new Holder(this, key, entry);
    }

    /// <summary>Takes the key if nobody holds it or waits for it; null otherwise.</summary>
    public IDisposable? TryEnter(string key)
    {
        lock (_entries)
        {
            if (_entries.ContainsKey(key))
                return null;
            Entry entry = new() { Users = 1 };
            _ = entry.Turn.Wait(0);
            _entries[key] = entry;
            return new Holder(this, key, entry);
        }
    }

    /// <summary>Whether no key is held.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_entries)
                return _entries.Count == 0;
        }
    }

    private void Leave(string key, Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users == 0)
                _entries.Remove(key);
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1);
        public int Users { get; set; }
    }

    private sealed class Holder(KeyedLock owner, string key, Entry entry) : IDisposable
    {
        public void Dispose()
        {
            entry.Turn.Release();
            owner.Leave(key, entry);
        }
    }
}
