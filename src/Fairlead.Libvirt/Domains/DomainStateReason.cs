namespace Fairlead.Libvirt;

/// <summary>
/// Why a domain is in its state (<c>virDomain…Reason</c>). libvirt counts the reasons of each state from zero; here the state
/// is in the upper bits, so that one value says it all. Reasons newer than this list keep their number.
/// </summary>
public enum DomainStateReason
{
    /// <summary>No reason given.</summary>
    NoStateUnknown = (0 << 8) | 0,

    /// <summary>No reason given.</summary>
    RunningUnknown = (1 << 8) | 0,

    /// <summary>Normal boot.</summary>
    RunningBooted = (1 << 8) | 1,

    /// <summary>Migrated from another host.</summary>
    RunningMigrated = (1 << 8) | 2,

    /// <summary>From a state file.</summary>
    RunningRestored = (1 << 8) | 3,

    /// <summary>From a snapshot.</summary>
    RunningFromSnapshot = (1 << 8) | 4,

    /// <summary>Resumed by a request.</summary>
    RunningUnpaused = (1 << 8) | 5,

    /// <summary>Back from a cancelled migration.</summary>
    RunningMigrationCanceled = (1 << 8) | 6,

    /// <summary>Back from a cancelled save.</summary>
    RunningSaveCanceled = (1 << 8) | 7,

    /// <summary>Woken by an event.</summary>
    RunningWakeup = (1 << 8) | 8,

    /// <summary>Resumed after a crash.</summary>
    RunningCrashed = (1 << 8) | 9,

    /// <summary>In post-copy migration.</summary>
    RunningPostCopy = (1 << 8) | 10,

    /// <summary>In a failed post-copy migration.</summary>
    RunningPostCopyFailed = (1 << 8) | 11,

    /// <summary>No reason given.</summary>
    BlockedUnknown = (2 << 8) | 0,

    /// <summary>No reason given.</summary>
    PausedUnknown = (3 << 8) | 0,

    /// <summary>By a request.</summary>
    PausedUser = (3 << 8) | 1,

    /// <summary>For an offline migration.</summary>
    PausedMigration = (3 << 8) | 2,

    /// <summary>While being saved.</summary>
    PausedSave = (3 << 8) | 3,

    /// <summary>While being dumped.</summary>
    PausedDump = (3 << 8) | 4,

    /// <summary>By a disk error.</summary>
    PausedIoError = (3 << 8) | 5,

    /// <summary>By the watchdog.</summary>
    PausedWatchdog = (3 << 8) | 6,

    /// <summary>Restored from a paused snapshot.</summary>
    PausedFromSnapshot = (3 << 8) | 7,

    /// <summary>While shutting down.</summary>
    PausedShuttingDown = (3 << 8) | 8,

    /// <summary>While a snapshot is made.</summary>
    PausedSnapshot = (3 << 8) | 9,

    /// <summary>The guest crashed and is kept.</summary>
    PausedCrashed = (3 << 8) | 10,

    /// <summary>While starting.</summary>
    PausedStartingUp = (3 << 8) | 11,

    /// <summary>For post-copy migration.</summary>
    PausedPostCopy = (3 << 8) | 12,

    /// <summary>After a failed post-copy.</summary>
    PausedPostCopyFailed = (3 << 8) | 13,

    /// <summary>No reason given.</summary>
    ShutdownUnknown = (4 << 8) | 0,

    /// <summary>By a request.</summary>
    ShutdownUser = (4 << 8) | 1,

    /// <summary>No reason given; also: never started.</summary>
    ShutoffUnknown = (5 << 8) | 0,

    /// <summary>The guest powered off.</summary>
    ShutoffShutdown = (5 << 8) | 1,

    /// <summary>Ended by a destroy request.</summary>
    ShutoffDestroyed = (5 << 8) | 2,

    /// <summary>The guest or its emulator crashed.</summary>
    ShutoffCrashed = (5 << 8) | 3,

    /// <summary>Migrated away.</summary>
    ShutoffMigrated = (5 << 8) | 4,

    /// <summary>Saved to a state file.</summary>
    ShutoffSaved = (5 << 8) | 5,

    /// <summary>Could not start.</summary>
    ShutoffFailed = (5 << 8) | 6,

    /// <summary>From an offline snapshot.</summary>
    ShutoffFromSnapshot = (5 << 8) | 7,

    /// <summary>The daemon gave it up when it started.</summary>
    ShutoffDaemon = (5 << 8) | 8,

    /// <summary>No reason given.</summary>
    CrashedUnknown = (6 << 8) | 0,

    /// <summary>The guest's kernel panicked.</summary>
    CrashedPanicked = (6 << 8) | 1,

    /// <summary>No reason given.</summary>
    PmSuspendedUnknown = (7 << 8) | 0,
}
