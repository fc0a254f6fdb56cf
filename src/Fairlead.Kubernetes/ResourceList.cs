namespace Fairlead.Kubernetes;

/// <summary>A list, or a page of one.</summary>
/// <param name="Items">The objects.</param>
/// <param name="ResourceVersion">Where a watch goes on from.</param>
/// <param name="Continue">Asks for the next page; null on the last.</param>
public sealed record ResourceList<T>(IReadOnlyList<T> Items, string ResourceVersion, string? Continue);

/// <summary>Which objects are meant; what is null does not narrow.</summary>
public sealed record Selection
{
    public static Selection Everything { get; } = new();

    public string? Namespace { get; init; }

    /// <summary>As <c>app=web,tier!=test</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>As <c>status.node=worker-1</c>; only the fields that the type declares.</summary>
    public string? FieldSelector { get; init; }
}

/// <summary>What a watch saw.</summary>
public enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>Nothing happened up to this resource version; there is no object.</summary>
    Bookmark,
}

/// <param name="Object">Null for a bookmark, and for an object that could not be decoded.</param>
/// <param name="ResourceVersion">Where a later watch goes on from.</param>
public sealed record WatchEvent<T>(WatchEventType Type, T? Object, string ResourceVersion)
    where T : class;

/// <summary>How a write is to be done.</summary>
public sealed record WriteOptions
{
    public static WriteOptions Default { get; } = new();

    /// <summary>The part of the object that is meant, as <c>status</c>.</summary>
    public string? Subresource { get; init; }

    /// <summary>Who is said to own the written fields; null: the client's user agent.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Whether an apply takes fields that other managers own, instead of failing with a conflict.</summary>
    public bool Force { get; init; }

    /// <summary>Whether everything is done but the storing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether a field that the type does not have is an error; else the server drops it.</summary>
    public bool RefuseUnknownFields { get; init; }
}

/// <summary>How an object is to be deleted.</summary>
public sealed record DeleteOptions
{
    public static DeleteOptions Default { get; } = new();

    /// <summary>Delete only the object with this UID, never a later one of the same name.</summary>
    public string? Uid { get; init; }

    /// <summary>Delete only if it has not changed since.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Null: as the object itself says.</summary>
    public TimeSpan? GracePeriod { get; init; }

    /// <summary>Background, Foreground or Orphan; null: the type's own.</summary>
    public string? PropagationPolicy { get; init; }
}
