using System.Collections.Immutable;
using Fairlead.Crds;
using Fairlead.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

/// <summary>The records of vNICs on domains that are not ours, durable.</summary>
internal sealed partial class DomainVnicStore
{
    private readonly RecordDirectory<DomainVnicRecord> _records;
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, ImmutableSortedDictionary<string, DomainVnicRecord>> _byDomain = [];

    private DomainVnicStore(RecordDirectory<DomainVnicRecord> records)
    {
        _records = records;
        foreach (DomainVnicRecord record in records.List())
            Index(record);
    }

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

    public IReadOnlyList<DomainVnicRecord> OfDomain(Guid domain)
    {
        lock (_lock)
            return _byDomain.TryGetValue(domain, out ImmutableSortedDictionary<string, DomainVnicRecord>? vnics)
                ? [.. vnics.Values]
                : [];
    }

    public IReadOnlyList<VirtualMachineKey> Keys()
    {
        lock (_lock)
            return [.. _byDomain.Keys.Select(DomainVnicRecord.KeyOf)];
    }

    /// <summary>Whether a domain of that UUID has a vNIC of ours.</summary>
    public bool HasUid(string uid)
    {
        lock (_lock)
            return Guid.TryParse(uid, out Guid domain) && _byDomain.ContainsKey(domain);
    }

    public async Task SaveAsync(DomainVnicRecord record)
    {
        await _records.SaveAsync(record);
        Index(record);
    }

    public void Remove(DomainVnicRecord record)
    {
        _records.Remove(record.Id);
        lock (_lock)
        {
            if (
                !_byDomain.TryGetValue(
                    record.DomainUuid,
                    out ImmutableSortedDictionary<string, DomainVnicRecord>? vnics
                )
            )
                return;
            vnics = vnics.Remove(record.Vnic);
            if (vnics.IsEmpty)
                _byDomain.Remove(record.DomainUuid);
            else
                _byDomain[record.DomainUuid] = vnics;
        }
    }

    private void Index(DomainVnicRecord record)
    {
        lock (_lock)
            _byDomain[record.DomainUuid] = _byDomain
                .GetValueOrDefault(
                    record.DomainUuid,
                    ImmutableSortedDictionary.Create<string, DomainVnicRecord>(StringComparer.Ordinal)
                )
                .SetItem(record.Vnic, record);
    }

    [LoggerMessage(
        EventId = 240,
        Level = LogLevel.Error,
        Message = "domains' vNICs: {Path} is no record of ours and was set aside as {Aside}: {Reason}"
    )]
    private static partial void LogSetAside(ILogger logger, string path, string aside, string reason);
}
