using System.Reflection;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.Pods;
using Fairlead.CniProxy.Policies;
using Fairlead.CniProxy.V1;
using Fairlead.CniProxy.Verbs;
using Grpc.Core;

namespace Fairlead.CniProxy;

/// <summary>The verbs, each for the caller that <see cref="Gate"/> has let in.</summary>
internal sealed class CniProxyService(
    AddVerb add,
    CheckVerb check,
    Release release,
    KeyedLock locks,
    CniNetworks networks,
    Reaper reaper,
    AttachmentJournal journal,
    PolicyFile policy
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
        if (Find(caller, request.Sandbox, request.Key) is not { } record)
            return new DeleteResponse { Existed = false };
        using IDisposable turn = await locks.EnterAsync(record.LockKey, CancellationToken.None);
        if (journal.Find(record.SandboxId, record.Key) is not { } still)
            return new DeleteResponse { Existed = false };
        await release.RunAsync(still);
        return new DeleteResponse { Existed = true };
    }

    public override async Task<CheckResponse> Check(CheckRequest request, ServerCallContext context)
    {
        Caller caller = Gate.CallerOf(context);
        JournalRecord record =
            Find(caller, request.Sandbox, request.Key)
            ?? throw ProxyError.AttachmentNotFound($"{caller} has no attachment \"{request.Key}\"");
        return await check.RunAsync(record, context.CancellationToken);
    }

    public override Task<ListAttachmentsResponse> ListAttachments(
        ListAttachmentsRequest request,
        ServerCallContext context
    )
    {
        Caller caller = Gate.CallerOf(context);
        ListAttachmentsResponse response = new();
        response.Attachments.AddRange(
            journal
                .List()
                .Where(r => caller.IsAdministrator || r.SandboxId == caller.Sandbox!.Id)
                .Select(AttachmentMessages.Of)
        );
        return Task.FromResult(response);
    }

    public override Task<ListNetworksResponse> ListNetworks(ListNetworksRequest request, ServerCallContext context)
    {
        ListNetworksResponse response = new();
        response.Networks.AddRange(networks.List(RuleOf(Gate.CallerOf(context))));
        return Task.FromResult(response);
    }

    public override async Task<StatusResponse> Status(StatusRequest request, ServerCallContext context)
    {
        StatusResponse response = await networks.StatusAsync(
            request.Network,
            RuleOf(Gate.CallerOf(context)),
            context.CancellationToken
        );
        response.Version = Assembly
            .GetExecutingAssembly()
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;
        response.Warnings.AddRange(Warnings.Of(journal));
        return response;
    }

    public override async Task<ReapResponse> Reap(ReapRequest request, ServerCallContext context)
    {
        if (!Gate.CallerOf(context).IsAdministrator)
            throw ProxyError.UnknownPeer("only the host's administrator may have attachments reaped");
        ReapResponse response = new();
        response.Attachments.AddRange(
            (await reaper.ReapAsync(request.Key, request.Sandbox, context.CancellationToken)).Select(
                AttachmentMessages.Of
            )
        );
        return response;
    }

    /// <summary>What is open to a caller; null for the administrator, to whom all is.</summary>
    private PolicyRule? RuleOf(Caller caller) => caller.Sandbox is { } sandbox ? policy.Current.RuleFor(sandbox) : null;

    /// <summary>A pod finds only what is its own, whatever sandbox it names; the administrator finds everything.</summary>
    private JournalRecord? Find(Caller caller, string sandboxId, string key)
    {
        if (caller.Sandbox is { } own)
            return sandboxId.Length == 0 || sandboxId == own.Id ? journal.Find(own.Id, key) : null;
        if (sandboxId.Length > 0)
            return journal.Find(sandboxId, key);
        JournalRecord[] records = [.. journal.List().Where(r => r.Key == key)];
        return records.Length < 2
            ? records.SingleOrDefault()
            : throw ProxyError.Invalid(
                $"several pods have an attachment \"{key}\"; name the sandbox: {string.Join(", ", records.Select(r => r.SandboxId))}"
            );
    }
}
