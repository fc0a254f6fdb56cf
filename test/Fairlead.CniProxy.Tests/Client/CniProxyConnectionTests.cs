using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Fairlead.CniProxy.Verbs;
using Fairlead.Hosting;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Tests.Client;

/// <summary>The client against a server of the same contract on a real socket.</summary>
public sealed class CniProxyConnectionTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeProxy _fake = new();
    private readonly CniProxyConnection _connection;
    private WebApplication? _server;

    public CniProxyConnectionTests() => _connection = new CniProxyConnection(Socket);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Socket => _directory.Of("run/proxy.sock");

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await StopAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Add_SaysWhatIsWanted()
    {
        Attachment attachment = await _connection.AddAsync("k", network: null, "vmi0", mac: null, Cancellation);
        await _connection.AddAsync("k", "net", "vmi0", "00:11:22:33:44:55", Cancellation);

        Assert.Equal("k", attachment.Key);
        Assert.Equal(
            [("k", "", "vmi0", ""), ("k", "net", "vmi0", "00:11:22:33:44:55")],
            _fake.Adds.Select(a => (a.Key, a.Network, a.InterfaceName, a.Options.Mac))
        );
    }

    [Fact]
    public async Task Refusal_KeepsReasonStatusAndMessage()
    {
        _fake.Failure = ProxyError.KeyConflict("key k is taken");

        CniProxyException e = await Assert.ThrowsAsync<CniProxyException>(() =>
            _connection.AddAsync("k", null, "vmi0", null, Cancellation)
        );

        Assert.Equal("ADD k: key k is taken", e.Message);
        Assert.Equal(
            (StatusCode.AlreadyExists, CniProxyReason.KeyConflict, false),
            (e.Status, e.Reason, e.IsTransient)
        );
    }

    [Fact]
    public async Task NobodyListens_SaysSoAndMayBeTriedAgain()
    {
        await StopAsync();

        CniProxyException e = await Assert.ThrowsAsync<CniProxyException>(() => _connection.ListAsync(Cancellation));

        Assert.StartsWith("list attachments: the CNI proxy cannot be reached (", e.Message, StringComparison.Ordinal);
        Assert.True(e.IsTransient);
        Assert.Null(e.Reason);
    }

    [Fact]
    public async Task ServerRestarted_TheNextCallConnectsAgain()
    {
        await _connection.ListAsync(Cancellation);
        await StopAsync();
        await Assert.ThrowsAsync<CniProxyException>(() => _connection.ListAsync(Cancellation));

        await StartAsync();

        Assert.Empty(await _connection.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Cancelled_IsACancellation()
    {
        _fake.Delay = TimeSpan.FromSeconds(60);
        using CancellationTokenSource giveUp = new(50);

        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _connection.DeleteAsync("k", giveUp.Token)
        );

        Assert.True(giveUp.IsCancellationRequested);
        Assert.IsNotType<RpcException>(e);
    }

    private async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        UnixSocketListener.Configure(builder, [Socket]);
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_fake);
        _server = builder.Build();
        _server.UseRouting();
        _server.MapGrpcService<FakeProxy>();
        await _server.StartAsync(Cancellation);
    }

    private async Task StopAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            using CancellationTokenSource atOnce = new(100);
            await server.StopAsync(atOnce.Token);
            await server.DisposeAsync();
        }
    }

    private sealed class FakeProxy : V1.CniProxy.CniProxyBase
    {
        public List<AddRequest> Adds { get; } = [];

        public RpcException? Failure { get; set; }

        public TimeSpan Delay { get; set; }

        public override Task<AddResponse> Add(AddRequest request, ServerCallContext context)
        {
            Adds.Add(request);
            return Failure is null
                ? Task.FromResult(new AddResponse { Attachment = new Attachment { Key = request.Key } })
                : throw Failure;
        }

        public override Task<ListAttachmentsResponse> ListAttachments(
            ListAttachmentsRequest request,
            ServerCallContext context
        ) => Task.FromResult(new ListAttachmentsResponse());

        public override async Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context)
        {
            await Task.Delay(Delay, context.CancellationToken);
            return new DeleteResponse();
        }
    }
}
