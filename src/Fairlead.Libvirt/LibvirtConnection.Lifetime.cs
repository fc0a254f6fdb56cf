using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

public sealed partial class LibvirtConnection
{
    /// <summary>
    /// Ends the consoles and subscriptions, waits for calls under way, and closes. A call that is stuck in a frozen daemon
    /// ends when keepalive gives the daemon up.
    /// </summary>
    /// <returns>Completes when libvirt has freed the connection.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await DisposeConsolesAsync().ConfigureAwait(false);
        await _calls.StopAsync().ConfigureAwait(false);
        // Again, for those that were being opened.
        await DisposeConsolesAsync().ConfigureAwait(false);
        await CloseOnOwnThreadAsync().ConfigureAwait(false);
        _ = _closed.TrySetResult(ConnectionCloseReason.Client);
    }

    internal void OnClosed(ConnectionCloseReason reason)
    {
        Log.ConnectionClosed(_logger, Uri, reason);
        _lost = new LibvirtException(
            $"connection to {Uri}",
            LibvirtErrorCode.VIR_ERR_INTERNAL_ERROR,
            LibvirtErrorDomain.VIR_FROM_RPC,
            LibvirtErrorLevel.Error,
            $"the daemon has gone ({reason})"
        );
        _ = _closed.TrySetResult(reason);
        _domainEvents.Complete(_lost);
        _networkEvents.Complete(_lost);
        foreach (DomainConsole console in _consoles.Keys)
            console.OnConnectionLost(_lost);
    }

    /// <summary>Adds a console, which ends with the connection although it has one of its own.</summary>
    internal void Add(DomainConsole console)
    {
        _ = _consoles.TryAdd(console, 0);
        // The daemon may have gone while the console was being opened.
        if (_lost is { } lost)
            console.OnConnectionLost(lost);
    }

    internal void Remove(DomainConsole console) => _ = _consoles.TryRemove(console, out _);

    /// <summary>Opens a bare connection to the same daemon, with the same keepalive.</summary>
    internal ConnectionHandle OpenAnother(NativeCall call)
    {
        ConnectionHandle another = call.Check(LibVirt.virConnectOpen(Uri));
        try
        {
            SetKeepAlive(call, another);
            return another;
        }
        catch
        {
            another.Dispose();
            throw;
        }
    }

    private Task DisposeConsolesAsync() =>
        Task.WhenAll(_consoles.Keys.Select(console => console.DisposeAsync().AsTask()));

    private unsafe LibvirtConnection Open()
    {
        LibvirtLibrary.EnsureReady();
        var call = new NativeCall($"connect to {Uri}");
        _handle = call.Check(LibVirt.virConnectOpen(Uri));
        try
        {
            SetKeepAlive(call, _handle);
            void* self = EventCallbacks.Root(this);
            int registered = LibVirt.virConnectRegisterCloseCallback(
                _handle,
                &EventCallbacks.Closed,
                self,
                &EventCallbacks.Free
            );
            _closeCallbackRegistered = registered == 0;
            if (registered != 0)
                UnrootAfterFailure(call, registered, self);
            return this;
        }
        catch
        {
            Close();
            throw;
        }
    }

    private void SetKeepAlive(NativeCall call, ConnectionHandle handle)
    {
        if (_options.KeepAliveInterval == TimeSpan.Zero)
            return;
        int seconds = Math.Max(1, (int)_options.KeepAliveInterval.TotalSeconds);
        _ = CheckSupport(call, LibVirt.virConnectSetKeepAlive(handle, seconds, (uint)_options.KeepAliveCount));
    }

    private static unsafe void UnrootAfterFailure(NativeCall call, int result, void* opaque)
    {
        try
        {
            _ = CheckSupport(call, result);
        }
        finally
        {
            EventCallbacks.Unroot(opaque);
        }
    }

    /// <summary>Drivers inside the library have neither keepalive nor a close callback: they cannot be lost.</summary>
    private static int CheckSupport(NativeCall call, int result)
    {
        if (result >= 0)
            return result;
        LibvirtException failure = call.Failure();
        return failure.Code == LibvirtErrorCode.VIR_ERR_NO_SUPPORT ? result : throw failure;
    }

    private unsafe void UnregisterCloseCallback()
    {
        // Fails only if there is none; the connection would then still close.
        if (_closeCallbackRegistered)
            _ = LibVirt.virConnectUnregisterCloseCallback(_handle, &EventCallbacks.Closed);
        _closeCallbackRegistered = false;
    }

    private void Close()
    {
        _domainEvents.Complete(failure: null);
        _networkEvents.Complete(failure: null);
        DeregisterDomainCallbacks();
        DeregisterNetworkCallback();
        UnregisterCloseCallback();
        _handle.Dispose();
    }

    /// <summary>Closing talks to the daemon, so it blocks; the call threads have ended by then.</summary>
    private Task CloseOnOwnThreadAsync()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            Close();
            if (_handle.RemainingReferences > 0)
                Log.ConnectionLeaked(_logger, Uri, _handle.RemainingReferences);
            closed.SetResult();
        })
        {
            Name = "libvirt close",
            IsBackground = true,
        }.Start();
        return closed.Task;
    }
}
