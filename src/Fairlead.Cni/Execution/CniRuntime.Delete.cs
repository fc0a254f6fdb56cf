using Fairlead.Cni.Execution;

namespace Fairlead.Cni;

public sealed partial class CniRuntime
{
    /// <summary>Releases an attachment: DEL on each plugin in reverse order, each getting ADD's final result if known.</summary>
    /// <param name="network">The network, best as it was at ADD (<see cref="NetworkConfigurationList.RawBytes"/>).</param>
    /// <param name="attachment">
    /// As at ADD. Without <see cref="CniAttachment.NetnsPath"/> the plugins release what is not in the namespace, such as
    /// address reservations.
    /// </param>
    /// <param name="previousResult">ADD's result, if the caller keeps it; null to take it from the cache.</param>
    /// <param name="cancellationToken">Kills the running plugin and stops.</param>
    /// <remarks>
    /// Idempotent, as plugins must be: what is gone already is success. A cache entry that cannot be used is passed over.
    /// Results are sent since version 0.4.0. The cache entry is removed once all plugins have succeeded.
    /// </remarks>
    /// <exception cref="CniException">A plugin failed; call again later. Or a name is not allowed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the running plugin's process group is gone.</exception>
    public async Task DeleteAsync(
        NetworkConfigurationList network,
        CniAttachment attachment,
        CniResult? previousResult = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(attachment);
        RequestChecks.Check(CniVerb.Delete, network.Name, attachment);
        using IDisposable turn = await _exclusion
            .EnterAsync(network.Name, attachment.Id, cancellationToken)
            .ConfigureAwait(false);
        await DeleteInTurnAsync(network, attachment, previousResult, cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteInTurnAsync(
        NetworkConfigurationList network,
        CniAttachment attachment,
        CniResult? previousResult,
        CancellationToken cancellationToken
    )
    {
        List<CniException> failures = [];
        await DeletePluginsAsync(
                network,
                attachment,
                ResultForDelete(network, attachment.Id, previousResult),
                _options.DeleteFailure,
                failures,
                cancellationToken
            )
            .ConfigureAwait(false);
        CniSubject subject = new(network.Name, Plugin: null, attachment.Id);
        if (failures.Count > 0)
            throw Join(CniVerb.Delete, subject, failures);
        try
        {
            if (Cache is not null && !Cache.IsTakenByAnother(network.Name, attachment.Id))
                Cache.Remove(network.Name, attachment.Id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Rethrow(CniVerb.Delete, CniFailure.Cache, subject, e);
        }
    }

    /// <summary>An unusable result must not keep an attachment for ever: DEL then goes without, as plugins must allow.</summary>
    private CniResult? ResultForDelete(NetworkConfigurationList network, CniAttachmentId id, CniResult? given)
    {
        if (network.CniVersion < CniVersion.V0_4_0)
            return null;
        try
        {
            return PreviousResult(network, id, given);
        }
        catch (Exception e) when (e is CniFormatException or IOException or UnauthorizedAccessException)
        {
            Log.CacheEntryIgnored(_options.Logger, $"{network.Name}-{id.ContainerId}-{id.InterfaceName}", e.Message);
            return null;
        }
    }

    private async Task DeletePluginsAsync(
        NetworkConfigurationList network,
        CniAttachment attachment,
        CniResult? previousResult,
        DeleteFailureBehavior onFailure,
        List<CniException> failures,
        CancellationToken cancellationToken
    )
    {
        CniResult? sent = network.CniVersion < CniVersion.V0_4_0 ? null : previousResult;
        foreach (PluginConfiguration plugin in network.Plugins.Reverse())
        {
            byte[] input = PluginRequest.Create(network, plugin, attachment.CapabilityArgs, sent);
            try
            {
                await RunAsync(CniVerb.Delete, network, plugin, attachment, input, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (CniException e)
            {
                failures.Add(e);
                if (onFailure == DeleteFailureBehavior.Stop)
                    return;
            }
        }
    }
}
