namespace Fairlead.Libvirt;

/// <summary>What a domain does now (<c>virDomainState</c>).</summary>
public enum DomainState
{
    /// <summary>The driver knows no state.</summary>
    NoState = 0,

    /// <summary>Running.</summary>
    Running = 1,

    /// <summary>Waiting for a resource.</summary>
    Blocked = 2,

    /// <summary>Paused: its memory and devices are there, its CPUs stand still.</summary>
    Paused = 3,

    /// <summary>Shutting down.</summary>
    Shutdown = 4,

    /// <summary>Off.</summary>
    Shutoff = 5,

    /// <summary>Crashed and kept.</summary>
    Crashed = 6,

    /// <summary>Suspended by its own power management.</summary>
    PmSuspended = 7,
}

/// <summary>A domain's state and why it is in it.</summary>
/// <param name="State">The state.</param>
/// <param name="Reason">The reason, always one of this state's.</param>
public readonly record struct DomainStatus(DomainState State, DomainStateReason Reason);
