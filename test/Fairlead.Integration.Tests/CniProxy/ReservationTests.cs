using Fairlead.CniProxy.V1;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>Reservations of ours that somebody else frees, as CNI GC of another runtime on the same network does.</summary>
public sealed class ReservationTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FreedReservation_IsPutBackAndReported_AndTheAddressIsGivenToNobodyElse()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        Attachment attachment = await pod.AddAsync("uid/net0", "vmi0");
        string file = ReservationOf(node, attachment);
        string written = await File.ReadAllTextAsync(file, Cancellation);

        File.Delete(file);

        await Eventually.SucceedsAsync(
            async () =>
            {
                Assert.Equal(written, await File.ReadAllTextAsync(file, Cancellation));
                Assert.Contains("put back", Assert.Single(await pod.ListAsync()).Message, StringComparison.Ordinal);
                Assert.Contains(
                    "put back",
                    Assert.Single((await pod.StatusAsync()).Warnings),
                    StringComparison.Ordinal
                );
            },
            s_patience,
            "the reservation is back"
        );
        // host-local itself takes it for its own: neither gives it away nor fails to free it.
        Attachment second = await pod.AddAsync("uid/net1", "vmi1");
        Assert.NotEqual(attachment.Result.Addresses[0].Cidr, second.Result.Addresses[0].Cidr);
        await pod.DeleteAsync("uid/net0");
        await pod.DeleteAsync("uid/net1");
        await node.ReleasedAsync();
    }

    [Fact]
    public async Task AddressGivenToSomebodyElse_IsReported_AndNotTakenAway()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        Attachment attachment = await pod.AddAsync("uid/net0", "vmi0");
        string file = ReservationOf(node, attachment);

        await File.WriteAllTextAsync(file, "somebody-else\r\neth0", Cancellation);

        await Eventually.SucceedsAsync(
            async () =>
                Assert.Contains(
                    "given to container somebody-else",
                    Assert.Single(await pod.ListAsync()).Message,
                    StringComparison.Ordinal
                ),
            s_patience,
            "it is reported"
        );
        Assert.StartsWith("somebody-else", await File.ReadAllTextAsync(file, Cancellation), StringComparison.Ordinal);
    }

    private static string ReservationOf(ProxyNode node, Attachment attachment) =>
        node.Node.HostPath($"/var/lib/cni/networks/podnet/{attachment.Result.Addresses[0].Cidr.Split('/')[0]}");
}
