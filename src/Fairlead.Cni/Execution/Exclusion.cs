namespace Fairlead.Cni.Execution;

/// <summary>
/// Keeps operations apart: one at a time per attachment (or container), and GC alone on its network (CNI spec section 3).
/// </summary>
/// <remarks>
/// GC waits for a moment in which nothing runs on its network, and while it waits others go on: otherwise one plugin that
/// hangs would, through the waiting GC, hold up every attachment of the network.
/// </remarks>
internal sealed class Exclusion(ExclusionScope scope)
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, Gate> _networks = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Container, string Network, string Interface), Gate> _attachments = [];

    public async Task<IDisposable> EnterAsync(string network, CniAttachmentId id, CancellationToken cancellationToken)
    {
        (string, string, string) key =
            scope == ExclusionScope.Container ? (id.ContainerId, "", "") : (id.ContainerId, network, id.InterfaceName);
        IDisposable shared = await EnterAsync(_networks, network, Mode.Shared, cancellationToken).ConfigureAwait(false);
        try
        {
            IDisposable alone = await EnterAsync(_attachments, key, Mode.Alone, cancellationToken)
                .ConfigureAwait(false);
            return new Both(alone, shared);
        }
        catch
        {
            shared.Dispose();
            throw;
        }
    }

    public Task<IDisposable> EnterAloneAsync(string network, CancellationToken cancellationToken) =>
        EnterAsync(_networks, network, Mode.Alone, cancellationToken);

    private async Task<IDisposable> EnterAsync<TKey>(
        Dictionary<TKey, Gate> gates,
        TKey key,
        Mode mode,
        CancellationToken cancellationToken
    )
        where TKey : notnull
    {
        TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Gate? gate;
        lock (_sync)
        {
            if (!gates.TryGetValue(key, out gate))
                gates.Add(key, gate = new());
            gate.Waiting.AddLast((mode, turn));
            gate.Admit();
        }
        using (
            cancellationToken.UnsafeRegister(
                static (t, token) => ((TaskCompletionSource)t!).TrySetCanceled(token),
                turn
            )
        )
        {
            try
            {
                await turn.Task.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Leave(gates, key, gate, mode: null);
                throw;
            }
        }
        return new Turn(() => Leave(gates, key, gate, mode));
    }

    private void Leave<TKey>(Dictionary<TKey, Gate> gates, TKey key, Gate gate, Mode? mode)
        where TKey : notnull
    {
        lock (_sync)
        {
            if (mode == Mode.Shared)
                gate.SharedInside--;
            else if (mode == Mode.Alone)
                gate.AloneInside = false;
            gate.Admit();
            if (gate.IsIdle)
                gates.Remove(key);
        }
    }

    private enum Mode
    {
        Shared,
        Alone,
    }

    private sealed class Gate
    {
        public int SharedInside;
        public bool AloneInside;

        public LinkedList<(Mode Mode, TaskCompletionSource Turn)> Waiting { get; } = [];

        public bool IsIdle => SharedInside == 0 && !AloneInside && Waiting.Count == 0;

        /// <summary>Lets in whoever may go, first come first served but past those who cannot go yet.</summary>
        public void Admit()
        {
            for (LinkedListNode<(Mode Mode, TaskCompletionSource Turn)>? node = Waiting.First; node is not null; )
            {
                LinkedListNode<(Mode Mode, TaskCompletionSource Turn)> current = node;
                node = node.Next;
                bool free = current.Value.Mode == Mode.Shared ? !AloneInside : !AloneInside && SharedInside == 0;
                if (!free && !current.Value.Turn.Task.IsCompleted)
                    continue;
                Waiting.Remove(current);
                if (!current.Value.Turn.TrySetResult())
                    continue; // it was cancelled
                if (current.Value.Mode == Mode.Shared)
                    SharedInside++;
                else
                    AloneInside = true;
            }
        }
    }

    private sealed class Turn(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
