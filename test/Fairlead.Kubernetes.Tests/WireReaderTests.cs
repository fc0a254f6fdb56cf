using System.Text;
using Fairlead.Kubernetes.Requests;

namespace Fairlead.Kubernetes.Tests;

public sealed class WireReaderTests
{
    [Fact]
    public void List_IsReadItemByItem_WithVersionAndContinuation()
    {
        const string Json = """
            {"kind":"LeaseList","apiVersion":"coordination.k8s.io/v1","metadata":{"remainingItemCount":3,"continue":"abc","resourceVersion":"17"},
             "items":[{"metadata":{"name":"a","managedFields":[{"x":{}}]},"spec":{"holderIdentity":"me"}},{"metadata":{"name":"b"}}]}
            """;

        ResourceList<Lease> list = WireReader.ReadList(Bytes(Json), Lease.Resource.Json, null);

        Assert.Equal(["a", "b"], list.Items.Select(l => l.Metadata.Name));
        Assert.Equal("me", list.Items[0].Spec.HolderIdentity);
        Assert.Equal(("17", "abc"), (list.ResourceVersion, list.Continue));
    }

    [Fact]
    public void ObjectThatDoesNotFit_IsNamed_AndTheOthersAreRead()
    {
        const string Json = """
            {"items":[{"metadata":{"namespace":"x","name":"bad"},"spec":{"leaseTransitions":"many"}},{"metadata":{"name":"good"}}],"metadata":{"resourceVersion":"1"}}
            """;
        List<string> problems = [];

        ResourceList<Lease> list = WireReader.ReadList(Bytes(Json), Lease.Resource.Json, problems.Add);

        Assert.Equal("good", Assert.Single(list.Items).Metadata.Name);
        Assert.StartsWith("x/bad: ", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyContinuation_IsTheLastPage() =>
        Assert.Null(
            WireReader
                .ReadList(Bytes("""{"metadata":{"continue":""},"items":null}"""), Lease.Resource.Json, null)
                .Continue
        );

    [Theory]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"}}}""")]
    [InlineData("""{"object":{"metadata":{"name":"a"}},"more":[1,{"object":2}],"type":"ADDED"}""")]
    public void WatchLine_IsReadInAnyOrder(string line)
    {
        (string type, ReadOnlyMemory<byte> json) = WireReader.ReadWatchLine(Bytes(line));

        Assert.Equal("ADDED", type);
        Assert.Equal("""{"metadata":{"name":"a"}}""", Encoding.UTF8.GetString(json.Span));
    }

    [Fact]
    public void MicroTime_HasSixDigits() =>
        Assert.Equal(
            "2026-01-02T03:04:05.000070Z",
            KubernetesMicroTimeConverter.Format(
                new DateTimeOffset(2026, 1, 2, 4, 4, 5, TimeSpan.FromHours(1)).AddTicks(700)
            )
        );

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);
}
