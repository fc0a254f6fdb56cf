using System.Text.Json.Serialization.Metadata;

namespace Fairlead.Kubernetes;

/// <summary>Whether the objects of a type are in namespaces.</summary>
public enum ResourceScope
{
    Namespaced,
    Cluster,
}

/// <summary>
/// A type of the API as the caller wants to see it. <typeparamref name="T"/> may be a projection: what it has no property
/// for is skipped while reading, which is most of the memory that a cache of pods would need. Do not replace an object
/// with its projection: patch it.
/// </summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">As in <c>v1</c>.</param>
/// <param name="Plural">The name in URLs: lower case, plural.</param>
/// <param name="Json">Source-generated contract.</param>
/// <param name="Identify">Reads the object's identity.</param>
public sealed record ResourceType<T>(
    string Group,
    string Version,
    string Plural,
    JsonTypeInfo<T> Json,
    Func<T, ObjectIdentity> Identify
)
    where T : class
{
    public ResourceScope Scope { get; init; } = ResourceScope.Namespaced;

    /// <summary><c>apiVersion</c> of its objects.</summary>
    public string ApiVersion => Group is "" ? Version : Group + "/" + Version;

    /// <summary><c>pods</c>, or <c>leases.coordination.k8s.io</c>.</summary>
    public override string ToString() => Group is "" ? Plural : Plural + "." + Group;

    internal string CollectionPath(string? inNamespace)
    {
        string root = Group is "" ? "/api/" + Version : "/apis/" + Group + "/" + Version;
        return string.IsNullOrEmpty(inNamespace)
            ? $"{root}/{Plural}"
            : $"{root}/namespaces/{Uri.EscapeDataString(inNamespace)}/{Plural}";
    }

    internal string ObjectPath(ObjectKey key, string? subresource = null)
    {
        if (Scope == ResourceScope.Namespaced && key.Namespace is "")
            throw new ArgumentException($"{this} {key.Name}: the namespace is missing", nameof(key));
        if (key.Name is "")
            throw new ArgumentException($"{this}: the name is missing", nameof(key));
        string path = $"{CollectionPath(key.Namespace)}/{Uri.EscapeDataString(key.Name)}";
        return subresource is null ? path : path + "/" + subresource;
    }
}
