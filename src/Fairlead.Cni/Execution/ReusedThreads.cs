namespace Fairlead.Cni.Execution;

/// <summary>
/// Threads for work that blocks, each kept for a while for the next one. Who starts a thread waits until it has been
/// scheduled, and on a machine that is busy with plugins this is what takes longest of all that we do to run one.
/// </summary>
/// <param name="idle">How long a thread without work stays.</param>
internal sealed class ReusedThreads(TimeSpan idle)
{
    private const int StackBytes = 256 << 10;

    // The last to come is the first to go: its memory is warm, and those that are too many reach their end.
    private readonly List<Worker> _waiting = [];

    /// <summary>Runs the work at once, on a thread that has none. It must not throw.</summary>
    public void Run(Action work)
    {
        if (TakeWaiting() is { } worker)
            worker.Give(work);
        else
            new Worker(this, work).Start();
    }

    private Worker? TakeWaiting()
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0)
                return null;
            Worker last = _waiting[^1];
            _waiting.RemoveAt(_waiting.Count - 1);
            return last;
        }
    }

    private sealed class Worker(ReusedThreads owner, Action first)
    {
        private readonly object _turn = new();
        private Action? _work = first;

        public void Start() => new Thread(Work, StackBytes) { IsBackground = true, Name = "cni-plugin" }.UnsafeStart();

        public void Give(Action work)
        {
            lock (_turn)
            {
                _work = work;
                Monitor.Pulse(_turn);
            }
        }

        private void Work()
        {
            for (Action? work = _work; work is not null; work = Wait())
            {
                _work = null; // what it holds can be collected while we wait
                work();
                lock (owner._waiting)
                    owner._waiting.Add(this);
            }
        }

        /// <summary>The next work; null if there was none for too long.</summary>
        private Action? Wait()
        {
            lock (_turn)
            {
                while (_work is null)
                {
                    if (!Monitor.Wait(_turn, owner.Idle) && _work is null && owner.Forget(this))
                        break;
                }
                return _work;
            }
        }
    }

    private TimeSpan Idle => idle;

    /// <summary>False if somebody has just taken the worker: its work is about to come.</summary>
    private bool Forget(Worker worker)
    {
        lock (_waiting)
            return _waiting.Remove(worker);
    }
}
