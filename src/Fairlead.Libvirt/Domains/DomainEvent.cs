namespace Fairlead.Libvirt;

/// <summary>Something happened to a domain.</summary>
/// <param name="Domain">The domain; it may be gone by the time the event is read.</param>
public abstract record DomainEvent(Domain Domain);

/// <summary>A domain was defined, started, stopped and so on.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">Why, always one of this kind's.</param>
public sealed record DomainLifecycleEvent(Domain Domain, DomainLifecycle Kind, DomainLifecycleDetail Detail)
    : DomainEvent(Domain);

/// <summary>The guest rebooted, or was reset; its devices and addresses stay.</summary>
/// <param name="Domain">The domain.</param>
public sealed record DomainRebootEvent(Domain Domain) : DomainEvent(Domain);

/// <summary>A device was plugged in.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Alias">The device's alias in the live XML, for example <c>net1</c>.</param>
public sealed record DomainDeviceAddedEvent(Domain Domain, string Alias) : DomainEvent(Domain);

/// <summary>
/// The guest has let a device go and it is gone. This alone says so: a detach call may return while the device is still
/// there (libvirt waits 5 s for the guest and then reports success).
/// </summary>
/// <param name="Domain">The domain.</param>
/// <param name="Alias">The device's alias.</param>
public sealed record DomainDeviceRemovedEvent(Domain Domain, string Alias) : DomainEvent(Domain);

/// <summary>The guest refused to let a device go.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Alias">The device's alias.</param>
public sealed record DomainDeviceRemovalFailedEvent(Domain Domain, string Alias) : DomainEvent(Domain);

/// <summary>What can happen in a domain's life (<c>virDomainEventType</c>).</summary>
public enum DomainLifecycle
{
    /// <summary>Its configuration was added or changed.</summary>
    Defined = 0,

    /// <summary>Its configuration was deleted.</summary>
    Undefined = 1,

    /// <summary>It started.</summary>
    Started = 2,

    /// <summary>Its CPUs were stopped.</summary>
    Suspended = 3,

    /// <summary>Its CPUs run again.</summary>
    Resumed = 4,

    /// <summary>It is off; a transient domain is gone.</summary>
    Stopped = 5,

    /// <summary>The guest has finished its shutdown; <see cref="Stopped"/> follows.</summary>
    Shutdown = 6,

    /// <summary>The guest suspended itself.</summary>
    PmSuspended = 7,

    /// <summary>The guest crashed; what follows depends on <c>on_crash</c>.</summary>
    Crashed = 8,
}
