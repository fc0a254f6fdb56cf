namespace Fairlead.Kubernetes;

/// <summary>An object that carries Kubernetes' metadata in our own type.</summary>
public interface IKubernetesObject
{
    ObjectMeta Metadata { get; }
}

/// <summary>metav1.ObjectMeta, without managedFields.</summary>
public sealed record ObjectMeta
{
    public string Name { get; init; } = "";

    public string? GenerateName { get; init; }

    public string? Namespace { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public long? Generation { get; init; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    public DateTimeOffset? DeletionTimestamp { get; init; }

    public long? DeletionGracePeriodSeconds { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public IReadOnlyList<string>? Finalizers { get; init; }

    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }

    /// <summary>For <see cref="ResourceType{T}"/>.</summary>
    public ObjectIdentity Identity => new(new ObjectKey(Namespace ?? "", Name), Uid, ResourceVersion);
}

/// <summary>metav1.OwnerReference.</summary>
public sealed record OwnerReference
{
    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    public bool? Controller { get; init; }

    public bool? BlockOwnerDeletion { get; init; }
}

/// <summary>corev1.ObjectReference: the object that an event is about.</summary>
public sealed record ObjectReference
{
    public string? ApiVersion { get; init; }

    public required string Kind { get; init; }

    public string? Namespace { get; init; }

    public required string Name { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }
}
