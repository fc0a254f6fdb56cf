using System.Collections.Concurrent;

namespace Fairlead.Libvirt.Interop;

/// <summary>
/// A few threads of our own for libvirt's blocking calls, started as they are needed. The whole delegate runs on one of
/// them, so the thread-local error that follows a call is that call's.
/// </summary>
/// <param name="name">Begins the names of the threads.</param>
/// <param name="maxThreads">How many calls may run at once; more wait, first come first served.</param>
internal sealed class CallThreads(string name, int maxThreads)
{
    private readonly Lock _gate = new();
    private readonly BlockingCollection<Action> _queue = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _outstanding;
    private int _threads;
    private bool _stopped;

    /// <summary>Runs a call. Cancelling stops the waiting, not the call: libvirt calls cannot be interrupted.</summary>
    /// <param name="abandoned">Releases the result of a call whose caller has gone.</param>
    /// <exception cref="ObjectDisposedException"><see cref="StopAsync"/> was called.</exception>
    public Task<T> RunAsync<T>(Func<T> call, CancellationToken cancellationToken, Action<T>? abandoned = null)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            (_, token) => completion.TrySetCanceled(token),
            state: null
        );
        try
        {
            Enqueue(() =>
            {
                Run(call, completion, abandoned);
                registration.Dispose();
            });
        }
        catch
        {
            registration.Dispose();
            throw;
        }
        return completion.Task;
    }

    /// <summary>Takes no more calls; completes when those already taken have ended.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            if (!_stopped)
            {
                _stopped = true;
                _queue.CompleteAdding();
                if (_threads == 0)
                    _ended.SetResult();
            }
        }
        return _ended.Task;
    }

    private static void Run<T>(Func<T> call, TaskCompletionSource<T> completion, Action<T>? abandoned)
    {
        if (completion.Task.IsCompleted)
            return;
        try
        {
            T result = call();
            if (!completion.TrySetResult(result))
                abandoned?.Invoke(result);
        }
        catch (Exception e)
        {
            _ = completion.TrySetException(e);
        }
    }

    private void Enqueue(Action work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, typeof(LibvirtConnection));
            _queue.Add(work);
            _outstanding++;
            if (_outstanding <= _threads || _threads == maxThreads)
                return;
            _threads++;
            new Thread(Work) { Name = $"{name} {_threads}", IsBackground = true }.Start();
        }
    }

    private void Work()
    {
        foreach (Action work in _queue.GetConsumingEnumerable())
        {
            work();
            lock (_gate)
                _outstanding--;
        }
        lock (_gate)
        {
            _threads--;
            if (_threads == 0)
                _ended.SetResult();
        }
    }
}
