using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Fairlead.Crds;
using Fairlead.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

/// <summary>A change of a virtual machine as watchers see it.</summary>
internal sealed record VmChange(VmChangeType Type, VirtualMachine Vm);

internal enum VmChangeType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>The agent's virtual machines: durable records, and whoever wants to know of their changes.</summary>
internal sealed partial class VmStore
{
    private readonly RecordDirectory<VmRecord> _records;
    private readonly Lock _lock = new();
    private readonly HashSet<Channel<VmChange>> _watchers = [];
    private readonly HashSet<string> _uids;

    private VmStore(RecordDirectory<VmRecord> records)
    {
        _records = records;
        _uids = [.. records.List().Select(r => r.Uid)];
    }

    public static VmStore Open(string directory, ILogger logger)
    {
        RecordDirectory<VmRecord> records = RecordDirectory<VmRecord>.Open(
            directory,
            VmRecordJson.Default.VmRecord,
            record => record.Key.ToString(),
            record =>
                record.Version != VmRecord.CurrentVersion ? $"version {record.Version} is not {VmRecord.CurrentVersion}"
                : record.Vm?.Metadata?.Uid is null ? "there is no UID"
                : null
        );
        foreach (SetAsideFile file in records.SetAside)
            LogSetAside(logger, file.Path, file.NewPath, file.Reason);
        return new VmStore(records);
    }

    /// <summary>Ordered by namespace and name.</summary>
    public IReadOnlyList<VmRecord> List() =>
        [
            .. _records
                .List()
                .OrderBy(r => r.Key.Namespace, StringComparer.Ordinal)
                .ThenBy(r => r.Key.Name, StringComparer.Ordinal),
        ];

    public VmRecord? Find(VirtualMachineKey key) => _records.Find(key.ToString());

    /// <summary>Asked for every attachment at each look for orphans.</summary>
    public bool HasUid(string uid)
    {
        lock (_lock)
            return _uids.Contains(uid);
    }

    /// <summary>Saves the record if it differs from the saved one, and tells the watchers.</summary>
    public async Task SaveAsync(VmRecord record)
    {
        VmRecord? old = Find(record.Key);
        if (old is not null && Text(old) == Text(record))
            return;
        await _records.SaveAsync(record);
        lock (_lock)
            _uids.Add(record.Uid);
        Publish(new VmChange(old is null ? VmChangeType.Added : VmChangeType.Modified, record.Vm));
    }

    public void Remove(VmRecord record)
    {
        _records.Remove(record.Key.ToString());
        lock (_lock)
            _uids.Remove(record.Uid);
        Publish(new VmChange(VmChangeType.Deleted, record.Vm));
    }

    /// <summary>What there is, as additions, then every change.</summary>
    public async IAsyncEnumerable<VmChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<VmChange> channel = Channel.CreateUnbounded<VmChange>();
        IReadOnlyList<VmRecord> present;
        lock (_lock)
        {
            _watchers.Add(channel);
            present = List();
        }

        try
        {
            foreach (VmRecord record in present)
                yield return new VmChange(VmChangeType.Added, record.Vm);
            await foreach (VmChange change in channel.Reader.ReadAllAsync(cancellationToken))
                yield return change;
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(channel);
        }
    }

    private void Publish(VmChange change)
    {
        lock (_lock)
        {
            foreach (Channel<VmChange> watcher in _watchers)
                watcher.Writer.TryWrite(change);
        }
    }

    private static string Text(VmRecord record) => JsonSerializer.Serialize(record, VmRecordJson.Default.VmRecord);

    [LoggerMessage(
        EventId = 200,
        Level = LogLevel.Error,
        Message = "virtual machines: {Path} is no record of ours and was set aside as {Aside}: {Reason}"
    )]
    private static partial void LogSetAside(ILogger logger, string path, string aside, string reason);
}
