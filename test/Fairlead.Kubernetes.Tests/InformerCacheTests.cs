using Fairlead.Kubernetes.Informing;

namespace Fairlead.Kubernetes.Tests;

public sealed class InformerCacheTests
{
    private readonly InformerCache<Lease> _cache = new(lease => lease.Metadata.Identity);

    [Fact]
    public void ListAfterAList_TellsOnlyWhatIsDifferent()
    {
        _cache.Replace([Of("gone", "1"), Of("same", "1"), Of("changed", "1")]);

        IReadOnlyList<InformerChange<Lease>> changes = _cache.Replace([
            Of("same", "1"),
            Of("changed", "2"),
            Of("new", "3"),
        ]);

        Assert.Equal(
            ["Deleted gone", "Modified changed", "Added new"],
            changes.Select(c => $"{c.Type} {c.Object.Metadata.Name}")
        );
        Assert.Equal(3, _cache.Count);
    }

    [Fact]
    public void ObjectMadeAnewUnnoticed_IsToldAsTwoChanges()
    {
        _cache.Set(Of("a", "1", "first"));

        IReadOnlyList<InformerChange<Lease>> changes = _cache.Replace([Of("a", "9", "second")]);

        Assert.Equal(["Deleted first", "Added second"], changes.Select(c => $"{c.Type} {c.Object.Metadata.Uid}"));
    }

    [Fact]
    public void EventSeenTwice_IsToldOnce()
    {
        Assert.Single(_cache.Set(Of("a", "1")));
        Assert.Empty(_cache.Set(Of("a", "1")));
        Assert.Single(_cache.Remove(Of("a", "2")));
        Assert.Empty(_cache.Remove(Of("a", "2")));
    }

    private static Lease Of(string name, string version, string uid = "uid") =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Namespace = "default",
                Name = name,
                Uid = uid,
                ResourceVersion = version,
            },
        };
}
