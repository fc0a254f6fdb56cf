namespace Fairlead.CniProxy.Limits;

/// <summary>So many connections of one caller; more are closed at once. All strangers together count as one.</summary>
internal sealed class ConnectionPlaces
{
    public const int MostOfOneCaller = 32;
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>A place until the result is disposed, or null when there is none.</summary>
    public IDisposable? TryEnter(string caller)
    {
        lock (_open)
        {
            int count = _open.GetValueOrDefault(caller);
            if (count >= MostOfOneCaller)
                return null;
            _open[caller] = count + 1;
        }

        return new Place(this, caller);
    }

    private void Leave(string caller)
    {
        lock (_open)
        {
            if (--_open[caller] == 0)
                _open.Remove(caller);
        }
    }

    private sealed class Place(ConnectionPlaces owner, string caller) : IDisposable
    {
        public void Dispose() => owner.Leave(caller);
    }
}
