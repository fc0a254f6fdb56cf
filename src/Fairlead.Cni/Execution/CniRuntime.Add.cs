using Fairlead.Cni.Execution;

namespace Fairlead.Cni;

public sealed partial class CniRuntime
{
    // A roll-back does not take the caller's token, which may be the very reason for it. It has a limit all the same.
    private static readonly TimeSpan s_rollBackPerPlugin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Makes an attachment: ADD on each plugin in order, each getting the result of the one before it.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="attachment">Container, namespace, interface name and arguments.</param>
    /// <param name="cancellationToken">Kills the running plugin; the ADD is then rolled back like any other failure.</param>
    /// <returns>The last plugin's result.</returns>
    /// <remarks>
    /// Not idempotent: the specification forbids a second ADD of the same attachment without DEL between them, and the
    /// roll-back of the second would take down the first.
    /// </remarks>
    /// <exception cref="CniException">
    /// A plugin failed, a name is not allowed (no plugin was run then), or the cache entry could not be written.
    /// <see cref="CniException.UndoFailures"/> says whether the roll-back left something.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// Cancelled and rolled back; if the roll-back failed, the inner exception is the CniException that says so.
    /// </exception>
    public async Task<CniResult> AddAsync(
        NetworkConfigurationList network,
        CniAttachment attachment,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(attachment);
        RequestChecks.Check(CniVerb.Add, network.Name, attachment);
        using IDisposable turn = await _exclusion
            .EnterAsync(network.Name, attachment.Id, cancellationToken)
            .ConfigureAwait(false);
        RequireOwnCacheEntry(network, attachment);
        cancellationToken.ThrowIfCancellationRequested(); // nothing has begun: nothing to roll back

        Progress progress = new();
        try
        {
            return await RunAddAsync(network, attachment, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (CniException e) when (MustRollBack(progress))
        {
            throw e.WithUndo(await RollBackAsync(network, attachment, progress.Result).ConfigureAwait(false));
        }
        catch (OperationCanceledException e) when (MustRollBack(progress))
        {
            IReadOnlyList<CniException> failures = await RollBackAsync(network, attachment, progress.Result)
                .ConfigureAwait(false);
            if (failures.Count == 0)
                throw;
            CniSubject subject = new(network.Name, Plugin: null, attachment.Id);
            CniException left = new(CniVerb.Add, CniFailure.Several, CniErrorCode.None, "cancelled", null, subject);
            throw new OperationCanceledException(e.Message, left.WithUndo(failures), e.CancellationToken);
        }
    }

    private bool MustRollBack(Progress progress) =>
        progress.Begun && _options.AddFailure == AddFailureBehavior.RollBack;

    private async Task<CniResult> RunAddAsync(
        NetworkConfigurationList network,
        CniAttachment attachment,
        Progress progress,
        CancellationToken cancellationToken
    )
    {
        foreach (PluginConfiguration plugin in network.Plugins)
        {
            CniSubject subject = new(network.Name, plugin.Type, attachment.Id);
            // A missing plugin at the very start leaves nothing to roll back.
            _ = _invoker.Directories.Find(CniVerb.Add, plugin.Type, subject);
            progress.Begun = true;
            byte[] input = PluginRequest.Create(network, plugin, attachment.CapabilityArgs, progress.Result);
            ReadOnlyMemory<byte> output = await RunAsync(
                    CniVerb.Add,
                    network,
                    plugin,
                    attachment,
                    input,
                    cancellationToken
                )
                .ConfigureAwait(false);
            progress.Result = ReadResult(network, subject, output);
        }
        await RecordAsync(network, attachment, progress.Result!, cancellationToken).ConfigureAwait(false);
        return progress.Result!;
    }

    private static CniResult ReadResult(
        NetworkConfigurationList network,
        CniSubject subject,
        ReadOnlyMemory<byte> output
    )
    {
        try
        {
            return CniResult.Parse(output, network.CniVersion, sourcePath: null);
        }
        catch (CniFormatException e)
        {
            string message = $"the result is malformed: {e.Message}";
            throw new CniException(
                CniVerb.Add,
                CniFailure.InvalidOutput,
                CniErrorCode.None,
                message,
                details: null,
                subject,
                e
            );
        }
    }

    private void RequireOwnCacheEntry(NetworkConfigurationList network, CniAttachment attachment)
    {
        if (Cache is null || !Cache.IsTakenByAnother(network.Name, attachment.Id))
            return;
        throw new CniException(
            CniVerb.Add,
            CniFailure.Cache,
            CniErrorCode.None,
            "another attachment's cache entry has the same file name",
            details: null,
            new(network.Name, Plugin: null, attachment.Id)
        );
    }

    private async Task RecordAsync(
        NetworkConfigurationList network,
        CniAttachment attachment,
        CniResult result,
        CancellationToken cancellationToken
    )
    {
        if (Cache is null)
            return;
        try
        {
            CachedAttachment entry = new(network.Name, attachment, network.RawBytes, result);
            await Cache.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An attachment that nobody remembers cannot be checked, nor released with its result.
            throw Rethrow(CniVerb.Add, CniFailure.Cache, new(network.Name, Plugin: null, attachment.Id), e);
        }
    }

    /// <summary>
    /// DEL on every plugin, also those that ADD never reached, as the specification asks; a failure stops nothing.
    /// </summary>
    private async Task<IReadOnlyList<CniException>> RollBackAsync(
        NetworkConfigurationList network,
        CniAttachment attachment,
        CniResult? result
    )
    {
        CniAttachmentId id = attachment.Id;
        Log.RollingBack(_options.Logger, id.InterfaceName, id.ContainerId, network.Name);
        using CancellationTokenSource limit = new(s_rollBackPerPlugin * network.Plugins.Count);
        List<CniException> failures = [];
        CniResult? previous = result is null ? null : TryConvert(result, network.CniVersion);
        await DeletePluginsAsync(network, attachment, previous, DeleteFailureBehavior.Continue, failures, limit.Token)
            .ConfigureAwait(false);
        try
        {
            Cache?.Remove(network.Name, id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failures.Add(Rethrow(CniVerb.Delete, CniFailure.Cache, new(network.Name, Plugin: null, id), e));
        }
        if (failures.Count > 0)
        {
            Exception all = new AggregateException(failures);
            Log.RollBackIncomplete(_options.Logger, all, id.InterfaceName, id.ContainerId, network.Name);
        }
        return failures;
    }

    private static CniResult? TryConvert(CniResult result, CniVersion version)
    {
        try
        {
            return result.ConvertTo(version);
        }
        catch (CniFormatException)
        {
            return null;
        }
    }

    private sealed class Progress
    {
        public bool Begun { get; set; }

        public CniResult? Result { get; set; }
    }
}
