namespace Fairlead.Kubernetes;

/// <summary>What names an object among all of its type. <c>Namespace</c> is empty for an object of the cluster.</summary>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>An object that is in no namespace.</summary>
    public static ObjectKey OfCluster(string name) => new("", name);

    public override string ToString() => Namespace is "" ? Name : Namespace + "/" + Name;
}

/// <summary>What the library must know of an object, whatever its type: its names and its version.</summary>
/// <param name="Key">Namespace and name.</param>
/// <param name="Uid">Differs when an object of the same name was made anew; null in one that is not created yet.</param>
/// <param name="ResourceVersion">Opaque; other after every change.</param>
public readonly record struct ObjectIdentity(ObjectKey Key, string? Uid, string? ResourceVersion);
