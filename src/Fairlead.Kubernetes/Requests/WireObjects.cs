namespace Fairlead.Kubernetes.Requests;

/// <summary>metav1.Status: how the server says that something failed.</summary>
internal sealed record StatusObject
{
    public string? Kind { get; init; }

    public string? Message { get; init; }

    public string? Reason { get; init; }

    public int? Code { get; init; }

    public StatusDetailsObject? Details { get; init; }
}

internal sealed record StatusDetailsObject
{
    public string? Name { get; init; }

    public string? Group { get; init; }

    public string? Kind { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public IReadOnlyList<StatusCauseObject>? Causes { get; init; }
}

internal sealed record StatusCauseObject
{
    public string? Reason { get; init; }

    public string? Message { get; init; }

    public string? Field { get; init; }
}

/// <summary>What every object has; a bookmark has nothing else.</summary>
internal sealed record MetadataOnly
{
    public string? Kind { get; init; }

    public ObjectMeta? Metadata { get; init; }
}

/// <summary>metav1.DeleteOptions.</summary>
internal sealed record DeleteBody
{
    public string ApiVersion { get; init; } = "v1";

    public string Kind { get; init; } = "DeleteOptions";

    public long? GracePeriodSeconds { get; init; }

    public string? PropagationPolicy { get; init; }

    public DeletePreconditions? Preconditions { get; init; }
}

internal sealed record DeletePreconditions(string? Uid, string? ResourceVersion);
