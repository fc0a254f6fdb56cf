using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

public sealed partial class Domain
{
    // libvirt-domain.h: VIR_DOMAIN_METADATA_ELEMENT.
    private const int MetadataElement = 2;

    /// <summary>What it does now, and why.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>State and reason.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_NO_DOMAIN if it is gone.</exception>
    public unsafe Task<DomainStatus> GetStateAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            "get state of",
            (call, domain) =>
            {
                int state,
                    reason;
                _ = call.Check(LibVirt.virDomainGetState(domain, &state, &reason, 0));
                return new DomainStatus((DomainState)state, Details.Reason(state, reason));
            },
            cancellationToken
        );

    /// <summary>Whether it has a configuration that outlives its stop.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>False for a transient domain.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_NO_DOMAIN if it is gone.</exception>
    public Task<bool> IsPersistentAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            "examine",
            (call, domain) => call.Check(LibVirt.virDomainIsPersistent(domain)) == 1,
            cancellationToken
        );

    /// <summary>Whether it runs, paused included.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>False if it is only defined.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_NO_DOMAIN if it is gone.</exception>
    public Task<bool> IsActiveAsync(CancellationToken cancellationToken = default) =>
        RunAsync("examine", (call, domain) => call.Check(LibVirt.virDomainIsActive(domain)) == 1, cancellationToken);

    /// <summary>Its description; <see cref="DomainXml.Parse"/> reads it.</summary>
    /// <param name="flags">Which description.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>A <c>domain</c> document.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_NO_DOMAIN if it is gone.</exception>
    public unsafe Task<string> GetXmlAsync(
        DomainXmlFlags flags = DomainXmlFlags.None,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            "get XML of",
            (call, domain) => call.TakeString(LibVirt.virDomainGetXMLDesc(domain, (uint)flags)),
            cancellationToken
        );

    /// <summary>Stores an XML element of ours with the domain, in place of one of the same namespace.</summary>
    /// <param name="xml">The element; its prefix and namespace declaration are libvirt's to add. Null deletes it.</param>
    /// <param name="prefix">Namespace prefix for the stored element.</param>
    /// <param name="namespaceUri">The namespace that tells our element from other people's.</param>
    /// <param name="change">The running domain, the configuration or both.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when it is stored.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_NO_DOMAIN if the domain is gone; VIR_ERR_XML_DETAIL or VIR_ERR_XML_ERROR if
    /// the element is not well-formed.</exception>
    public Task SetMetadataAsync(
        string? xml,
        string prefix,
        string namespaceUri,
        DomainChange change = DomainChange.Current,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            "set metadata of",
            domain => LibVirt.virDomainSetMetadata(domain, MetadataElement, xml, prefix, namespaceUri, (uint)change),
            cancellationToken
        );

    /// <summary>Reads an XML element that was stored with the domain.</summary>
    /// <param name="namespaceUri">The element's namespace.</param>
    /// <param name="change">The running domain or the configuration.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The element, or null if there is none of that namespace.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_NO_DOMAIN if the domain is gone.</exception>
    public unsafe Task<string?> GetMetadataAsync(
        string namespaceUri,
        DomainChange change = DomainChange.Current,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            "get metadata of",
            (call, domain) =>
            {
                try
                {
                    return call.TakeString(
                        LibVirt.virDomainGetMetadata(domain, MetadataElement, namespaceUri, (uint)change)
                    );
                }
                catch (LibvirtException e) when (e.Code == LibvirtErrorCode.VIR_ERR_NO_DOMAIN_METADATA)
                {
                    return null;
                }
            },
            cancellationToken
        );

    /// <summary>An interface's traffic counters.</summary>
    /// <param name="targetDevice">The host's end, <see cref="DomainInterfaceXml.TargetDevice"/>, for example <c>vnet0</c>.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The counters, as the guest sees the directions.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it does not run; VIR_ERR_INVALID_ARG if it has no such
    /// interface.</exception>
    public unsafe Task<InterfaceStats> GetInterfaceStatsAsync(
        string targetDevice,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            $"get counters of {targetDevice} of",
            (call, domain) =>
            {
                VirInterfaceStats stats;
                _ = call.Check(
                    LibVirt.virDomainInterfaceStats(domain, targetDevice, &stats, (nuint)sizeof(VirInterfaceStats))
                );
                return new InterfaceStats(
                    Known(stats.RxBytes),
                    Known(stats.RxPackets),
                    Known(stats.RxErrors),
                    Known(stats.RxDropped),
                    Known(stats.TxBytes),
                    Known(stats.TxPackets),
                    Known(stats.TxErrors),
                    Known(stats.TxDropped)
                );
            },
            cancellationToken
        );

    private static long? Known(long counter) => counter < 0 ? null : counter;
}
