using System.Collections.Concurrent;
using System.Globalization;
using Fairlead.Libvirt;
using Fairlead.Netlink;
using Fairlead.Vmi;
using Microsoft.Extensions.Logging;

namespace Fairlead.Agent.Reconciling;

/// <summary>
/// Pod-network vNICs on libvirt domains that somebody else defined. A domain keeps them, and their addresses, for as long
/// as libvirt knows it: a defined one until it is undefined, a transient one until it ends.
/// </summary>
internal sealed partial class DomainVnics(
    DomainVnicStore store,
    VmInterfaceSetup setup,
    VmInterfaceTeardown teardown,
    VmInterfaceCheck check,
    VmInterfaceRepair repair,
    AttachmentRecordStore attachments,
    LiveInterfaces interfaces,
    LibvirtSession libvirt,
    EventLog events,
    ILogger<DomainVnics> logger
)
{
    private readonly ConcurrentDictionary<Guid, SemaphoreSlim> _turns = [];
    private volatile bool _draining;

    /// <summary>Gives a domain one more vNIC: at once if it runs, and in its configuration if it has one.</summary>
    /// <exception cref="ReconcileException">What is in the way; nothing is left then.</exception>
    public async Task<AttachmentRecord> AttachAsync(
        string domainName,
        DomainVnicRequest request,
        CancellationToken cancellationToken
    )
    {
        Domain domain = await FindAsync(domainName, cancellationToken);
        if (DomainXmlBuilder.VmOf(await domain.GetXmlAsync(cancellationToken: cancellationToken)) is { } vm)
            throw new ReconcileException(
                Reasons.AttachFailed,
                $"domain {domain.Name} is virtual machine {vm}: add the vNIC to its manifest"
            );
        using IDisposable turn = await TakeTurnAsync(domain.Uuid, cancellationToken);
        IReadOnlyList<DomainVnicRecord> present = store.OfDomain(domain.Uuid);
        string vnic = request.Vnic ?? FreeName(present);
        if (present.Any(r => r.Vnic == vnic))
            throw new ReconcileException(Reasons.AttachFailed, $"domain {domain.Name} has a vNIC {vnic} already");
        DomainVnicRecord record = new()
        {
            Version = DomainVnicRecord.CurrentVersion,
            DomainUuid = domain.Uuid,
            DomainName = domain.Name,
            Vnic = vnic,
            Network = request.Network,
            Mac = request.Mac,
            Ip = request.Ip,
        };
        await store.SaveAsync(record);
        try
        {
            return await AttachAsync(record, domain, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            await teardown.TearDownAsync(NamesOf(record), cancellationToken);
            store.Remove(record);
            throw new ReconcileException(Reasons.AttachFailed, $"vNIC {vnic} of domain {domain.Name}: {e.Message}", e);
        }
    }

    /// <summary>Takes a vNIC from a domain and releases it.</summary>
    /// <returns>False when the guest has not let it go yet; it is asked again until it has.</returns>
    public async Task<bool> DetachAsync(string domainName, string vnic, CancellationToken cancellationToken)
    {
        Domain domain = await FindAsync(domainName, cancellationToken);
        using IDisposable turn = await TakeTurnAsync(domain.Uuid, cancellationToken);
        IReadOnlyList<DomainVnicRecord> present = store.OfDomain(domain.Uuid);
        DomainVnicRecord record =
            present.FirstOrDefault(r => r.Vnic == vnic)
            ?? throw new ReconcileException(
                Reasons.DomainGone,
                $"domain {domain.Name} has no vNIC {vnic} that fairlead attached; it has "
                    + (present is [] ? "none" : string.Join(", ", present.Select(r => r.Vnic)))
            );
        record = record with { IsLeaving = true };
        await store.SaveAsync(record);
        return await DetachAsync(record, domain, cancellationToken);
    }

    /// <summary>One look at a domain's vNICs: completes, repairs, or releases them.</summary>
    public async Task ReconcileAsync(Guid uuid, CancellationToken cancellationToken)
    {
        using IDisposable turn = await TakeTurnAsync(uuid, cancellationToken);
        IReadOnlyList<DomainVnicRecord> records = store.OfDomain(uuid);
        if (records is [])
            return;
        if (_draining)
        {
            // Kept on record: the next environment attaches them again.
            foreach (DomainVnicRecord record in records)
                await teardown.TearDownAsync(NamesOf(record), cancellationToken);
            return;
        }

        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        Domain? domain = await connection.FindDomainAsync(uuid, cancellationToken);
        foreach (DomainVnicRecord record in records)
        {
            if (domain is null)
                await ReleaseAsync(record, "the domain is gone", cancellationToken);
            else if (record.IsLeaving)
                await DetachAsync(record, domain, cancellationToken);
            else
                await LookAfterAsync(record, domain, cancellationToken);
        }
    }

    /// <summary>From now on all are released, and kept on record.</summary>
    public void BeginDrain() => _draining = true;

    private async Task LookAfterAsync(DomainVnicRecord record, Domain domain, CancellationToken cancellationToken)
    {
        if (attachments.Find(NamesOf(record)) is not { Endpoint: not null, IsStale: false } attachment)
        {
            await AttachAsync(record, domain, cancellationToken);
            return;
        }

        IReadOnlyList<VnicFault> faults = await check.FindFaultsAsync(attachment, cancellationToken);
        // A domain that is off has no tap, and one whose vNIC is to be plugged in yet has none either.
        VnicFault[] own = [.. faults.Where(f => f.Kind != VnicFaultKind.TapMissing)];
        if (own is not [])
            await RepairAsync(record, attachment, own, cancellationToken);
        await PlugAsync(
            record,
            attachments.Find(NamesOf(record)) ?? attachment,
            domain,
            await domain.IsActiveAsync(cancellationToken),
            cancellationToken
        );
    }

    private async Task<AttachmentRecord> AttachAsync(
        DomainVnicRecord record,
        Domain domain,
        CancellationToken cancellationToken
    )
    {
        AttachmentRecord attachment = await setup.SetUpAsync(RequestOf(record), cancellationToken);
        await store.SaveAsync(record with { Kept = KeptVnic.Of(attachment) });
        await PlugAsync(record, attachment, domain, await domain.IsActiveAsync(cancellationToken), cancellationToken);
        events.Normal(
            record.Key,
            Reasons.VnicPlugged,
            $"vNIC {record.Vnic} of domain {domain.Name}: {string.Join(", ", attachment.Endpoint!.Addresses)} of network {attachment.Network}"
        );
        LogAttached(logger, domain.Name, record.Vnic, string.Join(", ", attachment.Endpoint.Addresses));
        return attachment;
    }

    private async Task RepairAsync(
        DomainVnicRecord record,
        AttachmentRecord attachment,
        IReadOnlyList<VnicFault> faults,
        CancellationToken cancellationToken
    )
    {
        foreach (VnicRepair done in await repair.RepairAsync(RequestOf(record), attachment, faults, cancellationToken))
        {
            string message = $"vNIC {record.Vnic} of domain {record.DomainName}: {done}";
            events.Normal(record.Key, done.Failure is null ? Reasons.Repaired : Reasons.RepairFailed, message);
            LogRepaired(logger, message);
        }
    }

    private async Task ReleaseAsync(DomainVnicRecord record, string why, CancellationToken cancellationToken)
    {
        await teardown.TearDownAsync(NamesOf(record), cancellationToken);
        store.Remove(record);
        if (store.OfDomain(record.DomainUuid) is [])
            events.Forget(record.Key);
        LogReleased(logger, record.DomainName, record.Vnic, why);
    }

    private async Task<Domain> FindAsync(string nameOrUuid, CancellationToken cancellationToken)
    {
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        Domain? found = await connection.FindDomainAsync(nameOrUuid, cancellationToken);
        if (found is null && Guid.TryParse(nameOrUuid, out Guid uuid))
            found = await connection.FindDomainAsync(uuid, cancellationToken);
        return found
            ?? throw new ReconcileException(
                Reasons.DomainGone,
                $"libvirt at {libvirt.Uri} has no domain \"{nameOrUuid}\"; it must be one of this environment's libvirtd"
            );
    }

    private async Task<IDisposable> TakeTurnAsync(Guid domain, CancellationToken cancellationToken)
    {
        SemaphoreSlim semaphore = _turns.GetOrAdd(domain, _ => new SemaphoreSlim(1));
        await semaphore.WaitAsync(cancellationToken);
        return new Turn(semaphore);
    }

    private static string FreeName(IReadOnlyList<DomainVnicRecord> present) =>
        Enumerable
            .Range(0, int.MaxValue)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"net{i}"))
            .First(name => present.All(r => r.Vnic != name));

    private static VnicNames NamesOf(DomainVnicRecord record) =>
        new(record.DomainUuid.ToString(), record.Key, record.Vnic);

    private static VnicRequest RequestOf(DomainVnicRecord record) =>
        new(
            NamesOf(record),
            record.Network,
            record.Mac is null ? null : MacAddress.Parse(record.Mac),
            new GuestFacts { Hostname = HostnameOf(record.DomainName) }
        )
        {
            Address = record.Ip is null ? null : InterfaceAddress.Parse(record.Ip),
            Kept = record.Kept?.ToIdentity(withAddresses: true),
        };

    /// <summary>A domain may be called anything; a host may not.</summary>
    internal static string HostnameOf(string domainName)
    {
        string label = new([
            .. domainName.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-').Take(63),
        ]);
        return label.Trim('-') is { Length: > 0 } name ? name : "vm";
    }

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }

    [LoggerMessage(
        EventId = 241,
        Level = LogLevel.Information,
        Message = "domain {Domain}: vNIC {Vnic} has {Addresses}"
    )]
    private static partial void LogAttached(ILogger logger, string domain, string vnic, string addresses);

    [LoggerMessage(
        EventId = 242,
        Level = LogLevel.Information,
        Message = "domain {Domain}: vNIC {Vnic} is released: {Why}"
    )]
    private static partial void LogReleased(ILogger logger, string domain, string vnic, string why);

    [LoggerMessage(EventId = 243, Level = LogLevel.Warning, Message = "{Message}")]
    private static partial void LogRepaired(ILogger logger, string message);
}

/// <summary>What somebody asks for; null leaves it to us.</summary>
internal sealed record DomainVnicRequest(string? Vnic, string? Network, string? Mac, string? Ip);
