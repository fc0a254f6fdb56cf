using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

public sealed partial class Domain
{
    /// <summary>Plugs a device in.</summary>
    /// <param name="xml">The device's element, for example <c>interface</c>.</param>
    /// <param name="change">The running domain, the configuration or both.</param>
    /// <param name="cancellationToken">Stops the waiting; the device may still come.</param>
    /// <returns>Completes when it is there.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_XML_ERROR or VIR_ERR_CONFIG_UNSUPPORTED if the XML is not accepted;
    /// VIR_ERR_INTERNAL_ERROR if there is no free slot; VIR_ERR_NO_DOMAIN if the domain is gone.</exception>
    public Task AttachDeviceAsync(
        string xml,
        DomainChange change = DomainChange.Current,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            "attach device to",
            domain => LibVirt.virDomainAttachDeviceFlags(domain, xml, (uint)change),
            cancellationToken
        );

    /// <summary>
    /// Asks the guest to let a device go. Success says that it was asked: only <see cref="DomainDeviceRemovedEvent"/>, or its
    /// absence from the live XML, says that it is gone.
    /// </summary>
    /// <param name="xml">The device's element; for an interface its MAC suffices.</param>
    /// <param name="change">The running domain, the configuration or both.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when it is gone, or after 5 s without an answer of the guest.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_DEVICE_MISSING (<see cref="LibvirtException.IsAbsent"/>) if there is no such
    /// device; VIR_ERR_OPERATION_FAILED if the guest refuses or is being asked already.</exception>
    public Task DetachDeviceAsync(
        string xml,
        DomainChange change = DomainChange.Current,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            "detach device from",
            domain => LibVirt.virDomainDetachDeviceFlags(domain, xml, (uint)change),
            cancellationToken
        );

    /// <summary>Asks the guest to let a device go and returns at once; see <see cref="DetachDeviceAsync"/>.</summary>
    /// <param name="alias">The device's alias in the live XML.</param>
    /// <param name="change">The running domain, the configuration or both.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when it was asked.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_INTERNAL_ERROR if there is no such device (libvirt 9.0: of the calls here only
    /// <see cref="DetachDeviceAsync"/> tells an absent device by its code).</exception>
    public Task DetachDeviceByAliasAsync(
        string alias,
        DomainChange change = DomainChange.Live,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            $"detach device {alias} from",
            domain => LibVirt.virDomainDetachDeviceAlias(domain, alias, (uint)change),
            cancellationToken
        );

    /// <summary>Changes a device in place, for example an interface's <c>link state</c>.</summary>
    /// <param name="xml">The whole element as it shall be; best the live XML's own with the one change.</param>
    /// <param name="change">The running domain, the configuration or both.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when it is changed.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_UNSUPPORTED or VIR_ERR_CONFIG_UNSUPPORTED if that cannot be changed
    /// in place; VIR_ERR_DEVICE_MISSING if there is no such device.</exception>
    public Task UpdateDeviceAsync(
        string xml,
        DomainChange change = DomainChange.Current,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            "update device of",
            domain => LibVirt.virDomainUpdateDeviceFlags(domain, xml, (uint)change),
            cancellationToken
        );

    /// <summary>Opens a serial console. Any number may be open, of any domains.</summary>
    /// <param name="deviceAlias">Alias of the console or serial device, or null for the first.</param>
    /// <param name="flags">What to do if it is open already.</param>
    /// <param name="cancellationToken">Stops the waiting; a console that opens afterwards is closed at once.</param>
    /// <returns>The console, to be disposed.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if the domain does not run; VIR_ERR_INTERNAL_ERROR if it has
    /// no such console or it is no pty; VIR_ERR_OPERATION_FAILED if it is open already; VIR_ERR_NO_SUPPORT from drivers without
    /// consoles.</exception>
    public Task<DomainConsole> OpenConsoleAsync(
        string? deviceAlias = null,
        DomainConsoleFlags flags = DomainConsoleFlags.None,
        CancellationToken cancellationToken = default
    ) =>
        _connection.RunAsync(
            $"open console of domain {Name}",
            call => DomainConsole.Open(_connection, _connection.OpenAnother(call), this, deviceAlias, flags, call),
            cancellationToken,
            abandoned: console => console.Abandon()
        );
}
