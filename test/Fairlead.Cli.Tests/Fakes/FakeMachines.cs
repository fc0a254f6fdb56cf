using System.Collections.Concurrent;
using System.Threading.Channels;
using Fairlead.Agent.V1;
using Fairlead.Crds;
using Grpc.Core;

namespace Fairlead.Cli.Tests.Fakes;

/// <summary>What the fake agent knows, and how a test wants it to behave.</summary>
internal sealed class FakeMachines
{
    private readonly SortedDictionary<string, VirtualMachine> _machines = new(StringComparer.Ordinal);
    private readonly List<Channel<WatchEvent>> _watchers = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeMachines(IEnumerable<VirtualMachine> machines)
    {
        foreach (VirtualMachine vm in machines)
            _machines.Add(vm.Key.ToString(), vm);
    }

    /// <summary>How long a deleted machine is still there.</summary>
    public TimeSpan TearDown { get; set; } = TimeSpan.Zero;

    /// <summary>Thrown by every call, if set.</summary>
    public RpcException? Failure { get; set; }

    /// <summary>Errors that the agent has about a manifest, whatever it says.</summary>
    public Func<ApplyRequest, IReadOnlyList<string>> ApplyErrors { get; set; } = _ => [];

    public ConcurrentQueue<ApplyRequest> Applied { get; } = [];

    public ConcurrentQueue<SetRunningRequest> Switched { get; } = [];

    public DescribeResponse Description { get; } = new();

    public DiagnoseResponse Diagnosis { get; } = new();

    public ConcurrentQueue<DiagnoseRequest> Diagnosed { get; } = [];

    /// <summary>What a trace tells before it ends.</summary>
    public IList<TraceEvent> Traced { get; } = [];

    public ConcurrentQueue<TraceRequest> Traces { get; } = [];

    /// <summary>What the guest answers to a piece of input; null ends the console.</summary>
    public Func<string, string?> Guest { get; set; } = input => input.ToUpperInvariant();

    public ConcurrentQueue<ConsoleTarget> Consoles { get; } = [];

    /// <summary>Completes when somebody watches.</summary>
    public Task Watched => _watched.Task;

    /// <summary>Completes when a deletion was asked for.</summary>
    public TaskCompletionSource Doomed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancelled when the agent stops.</summary>
    public CancellationToken End => _end.Token;

    public IReadOnlyList<VirtualMachine> List()
    {
        lock (_lock)
            return [.. _machines.Values];
    }

    public VirtualMachine? Find(string @namespace, string name)
    {
        lock (_lock)
            return _machines.GetValueOrDefault($"{@namespace}/{name}");
    }

    /// <returns>Whether it is new.</returns>
    public bool Put(VirtualMachine vm)
    {
        lock (_lock)
        {
            bool isNew = !_machines.ContainsKey(vm.Key.ToString());
            _machines[vm.Key.ToString()] = vm;
            Tell(isNew ? WatchEvent.Types.Type.Added : WatchEvent.Types.Type.Modified, vm);
            return isNew;
        }
    }

    public void Remove(VirtualMachineKey key)
    {
        lock (_lock)
        {
            if (_machines.Remove(key.ToString(), out VirtualMachine? vm))
                Tell(WatchEvent.Types.Type.Deleted, vm);
        }
    }

    public ChannelReader<WatchEvent> Watch()
    {
        Channel<WatchEvent> channel = Channel.CreateUnbounded<WatchEvent>();
        lock (_lock)
        {
            foreach (VirtualMachine vm in _machines.Values)
                channel.Writer.TryWrite(Event(WatchEvent.Types.Type.Added, vm));
            _watchers.Add(channel);
        }
        _watched.TrySetResult();
        return channel.Reader;
    }

    public void EndStreams()
    {
        _end.Cancel();
        lock (_lock)
            _watchers.ForEach(watcher => watcher.Writer.TryComplete());
    }

    private void Tell(WatchEvent.Types.Type type, VirtualMachine vm) =>
        _watchers.ForEach(watcher => watcher.Writer.TryWrite(Event(type, vm)));

    private static WatchEvent Event(WatchEvent.Types.Type type, VirtualMachine vm) =>
        new() { Type = type, Item = ManifestWriter.ToJson(vm) };
}
