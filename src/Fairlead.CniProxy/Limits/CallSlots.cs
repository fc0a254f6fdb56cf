namespace Fairlead.CniProxy.Limits;

/// <summary>
/// So many calls run at once, of one peer and in all; the rest wait. Whose turn it is goes round among the peers that wait,
/// so that one with many calls holds up no other. Calls of one peer are let in in order of arrival.
/// </summary>
internal sealed class CallSlots(int mostOfOne, int mostInAll)
{
    public const int MostOfOnePeer = 8;
    public const int MostInAll = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly Queue<Line> _round = new(); // the lines in which somebody waits and a place is free
    private int _running;

    public CallSlots()
        : this(MostOfOnePeer, MostInAll) { }

    /// <summary>Waits for a place; disposing the result gives it to the next one.</summary>
    /// <exception cref="OperationCanceledException">The caller went away while it waited; nothing had begun.</exception>
    public async Task<IDisposable> EnterAsync(string peer, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Line? line;
        lock (_lock)
        {
            if (!_lines.TryGetValue(peer, out line))
                _lines[peer] = line = new Line(peer);
            line.Waiting.AddLast(turn);
            QueueUp(line);
            LetIn();
        }

        await using (cancellationToken.Register(() => GiveUp(line, turn)))
        {
            if (!await turn.Task)
                throw new OperationCanceledException(cancellationToken);
        }

        return new Place(this, line);
    }

    private void LetIn()
    {
        while (_running < mostInAll && _round.TryDequeue(out Line? line))
        {
            line.IsInRound = false;
            if (line.Waiting.First is { } first && line.Running < mostOfOne)
            {
                line.Waiting.RemoveFirst();
                line.Running++;
                _running++;
                first.Value.SetResult(true);
            }

            QueueUp(line);
        }
    }

    private void QueueUp(Line line)
    {
        if (line.IsInRound || line.Waiting.Count == 0 || line.Running >= mostOfOne)
            return;
        line.IsInRound = true;
        _round.Enqueue(line);
    }

    private void GiveUp(Line line, TaskCompletionSource<bool> turn)
    {
        lock (_lock)
        {
            if (line.Waiting.Remove(turn))
                turn.SetResult(false);
            ForgetIfIdle(line);
        }
    }

    private void Leave(Line line)
    {
        lock (_lock)
        {
            line.Running--;
            _running--;
            QueueUp(line);
            LetIn();
            ForgetIfIdle(line);
        }
    }

    private void ForgetIfIdle(Line line)
    {
        if (line is { Running: 0, Waiting.Count: 0 })
            _lines.Remove(line.Peer);
    }

    private sealed class Line(string peer)
    {
        public string Peer { get; } = peer;
        public LinkedList<TaskCompletionSource<bool>> Waiting { get; } = new();
        public int Running { get; set; }
        public bool IsInRound { get; set; }
    }

    private sealed class Place(CallSlots owner, Line line) : IDisposable
    {
        private bool _isLeft;

        public void Dispose()
        {
            if (_isLeft)
                return;
            _isLeft = true;
            owner.Leave(line);
        }
    }
}
