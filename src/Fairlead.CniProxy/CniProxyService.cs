using System.Reflection;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.V1;
using Fairlead.CniProxy.Verbs;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy;

/// <summary>The door: finds out who asks, and hands on to the verb.</summary>
internal sealed partial class CniProxyService(
    StandaloneIdentity identity,
    AddVerb add,
    Release release,
    KeyedLock locks,
    CniNetworks networks,
    AttachmentJournal journal,
    ILogger<CniProxyService> logger
) : V1.CniProxy.CniProxyBase
{
    public override async Task<AddResponse> Add(AddRequest request, ServerCallContext context)
    {
        Caller caller = Identify(context);
        if (caller.IsAdministrator)
            throw Refuse(context, "only a pod can ask for an interface in itself");
        return new AddResponse { Attachment = await add.RunAsync(caller.Sandbox!, request) };
    }

    public override async Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context)
    {
        Caller caller = Identify(context);
        JournalRecord? Find() =>
            caller.IsAdministrator
                ? journal.List().FirstOrDefault(r => r.Key == request.Key)
                : journal.Find(caller.Sandbox!.Id, request.Key);
        if (Find() is not { } record)
            return new DeleteResponse { Existed = false };
        using IDisposable turn = await locks.EnterAsync($"{record.SandboxId}\n{record.Key}", CancellationToken.None);
        if (Find() is not { } still)
            return new DeleteResponse { Existed = false };
        await release.RunAsync(still);
        return new DeleteResponse { Existed = true };
    }

    public override Task<ListResponse> List(ListRequest request, ServerCallContext context)
    {
        Caller caller = Identify(context);
        ListResponse response = new();
        response.Attachments.AddRange(
            journal
                .List()
                .Where(r => caller.IsAdministrator || r.SandboxId == caller.Sandbox!.Id)
                .Select(AttachmentMessages.Of)
        );
        return Task.FromResult(response);
    }

    public override async Task<StatusResponse> Status(StatusRequest request, ServerCallContext context)
    {
        _ = Identify(context);
        StatusResponse response = await networks.StatusAsync(context.CancellationToken);
        response.Version = Assembly
            .GetExecutingAssembly()
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;
        return response;
    }

    private Caller Identify(ServerCallContext context)
    {
        Peer peer = PeerOf(context);
        return identity.Identify(peer)
            ?? throw Refuse(
                context,
                "the CNI proxy serves the libvirt pod of this environment and the host's administrator"
            );
    }

    private RpcException Refuse(ServerCallContext context, string why)
    {
        string peer = PeerOf(context).ToString();
        LogRefused(logger, context.Method, peer, why);
        return ProxyError.UnknownPeer($"{why}; this is {peer}");
    }

    private static Peer PeerOf(ServerCallContext context)
    {
        HttpContext http = context.GetHttpContext();
        return http.Features.Get<Peer>() ?? throw new InvalidOperationException("the connection has no peer");
    }

    [LoggerMessage(EventId = 40, Level = LogLevel.Warning, Message = "refused {Method} from {Peer}: {Why}")]
    private static partial void LogRefused(ILogger logger, string method, string peer, string why);
}
