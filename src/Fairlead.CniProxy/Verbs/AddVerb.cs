using Fairlead.Cni;
using Fairlead.CniProxy.Cluster;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.Pods;
using Fairlead.CniProxy.Policies;
using Fairlead.CniProxy.Telemetry;
using Fairlead.CniProxy.V1;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Verbs;

/// <summary>Add: one more interface in the caller's pod, or the recorded result when it is there already.</summary>
internal sealed partial class AddVerb(
    CniNetworks networks,
    DefinedNetworks definitions,
    ILauncherStatus launchers,
    CniRuntime runtime,
    AttachmentJournal journal,
    PolicyFile policy,
    AttachmentQuota quota,
    Release release,
    HeldNamespaces namespaces,
    KeyedLock locks,
    TimeProvider time,
    ILogger<AddVerb> logger
)
{
    private static readonly string[] s_reservedNames = ["eth0", "lo"];

    public async Task<Attachment> RunAsync(Sandbox sandbox, AddRequest request)
    {
        EndpointOptions options = Validate(request);
        // A caller that goes away does not cut off what it has begun: no cancellation from here on.
        using IDisposable turn = await locks.EnterAsync(
            JournalRecord.LockKeyOf(sandbox.Id, request.Key),
            CancellationToken.None
        );
        if (journal.Find(sandbox.Id, request.Key) is { } known)
        {
            if (known.State == JournalState.Attached && await IsPresentAsync(known))
                return AttachmentMessages.Of(Same(known, request, options));
            // An ADD that was cut off, a DEL that was, or an attachment whose interface is gone: cleared away first.
            await release.RunAsync(known);
        }

        PolicyRule rule = policy.Current.RuleFor(sandbox);
        NetworkConfigurationList network = await RequireNetworkAsync(request, rule);
        rule.RequireOptions(options);
        CniNetworks.RequireCapabilities(network, options);
        using IDisposable place = quota.Reserve(sandbox, request.Key, rule.MaxAttachments);
        JournalRecord record = NewRecord(sandbox, request, options, network);
        await RefuseExistingInterfaceAsync(record);
        await journal.SaveAsync(record);
        await PausePoint.ReachAsync("add-intent");
        await namespaces.HoldAsync(record);
        await PausePoint.ReachAsync("add-held");
        CniResult result;
        try
        {
            result = await CniActions.MeasureAsync(
                "ADD",
                record,
                () => runtime.AddAsync(network, Release.AttachmentOf(record, namespaces.Find(record)))
            );
        }
        catch (CniException e)
        {
            await ForgetAsync(record, e);
            throw ProxyError.Plugin(e);
        }

        await PausePoint.ReachAsync("add-plugins");
        record = record with { State = JournalState.Attached, Result = result.RawBytes.ToArray() };
        await journal.SaveAsync(record);
        await PausePoint.ReachAsync("add-done");
        LogAdded(
            logger,
            record.DisplayName,
            network.Name,
            record.InterfaceName,
            string.Join(", ", result.Ips.Select(ip => ip.Address))
        );
        launchers.Changed(record);
        return AttachmentMessages.Of(record);
    }

    /// <summary>On a cluster a network by name is a NetworkAttachmentDefinition's; the default one is the node's everywhere.</summary>
    private async Task<NetworkConfigurationList> RequireNetworkAsync(AddRequest request, PolicyRule rule)
    {
        if (request.Launcher.Length > 0)
            await definitions.RequireLauncherAsync(request.Launcher);
        return request.Launcher.Length > 0 && request.Network.Length > 0
            ? await definitions.RequireAsync(request.Launcher, request.Network, rule)
            : networks.Require(request.Network, rule);
    }

    /// <summary>After a failed ADD: the library has rolled back; what it could not undo stays on record for the next try.</summary>
    private async Task ForgetAsync(JournalRecord record, CniException failure)
    {
        LogFailed(logger, record.DisplayName, failure.Message);
        if (failure is { RolledBack: true, UndoFailures: [] } or { Failure: CniFailure.InvalidRequest })
            await namespaces.ForgetAsync(record);
        else
            await journal.SaveAsync(record with { State = JournalState.Releasing, Message = failure.Message });
    }

    private static EndpointOptions Validate(AddRequest request)
    {
        if (!AttachmentKeys.IsValid(request.Key))
            throw ProxyError.Invalid($"key \"{request.Key}\": wanted 1 to 128 of A-Z a-z 0-9 . _ / -");
        if (s_reservedNames.Contains(request.InterfaceName, StringComparer.Ordinal))
            throw ProxyError.InterfaceNameTaken($"interface name {request.InterfaceName} is the pod's own");
        if (!InterfaceNames.IsValid(request.InterfaceName))
            throw ProxyError.Invalid(
                $"interface name \"{request.InterfaceName}\": wanted 1 to 15 of A-Z a-z 0-9 . _ -, beginning with a letter"
            );
        return EndpointOptions.Read(request.Options);
    }

    private static JournalRecord Same(JournalRecord known, AddRequest request, EndpointOptions options)
    {
        EndpointOptions recorded = EndpointOptions.Of(known);
        bool same =
            known.InterfaceName == request.InterfaceName
            && recorded.ToString() == options.ToString()
            && (request.Network.Length == 0 || (known.RequestedNetwork ?? known.Network) == request.Network);
        return same
            ? known
            : throw ProxyError.KeyConflict(
                $"key {request.Key} is network {known.Network}, interface {known.InterfaceName}, {recorded} already; "
                    + $"wanted network {request.Network}, interface {request.InterfaceName}, {options}"
            );
    }

    private JournalRecord NewRecord(
        Sandbox sandbox,
        AddRequest request,
        EndpointOptions options,
        NetworkConfigurationList network
    ) =>
        new()
        {
            Version = JournalRecord.CurrentVersion,
            Key = request.Key,
            SandboxId = sandbox.Id,
            ContainerId = AttachmentKeys.ContainerId(sandbox.Id, request.Key),
            Network = network.Name,
            RequestedNetwork = request.Launcher.Length > 0 && request.Network.Length > 0 ? request.Network : null,
            Launcher = request.Launcher.Length > 0 ? request.Launcher : null,
            InterfaceName = request.InterfaceName,
            NetnsPath = sandbox.NetnsPath,
            NetnsIdentity = sandbox.Netns.Identity,
            NetnsCookie = sandbox.Netns.Cookie,
            BootId = BootId.Current,
            PodName = sandbox.PodName,
            PodNamespace = sandbox.PodNamespace,
            PodUid = sandbox.PodUid,
            Mac = options.Mac?.ToString(),
            Ips = options.Ips.Count == 0 ? null : [.. options.Ips.Select(ip => ip.ToString())],
            Bandwidth = options.Bandwidth,
            State = JournalState.Adding,
            Configuration = network.RawBytes.ToArray(),
            ConfigurationPath = network.SourcePath ?? "",
            CreatedAt = time.GetUtcNow(),
        };

    private static async Task RefuseExistingInterfaceAsync(JournalRecord record)
    {
        if (await PodLinks.ExistsAsync(record.NetnsPath, record.InterfaceName))
            throw ProxyError.InterfaceNameTaken(
                $"interface {record.InterfaceName} exists in {record.NetnsPath} already"
            );
    }

    private static Task<bool> IsPresentAsync(JournalRecord record) =>
        PodLinks.ExistsAsync(record.NetnsPath, record.InterfaceName);

    [LoggerMessage(
        EventId = 20,
        Level = LogLevel.Information,
        Message = "ADD {Attachment}: network {Network}, interface {Interface}, {Addresses}"
    )]
    private static partial void LogAdded(
        ILogger logger,
        string attachment,
        string network,
        string @interface,
        string addresses
    );

    [LoggerMessage(EventId = 21, Level = LogLevel.Warning, Message = "ADD {Attachment} failed: {Message}")]
    private static partial void LogFailed(ILogger logger, string attachment, string message);
}
