using Fairlead.Crds;
using Fairlead.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

/// <summary>The records of vNICs on domains that are not ours, durable.</summary>
internal sealed partial class DomainVnicStore
{
    private readonly RecordDirectory<DomainVnicRecord> _records;

    private DomainVnicStore(RecordDirectory<DomainVnicRecord> records) => _records = records;

    public static DomainVnicStore Open(string directory, ILogger logger)
    {
        RecordDirectory<DomainVnicRecord> records = RecordDirectory<DomainVnicRecord>.Open(
            directory,
            DomainVnicRecordJson.Default.DomainVnicRecord,
            record => record.Id,
            record =>
                record.Version == DomainVnicRecord.CurrentVersion
                    ? null
                    : $"version {record.Version} is not {DomainVnicRecord.CurrentVersion}"
        );
        foreach (SetAsideFile file in records.SetAside)
            LogSetAside(logger, file.Path, file.NewPath, file.Reason);
        return new DomainVnicStore(records);
    }

    public IReadOnlyList<DomainVnicRecord> OfDomain(Guid domain) =>
        [.. _records.List().Where(r => r.DomainUuid == domain).OrderBy(r => r.Vnic, StringComparer.Ordinal)];

    public IEnumerable<VirtualMachineKey> Keys() => _records.List().Select(r => r.Key).Distinct();

    /// <summary>Whether a domain of that UUID has a vNIC of ours.</summary>
    public bool HasUid(string uid) => _records.List().Any(r => r.DomainUuid.ToString() == uid);

    public Task SaveAsync(DomainVnicRecord record) => _records.SaveAsync(record);

    public void Remove(DomainVnicRecord record) => _records.Remove(record.Id);

    [LoggerMessage(
        EventId = 240,
        Level = LogLevel.Error,
        Message = "domains' vNICs: {Path} is no record of ours and was set aside as {Aside}: {Reason}"
    )]
    private static partial void LogSetAside(ILogger logger, string path, string aside, string reason);
}
