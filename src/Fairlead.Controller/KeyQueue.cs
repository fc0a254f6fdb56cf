namespace Fairlead.Controller;

/// <summary>Objects that want a look, each once. For one reader.</summary>
internal sealed class KeyQueue<T> : IDisposable
    where T : notnull
{
    private readonly Lock _lock = new();
    private readonly HashSet<T> _waiting = [];
    private readonly Queue<T> _order = [];
    private readonly SemaphoreSlim _added = new(0);

    public int Count
    {
        get
        {
            lock (_lock)
                return _order.Count;
        }
    }

    public void Add(T key)
    {
        lock (_lock)
        {
            if (!_waiting.Add(key))
                return;
            _order.Enqueue(key);
        }

        _added.Release();
    }

    public async Task<T> TakeAsync(CancellationToken cancellationToken)
    {
        await _added.WaitAsync(cancellationToken);
        lock (_lock)
        {
            T key = _order.Dequeue();
            _waiting.Remove(key);
            return key;
        }
    }

    public void Dispose() => _added.Dispose();
}
