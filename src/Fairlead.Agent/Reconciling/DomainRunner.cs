using System.Xml.Linq;
using Fairlead.Libvirt;
using Fairlead.Vmi;

namespace Fairlead.Agent.Reconciling;

/// <summary>Starts and ends libvirt domains. Each operation may be repeated; absent is success.</summary>
internal sealed class DomainRunner(LibvirtSession libvirt, TimeProvider time)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);

    // A guest that is still booting has nobody who hears the power button: it is pressed again.
    private static readonly TimeSpan s_pressAgain = TimeSpan.FromSeconds(3);

    /// <summary>State of the domain, or null when there is none of that UUID.</summary>
    public async Task<DomainStatus?> FindStateAsync(string uid, CancellationToken cancellationToken)
    {
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        if (await connection.FindDomainAsync(Guid.Parse(uid), cancellationToken) is not { } domain)
            return null;
        try
        {
            return await domain.GetStateAsync(cancellationToken);
        }
        catch (LibvirtException e) when (e.IsAbsent)
        {
            return null;
        }
    }

    /// <summary>Defines the domain, removing a definition of the same name that is not this VM's.</summary>
    public async Task DefineAsync(string uid, XElement xml, CancellationToken cancellationToken)
    {
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        string name = xml.Element("name")!.Value;
        Domain? stale = await connection.FindDomainAsync(name, cancellationToken);
        if (stale is not null && stale.Uuid != Guid.Parse(uid))
            await EndAsync(stale, cancellationToken);
        await connection.DefineDomainAsync(xml.ToString(), cancellationToken: cancellationToken);
    }

    public async Task StartAsync(string uid, CancellationToken cancellationToken)
    {
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        Domain domain =
            await connection.FindDomainAsync(Guid.Parse(uid), cancellationToken)
            ?? throw new InvalidOperationException($"domain {uid} is gone before its start");
        await domain.StartAsync(cancellationToken: cancellationToken);
    }

    /// <summary>
    /// Shuts the guest down in order, destroys it when it has not ended after <paramref name="grace"/>, and undefines the
    /// domain.
    /// </summary>
    /// <returns>True when the guest ended by itself, or was not running.</returns>
    public async Task<bool> StopAsync(string uid, TimeSpan grace, CancellationToken cancellationToken)
    {
        LibvirtConnection connection = await libvirt.GetAsync(cancellationToken);
        if (await connection.FindDomainAsync(Guid.Parse(uid), cancellationToken) is not { } domain)
            return true;
        bool orderly = await ShutDownAsync(domain, grace, cancellationToken);
        await EndAsync(domain, cancellationToken);
        return orderly;
    }

    private async Task<bool> ShutDownAsync(Domain domain, TimeSpan grace, CancellationToken cancellationToken)
    {
        try
        {
            long begin = time.GetTimestamp();
            TimeSpan nextPress = TimeSpan.Zero;
            while (await domain.IsActiveAsync(cancellationToken))
            {
                TimeSpan elapsed = time.GetElapsedTime(begin);
                if (elapsed >= grace)
                    return false;
                if (elapsed >= nextPress)
                {
                    await domain.ShutdownAsync(DomainShutdownFlags.AcpiPowerButton, cancellationToken);
                    nextPress += s_pressAgain;
                }

                await Task.Delay(s_poll, time, cancellationToken);
            }

            return true;
        }
        catch (LibvirtException e) when (e.IsAbsent || e.Code is LibvirtErrorCode.VIR_ERR_OPERATION_INVALID)
        {
            return true; // ended between the look and the press
        }
    }

    private static async Task EndAsync(Domain domain, CancellationToken cancellationToken)
    {
        await IgnoreAbsentAsync(() => domain.DestroyAsync(cancellationToken: cancellationToken));
        await IgnoreAbsentAsync(() =>
            // No manifest makes an NVRAM file; libvirt's test driver refuses the flag.
            domain.UndefineAsync(
                DomainUndefineFlags.ManagedSave | DomainUndefineFlags.SnapshotsMetadata,
                cancellationToken
            )
        );

        static async Task IgnoreAbsentAsync(Func<Task> action)
        {
            try
            {
                await action();
            }
            // OPERATION_INVALID: "domain is not running".
            catch (LibvirtException e) when (e.IsAbsent || e.Code is LibvirtErrorCode.VIR_ERR_OPERATION_INVALID) { }
        }
    }
}
