using Fairlead.Netlink.Interop;
using static Fairlead.Netlink.Interop.Rtnetlink;

namespace Fairlead.Netlink.Tests;

public sealed class NetlinkConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dump_InOneDatagramAMessage_IsCollectedToItsEnd()
    {
        await using FakeKernel kernel = new();
        await using RouteSocket route = new(kernel.Client);

        Task<IReadOnlyList<Link>> listing = route.ListLinksAsync(Token).AsTask();
        await kernel.AnswerAsync(request => Reply("links", request));

        Assert.Equal(["lo", "br0", "veth1", "veth0"], (await listing).Select(link => link.Name));
    }

    [Fact]
    public async Task Dump_InOneDatagramLargerThanTheBuffer_IsNotCutShort()
    {
        await using FakeKernel kernel = new();
        await using RouteSocket route = new(kernel.Client);

        Task<IReadOnlyList<Link>> listing = route.ListLinksAsync(Token).AsTask();
        await kernel.AnswerAsync(request =>
        {
            List<byte[]> messages = [.. Reply("links", request)];
            IEnumerable<byte> manyLinks = Enumerable
                .Repeat(messages.SkipLast(1).SelectMany(m => m), 10)
                .SelectMany(m => m);
            return
            [
                [.. manyLinks, .. messages[^1]],
            ];
        });

        Assert.Equal(40, (await listing).Count);
    }

    [Fact]
    public async Task InterruptedDump_IsReadToItsEnd_AndAskedForAgain()
    {
        await using FakeKernel kernel = new();
        await using RouteSocket route = new(kernel.Client);

        Task<IReadOnlyList<Link>> listing = route.ListLinksAsync(Token).AsTask();
        NlMsgHdr first = await kernel.AnswerAsync(request => Reply("links", request, NLM_F_DUMP_INTR));
        NlMsgHdr second = await kernel.AnswerAsync(request => Reply("links", request));

        Assert.Equal(4, (await listing).Count);
        Assert.NotEqual(first.Sequence, second.Sequence);
    }

    [Fact]
    public async Task DumpThatIsAlwaysInterrupted_IsGivenUp_AsTransient()
    {
        await using FakeKernel kernel = new();
        await using RouteSocket route = new(kernel.Client);

        Task<IReadOnlyList<Link>> listing = route.ListLinksAsync(Token).AsTask();
        for (int i = 0; i < 20; i++)
            await kernel.AnswerAsync(request => Reply("links", request, NLM_F_DUMP_INTR));

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => listing);
        Assert.Equal(Errno.EINTR, e.Errno);
        Assert.True(e.IsTransient);
    }

    [Fact]
    public async Task RepliesToOthers_AreNotTakenForOurs()
    {
        await using FakeKernel kernel = new();
        await using RouteSocket route = new(kernel.Client);

        Task deletion = route.DeleteLinkAsync(7, Token).AsTask();
        await kernel.AnswerAsync(request =>
            [
                FakeKernel.Acknowledge(request.Sequence - 1, (int)Errno.EPERM),
                FakeKernel.Acknowledge(request.Sequence, (int)Errno.EPERM, portId: 99),
                .. Reply("links", request with { Sequence = request.Sequence - 1 }),
                FakeKernel.Acknowledge(request.Sequence, (int)Errno.ENODEV),
            ]
        );

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => deletion);
        Assert.Equal(Errno.ENODEV, e.Errno);
        Assert.Equal("delete link 7: ENODEV (No such device)", e.Message);
    }

    [Fact]
    public async Task Refusal_CarriesCodeTextAndOperation()
    {
        await using FakeKernel kernel = new();
        await using RouteSocket route = new(kernel.Client);

        Task change = route.SetLinkAsync(3, new LinkChange { MtuBytes = 10 }, Token).AsTask();
        await kernel.AnswerAsync(request => Reply("refused", request, NLM_F_CAPPED | NLM_F_ACK_TLVS));

        NetlinkException e = await Assert.ThrowsAsync<NetlinkException>(() => change);
        Assert.Equal(Errno.EINVAL, e.Errno);
        Assert.Equal("mtu less than device minimum", e.KernelMessage);
        Assert.Equal("set link 3", e.Operation);
        Assert.Equal("set link 3: EINVAL (Invalid argument): mtu less than device minimum", e.Message);
    }

    [Fact]
    public async Task MalformedMessageInADump_FailsTheRequest_AndNotTheNextOne()
    {
        await using FakeKernel kernel = new();
        await using RouteSocket route = new(kernel.Client);

        Task<IReadOnlyList<Link>> listing = route.ListLinksAsync(Token).AsTask();
        await kernel.AnswerAsync(request =>
        {
            List<byte[]> messages = [.. Reply("links", request)];
            messages[0][32] = 1; // the first attribute's length, shorter than its own header
            messages[0][33] = 0;
            return messages;
        });
        await Assert.ThrowsAsync<NetlinkFormatException>(() => listing);

        listing = route.ListLinksAsync(Token).AsTask();
        await kernel.AnswerAsync(request => Reply("links", request));
        Assert.Equal(4, (await listing).Count);
    }

    [Fact]
    public async Task RequestCancelledWhileItWaitsItsTurn_IsNeverSent()
    {
        await using FakeKernel kernel = new();
        await using RouteSocket route = new(kernel.Client);
        using CancellationTokenSource cancel = new();

        Task first = route.DeleteLinkAsync(1, Token).AsTask();
        Task second = route.DeleteLinkAsync(2, cancel.Token).AsTask();
        Task third = route.DeleteLinkAsync(3, Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        NlMsgHdr one = await kernel.AnswerAsync(request => [FakeKernel.Acknowledge(request.Sequence)]);
        await first;
        NlMsgHdr three = await kernel.AnswerAsync(request => [FakeKernel.Acknowledge(request.Sequence)]);
        await third;
        Assert.Equal(one.Sequence + 1, three.Sequence);
    }

    [Fact]
    public async Task RequestsThatWait_EndWithTheSocket()
    {
        await using FakeKernel kernel = new();
        RouteSocket route = new(kernel.Client);
        Task waiting = route.DeleteLinkAsync(1, Token).AsTask();
        Task queued = route.DeleteLinkAsync(2, Token).AsTask();

        await route.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => queued);
    }

    private static IEnumerable<byte[]> Reply(string name, NlMsgHdr request, int flags = 2) =>
        CapturedReplies.Messages(name).Select(m => FakeKernel.Rewrite(m, request.Sequence, (ushort)flags));
}
