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
        await Task.WhenAll(_members.Keys.Select(member => member.DisposeAsync().AsTask())).ConfigureAwait(false);
        await Task.WhenAll(_calls.StopAsync(), StreamCalls.StopAsync()).ConfigureAwait(false);
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
        foreach (IConnectionMember member in _members.Keys)
            member.OnConnectionLost(_lost);
    }

    /// <summary>Adds what must be released before the connection can close. Called on a call thread.</summary>
    internal void Add(IConnectionMember member)
    {
        _ = _members.TryAdd(member, 0);
        // The daemon may have gone while the member was being made.
        if (_lost is { } lost)
            member.OnConnectionLost(lost);
    }

    internal void Remove(IConnectionMember member) => _ = _members.TryRemove(member, out _);

    internal async Task ReleaseAsync(IConnectionMember member)
    {
        try
        {
            _ = await _calls
                .RunAsync(
                    () =>
                    {
                        member.Release();
                        return true;
                    },
                    CancellationToken.None
                )
                .ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The connection has closed and has released it, or is about to.
        }
        Remove(member);
    }

    private unsafe LibvirtConnection Open(LibvirtConnectionOptions options)
    {
        LibvirtLibrary.EnsureReady();
        var call = new NativeCall($"connect to {Uri}");
        _handle = call.Check(LibVirt.virConnectOpen(Uri));
        try
        {
            if (options.KeepAliveInterval > TimeSpan.Zero)
            {
                int seconds = Math.Max(1, (int)options.KeepAliveInterval.TotalSeconds);
                _ = CheckSupport(call, LibVirt.virConnectSetKeepAlive(_handle, seconds, (uint)options.KeepAliveCount));
            }
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
        foreach (IConnectionMember member in _members.Keys)
            member.Release();
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

/// <summary>A console or subscription: it holds a reference to the native connection.</summary>
internal interface IConnectionMember : IAsyncDisposable
{
    /// <summary>Called on the event loop's thread: must not block.</summary>
    void OnConnectionLost(LibvirtException lost);

    /// <summary>Gives the native resources back, once, however often it is called; may block.</summary>
    void Release();
}
