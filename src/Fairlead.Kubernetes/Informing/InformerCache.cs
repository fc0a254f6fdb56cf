using System.Collections.Concurrent;

namespace Fairlead.Kubernetes.Informing;

/// <summary>The objects as last seen, and what is different after a list or an event. Written by one, read by anybody.</summary>
internal sealed class InformerCache<T>(Func<T, ObjectIdentity> identify)
    where T : class
{
    private readonly ConcurrentDictionary<ObjectKey, T> _objects = new();

    public IReadOnlyCollection<T> Items => [.. _objects.Values];

    public int Count => _objects.Count;

    public T? Find(ObjectKey key) => _objects.GetValueOrDefault(key);

    /// <summary>Takes a whole list.</summary>
    public IReadOnlyList<InformerChange<T>> Replace(IReadOnlyList<T> listed)
    {
        List<InformerChange<T>> changes = [];
        HashSet<ObjectKey> present = [.. listed.Select(item => identify(item).Key)];
        foreach ((ObjectKey key, T old) in _objects)
        {
            if (!present.Contains(key) && _objects.TryRemove(key, out _))
                changes.Add(new InformerChange<T>(InformerChangeType.Deleted, old, old));
        }

        foreach (T item in listed)
            changes.AddRange(Set(item));
        return changes;
    }

    public IReadOnlyList<InformerChange<T>> Set(T item)
    {
        ObjectIdentity identity = identify(item);
        T? old = _objects.GetValueOrDefault(identity.Key);
        _objects[identity.Key] = item;
        if (old is null)
            return [new InformerChange<T>(InformerChangeType.Added, item, null)];
        ObjectIdentity before = identify(old);
        // Another object of the same name: the first one's end was missed.
        if (before.Uid != identity.Uid)
            return
            [
                new InformerChange<T>(InformerChangeType.Deleted, old, old),
                new InformerChange<T>(InformerChangeType.Added, item, null),
            ];
        return before.ResourceVersion == identity.ResourceVersion
            ? []
            : [new InformerChange<T>(InformerChangeType.Modified, item, old)];
    }

    public IReadOnlyList<InformerChange<T>> Remove(T item) =>
        _objects.TryRemove(identify(item).Key, out T? old)
            ? [new InformerChange<T>(InformerChangeType.Deleted, item, old)]
            : [];
}
