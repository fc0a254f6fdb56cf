namespace Fairlead.Libvirt;

/// <summary>
/// Why a domain's life changed (<c>virDomainEvent…DetailType</c>). libvirt counts the details of each kind from zero; here
/// the kind is in the upper bits, so that one value says it all. Details newer than this list keep their number.
/// </summary>
public enum DomainLifecycleDetail
{
    /// <summary>A new configuration.</summary>
    DefinedAdded = (0 << 8) | 0,

    /// <summary>A changed configuration.</summary>
    DefinedUpdated = (0 << 8) | 1,

    /// <summary>Under another name.</summary>
    DefinedRenamed = (0 << 8) | 2,

    /// <summary>Taken from a snapshot.</summary>
    DefinedFromSnapshot = (0 << 8) | 3,

    /// <summary>The configuration was deleted.</summary>
    UndefinedRemoved = (1 << 8) | 0,

    /// <summary>The old name of a renamed domain.</summary>
    UndefinedRenamed = (1 << 8) | 1,

    /// <summary>Normal boot.</summary>
    StartedBooted = (2 << 8) | 0,

    /// <summary>Migrated from another host.</summary>
    StartedMigrated = (2 << 8) | 1,

    /// <summary>From a state file.</summary>
    StartedRestored = (2 << 8) | 2,

    /// <summary>From a snapshot.</summary>
    StartedFromSnapshot = (2 << 8) | 3,

    /// <summary>Woken by an event.</summary>
    StartedWakeup = (2 << 8) | 4,

    /// <summary>Paused by a request.</summary>
    SuspendedPaused = (3 << 8) | 0,

    /// <summary>Paused for an offline migration.</summary>
    SuspendedMigrated = (3 << 8) | 1,

    /// <summary>Paused by a disk error.</summary>
    SuspendedIoError = (3 << 8) | 2,

    /// <summary>Paused by the watchdog.</summary>
    SuspendedWatchdog = (3 << 8) | 3,

    /// <summary>Restored from a paused state.</summary>
    SuspendedRestored = (3 << 8) | 4,

    /// <summary>Restored from a paused snapshot.</summary>
    SuspendedFromSnapshot = (3 << 8) | 5,

    /// <summary>Paused after a failed libvirt call.</summary>
    SuspendedApiError = (3 << 8) | 6,

    /// <summary>Paused for post-copy migration.</summary>
    SuspendedPostCopy = (3 << 8) | 7,

    /// <summary>Paused after a failed post-copy.</summary>
    SuspendedPostCopyFailed = (3 << 8) | 8,

    /// <summary>By a request.</summary>
    ResumedUnpaused = (4 << 8) | 0,

    /// <summary>After a migration.</summary>
    ResumedMigrated = (4 << 8) | 1,

    /// <summary>From a snapshot.</summary>
    ResumedFromSnapshot = (4 << 8) | 2,

    /// <summary>While post-copy goes on.</summary>
    ResumedPostCopy = (4 << 8) | 3,

    /// <summary>While post-copy has failed.</summary>
    ResumedPostCopyFailed = (4 << 8) | 4,

    /// <summary>The guest powered off.</summary>
    StoppedShutdown = (5 << 8) | 0,

    /// <summary>Ended by a destroy request.</summary>
    StoppedDestroyed = (5 << 8) | 1,

    /// <summary>The guest or its emulator crashed.</summary>
    StoppedCrashed = (5 << 8) | 2,

    /// <summary>Migrated away.</summary>
    StoppedMigrated = (5 << 8) | 3,

    /// <summary>Saved to a state file.</summary>
    StoppedSaved = (5 << 8) | 4,

    /// <summary>The emulator failed or could not start.</summary>
    StoppedFailed = (5 << 8) | 5,

    /// <summary>An offline snapshot was loaded.</summary>
    StoppedFromSnapshot = (5 << 8) | 6,

    /// <summary>The guest has shut down; who asked for it is unknown.</summary>
    ShutdownFinished = (6 << 8) | 0,

    /// <summary>The guest shut down by itself.</summary>
    ShutdownGuest = (6 << 8) | 1,

    /// <summary>The host asked or the emulator got a signal.</summary>
    ShutdownHost = (6 << 8) | 2,

    /// <summary>Suspended to memory.</summary>
    PmSuspendedMemory = (7 << 8) | 0,

    /// <summary>Suspended to disk.</summary>
    PmSuspendedDisk = (7 << 8) | 1,

    /// <summary>The guest's kernel panicked.</summary>
    CrashedPanicked = (8 << 8) | 0,

    /// <summary>The guest panicked and runs its crash kernel.</summary>
    CrashedCrashLoaded = (8 << 8) | 1,
}
