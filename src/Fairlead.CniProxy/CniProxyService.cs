using System.Reflection;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.V1;
using Fairlead.CniProxy.Verbs;
using Grpc.Core;

namespace Fairlead.CniProxy;

/// <summary>The verbs, each for the caller that <see cref="Gate"/> has let in.</summary>
internal sealed class CniProxyService(
    AddVerb add,
    Release release,
    KeyedLock locks,
    CniNetworks networks,
    AttachmentJournal journal
) : V1.CniProxy.CniProxyBase
{
    public override async Task<AddResponse> Add(AddRequest request, ServerCallContext context)
    {
        Caller caller = Gate.CallerOf(context);
        if (caller.Sandbox is not { } sandbox)
            throw ProxyError.UnknownPeer("only a pod can ask for an interface in itself; the administrator is in none");
        return new AddResponse { Attachment = await add.RunAsync(sandbox, request) };
    }

    public override async Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context)
    {
        Caller caller = Gate.CallerOf(context);
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
        Caller caller = Gate.CallerOf(context);
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
        StatusResponse response = await networks.StatusAsync(context.CancellationToken);
        response.Version = Assembly
            .GetExecutingAssembly()
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;
        return response;
    }
}
