using Fairlead.Cni.Execution;

namespace Fairlead.Cni;

public sealed partial class CniRuntime
{
    /// <summary>Asks each plugin in order whether the attachment is as ADD left it.</summary>
    /// <param name="network">The network. With <c>disableCheck</c> nothing is run.</param>
    /// <param name="attachment">As at ADD.</param>
    /// <param name="previousResult">ADD's result; null to take it from the cache.</param>
    /// <param name="cancellationToken">Kills the running plugin.</param>
    /// <exception cref="CniException">
    /// Something is not as it should be; or the version is before 0.4.0, which has no CHECK; or the cached result is
    /// missing or unusable.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task CheckAsync(
        NetworkConfigurationList network,
        CniAttachment attachment,
        CniResult? previousResult = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(attachment);
        RequestChecks.Check(CniVerb.Check, network.Name, attachment);
        CniSubject subject = new(network.Name, Plugin: null, attachment.Id);
        if (network.CniVersion < CniVersion.V0_4_0)
        {
            string reason = $"configuration version {network.CniVersion} does not support the CHECK command";
            throw new CniException(
                CniVerb.Check,
                CniFailure.UnsupportedVerb,
                CniErrorCode.None,
                reason,
                details: null,
                subject
            );
        }
        if (network.DisableCheck)
            return;

        using IDisposable turn = await _exclusion
            .EnterAsync(network.Name, attachment.Id, cancellationToken)
            .ConfigureAwait(false);
        CniResult? result;
        try
        {
            result = PreviousResult(network, attachment.Id, previousResult);
        }
        catch (Exception e) when (e is CniFormatException or IOException or UnauthorizedAccessException)
        {
            throw Rethrow(CniVerb.Check, CniFailure.InvalidPreviousResult, subject, e);
        }
        foreach (PluginConfiguration plugin in network.Plugins)
        {
            byte[] input = PluginRequest.Create(network, plugin, attachment.CapabilityArgs, result);
            await RunAsync(CniVerb.Check, network, plugin, attachment, input, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks each plugin in order whether it could serve ADD now. Before version 1.1.0 there is no STATUS, nothing is run and
    /// the answer is yes.
    /// </summary>
    /// <exception cref="CniException">
    /// The first plugin that could not, with its code (50 or 51 by the specification).
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task StatusAsync(NetworkConfigurationList network, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        RequestChecks.CheckNetwork(CniVerb.Status, network.Name);
        if (network.CniVersion < CniVersion.V1_1_0)
            return;
        foreach (PluginConfiguration plugin in network.Plugins)
        {
            byte[] input = PluginRequest.Create(network, plugin, capabilityArgs: null, previousResult: null);
            await RunAsync(CniVerb.Status, network, plugin, attachment: null, input, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Releases every attachment of the network but the named ones: DEL for those in the cache, then GC on each plugin
    /// (since 1.1.0). With <c>disableGC</c> nothing is run.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="validAttachments">
    /// All attachments of all runtimes on this network that are to stay. Whoever else uses the network and is not named here
    /// loses its attachments: call this only if you know them all.
    /// </param>
    /// <param name="cancellationToken">Kills the running plugin and stops.</param>
    /// <exception cref="CniException">Something failed; all else was tried.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task GcAsync(
        NetworkConfigurationList network,
        IReadOnlyCollection<CniAttachmentId> validAttachments,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(validAttachments);
        RequestChecks.CheckNetwork(CniVerb.GarbageCollect, network.Name);
        foreach (CniAttachmentId id in validAttachments)
            RequestChecks.CheckId(CniVerb.GarbageCollect, network.Name, id);
        if (network.DisableGc)
            return;

        using IDisposable turn = await _exclusion
            .EnterAloneAsync(network.Name, cancellationToken)
            .ConfigureAwait(false);
        List<CniException> failures = [];
        await DeleteStaleAsync(network, validAttachments, failures, cancellationToken).ConfigureAwait(false);
        if (network.CniVersion >= CniVersion.V1_1_0)
        {
            foreach (PluginConfiguration plugin in network.Plugins)
            {
                byte[] input = PluginRequest.CreateForGarbageCollection(network, plugin, validAttachments);
                try
                {
                    await RunAsync(CniVerb.GarbageCollect, network, plugin, attachment: null, input, cancellationToken)
                        .ConfigureAwait(false);
                }
                catch (CniException e)
                {
                    failures.Add(e);
                }
            }
        }
        if (failures.Count > 0)
            throw Join(CniVerb.GarbageCollect, new(network.Name, Plugin: null, Attachment: null), failures);
    }

    private async Task DeleteStaleAsync(
        NetworkConfigurationList network,
        IReadOnlyCollection<CniAttachmentId> valid,
        List<CniException> failures,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<CachedAttachment> cached = [];
        try
        {
            cached = Cache?.List() ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // libcni reports success here, and the leak stays unseen.
            CniSubject subject = new(network.Name, Plugin: null, Attachment: null);
            failures.Add(Rethrow(CniVerb.GarbageCollect, CniFailure.Cache, subject, e));
        }
        HashSet<CniAttachmentId> keep = [.. valid];
        foreach (CachedAttachment entry in cached)
        {
            if (!string.Equals(entry.NetworkName, network.Name, StringComparison.Ordinal))
                continue;
            if (keep.Contains(entry.Attachment.Id))
                continue;
            try
            {
                RequestChecks.Check(CniVerb.Delete, network.Name, entry.Attachment);
                await DeleteInTurnAsync(network, entry.Attachment, entry.Result, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (CniException e)
            {
                failures.Add(e);
            }
        }
    }
}
