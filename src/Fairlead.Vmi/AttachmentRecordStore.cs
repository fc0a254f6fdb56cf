using System.Net;
using Fairlead.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Vmi;

/// <summary>The agent's records of attachments, durable, one per vNIC.</summary>
public sealed partial class AttachmentRecordStore
{
    private readonly RecordDirectory<AttachmentRecord> _records;
    private readonly AttachmentIndex _index = new();
    private readonly SemaphoreSlim _begin = new(1);

    private AttachmentRecordStore(RecordDirectory<AttachmentRecord> records)
    {
        _records = records;
        foreach (AttachmentRecord record in records.List())
            _index.Set(record);
    }

    /// <summary>Opens the store in <paramref name="directory"/>, making it when there is none.</summary>
    public static AttachmentRecordStore Open(string directory, ILogger logger)
    {
        RecordDirectory<AttachmentRecord> records = RecordDirectory<AttachmentRecord>.Open(
            directory,
            AttachmentRecordJson.Default.AttachmentRecord,
            record => record.Key,
            record =>
                record.Version == AttachmentRecord.CurrentVersion
                    ? null
                    : $"version {record.Version} is not {AttachmentRecord.CurrentVersion}"
        );
        foreach (SetAsideFile file in records.SetAside)
            LogSetAside(logger, file.Path, file.NewPath, file.Reason);
        return new AttachmentRecordStore(records);
    }

    public IReadOnlyCollection<AttachmentRecord> List() => _records.List();

    public AttachmentRecord? Find(VnicNames names) => _records.Find(names.AttachmentKey);

    /// <summary>The attachments of one VM, by vNIC name.</summary>
    public IReadOnlyDictionary<string, AttachmentRecord> OfVm(string vmUid) => _index.OfVm(vmUid);

    /// <summary>The attachment that a link of that name belongs to: VMI interface, bridge or tap.</summary>
    public AttachmentRecord? FindByLink(string linkName) => _index.FindByLink(linkName);

    /// <summary>The record of the vNIC; made, with a bridge address that nobody else has, when there is none.</summary>
    internal async Task<AttachmentRecord> FindOrBeginAsync(VnicNames names, CancellationToken cancellationToken)
    {
        await _begin.WaitAsync(cancellationToken);
        try
        {
            if (Find(names) is { } existing)
                return existing;
            HashSet<IPAddress> taken = [.. List().Select(r => r.BridgeAddress)];
            AttachmentRecord record = new()
            {
                Version = AttachmentRecord.CurrentVersion,
                VmUid = names.VmUid,
                VmNamespace = names.Vm.Namespace,
                VmName = names.Vm.Name,
                Vnic = names.Vnic,
                BridgeAddress = LinkLocalSubnets.Choose(names.AttachmentKey, taken),
            };
            await SaveAsync(record);
            return record;
        }
        finally
        {
            _begin.Release();
        }
    }

    internal async Task SaveAsync(AttachmentRecord record)
    {
        await _records.SaveAsync(record);
        _index.Set(record);
    }

    internal void Remove(VnicNames names)
    {
        _records.Remove(names.AttachmentKey);
        _index.Remove(names);
    }

    [LoggerMessage(
        EventId = 100,
        Level = LogLevel.Error,
        Message = "attachments: {Path} is no record of ours and was set aside as {Aside}: {Reason}"
    )]
    private static partial void LogSetAside(ILogger logger, string path, string aside, string reason);
}
