namespace Fairlead.Libvirt;

/// <summary>How to start a domain (<c>virDomainCreateFlags</c>).</summary>
[Flags]
public enum DomainStartFlags
{
    /// <summary>Start and run.</summary>
    None = 0,

    /// <summary>Start with the CPUs stopped; <see cref="Domain.ResumeAsync"/> lets them run.</summary>
    Paused = 1,

    /// <summary>Destroy the domain when this connection ends, however it ends.</summary>
    AutoDestroy = 2,

    /// <summary>Read a saved state past the page cache.</summary>
    BypassCache = 4,

    /// <summary>Boot afresh even if a saved state exists.</summary>
    ForceBoot = 8,

    /// <summary>Check the XML against libvirt's schema first.</summary>
    Validate = 16,

    /// <summary>Make the firmware's variables anew from their template.</summary>
    ResetNvram = 32,
}

/// <summary>How to define a domain (<c>virDomainDefineFlags</c>).</summary>
[Flags]
public enum DomainDefineFlags
{
    /// <summary>As it is.</summary>
    None = 0,

    /// <summary>Check the XML against libvirt's schema first.</summary>
    Validate = 1,
}

/// <summary>How to ask a guest to shut down or reboot (<c>virDomainShutdownFlagValues</c>).</summary>
[Flags]
public enum DomainShutdownFlags
{
    /// <summary>The hypervisor's choice.</summary>
    Default = 0,

    /// <summary>Press the ACPI power button.</summary>
    AcpiPowerButton = 1,

    /// <summary>Ask the guest agent.</summary>
    GuestAgent = 2,
}

/// <summary>How to end a domain at once (<c>virDomainDestroyFlagsValues</c>).</summary>
[Flags]
public enum DomainDestroyFlags
{
    /// <summary>SIGTERM, then SIGKILL if the emulator does not end.</summary>
    None = 0,

    /// <summary>SIGTERM only; VIR_ERR_SYSTEM_ERROR or VIR_ERR_OPERATION_FAILED if that does not end it.</summary>
    Graceful = 1,

    /// <summary>Delete the domain's logs as well.</summary>
    RemoveLogs = 2,
}

/// <summary>What to delete or keep with a domain's configuration (<c>virDomainUndefineFlagsValues</c>).</summary>
[Flags]
public enum DomainUndefineFlags
{
    /// <summary>The configuration only; fails if any of the below exists.</summary>
    None = 0,

    /// <summary>Also a managed saved state.</summary>
    ManagedSave = 1,

    /// <summary>Also the snapshots' metadata.</summary>
    SnapshotsMetadata = 2,

    /// <summary>Also the firmware's variables.</summary>
    Nvram = 4,

    /// <summary>Keep the firmware's variables.</summary>
    KeepNvram = 8,

    /// <summary>Also the checkpoints' metadata.</summary>
    CheckpointsMetadata = 16,

    /// <summary>Also the TPM's state (libvirt 8.9).</summary>
    Tpm = 32,

    /// <summary>Keep the TPM's state (libvirt 8.9).</summary>
    KeepTpm = 64,
}

/// <summary>Which of a domain's two descriptions a change is for (<c>virDomainDeviceModifyFlags</c>).</summary>
[Flags]
public enum DomainChange
{
    /// <summary>The running domain if it runs, else the configuration.</summary>
    Current = 0,

    /// <summary>The running domain.</summary>
    Live = 1,

    /// <summary>The configuration, for the next start.</summary>
    Config = 2,

    /// <summary>Devices only: force the change, such as ejecting a locked medium.</summary>
    Force = 4,
}

/// <summary>Which description of a domain to print (<c>virDomainXMLFlags</c>).</summary>
[Flags]
public enum DomainXmlFlags
{
    /// <summary>The running domain's if it runs, else the configuration; without secrets.</summary>
    None = 0,

    /// <summary>With passwords and other secrets.</summary>
    Secure = 1,

    /// <summary>The configuration for the next start, even if the domain runs.</summary>
    Inactive = 2,

    /// <summary>With the host's CPU requirements filled in.</summary>
    UpdateCpu = 4,

    /// <summary>Fit for a migration.</summary>
    Migratable = 8,
}

/// <summary>How to open a console (<c>virDomainConsoleFlags</c>).</summary>
[Flags]
public enum DomainConsoleFlags
{
    /// <summary>VIR_ERR_OPERATION_FAILED if another client has it open.</summary>
    None = 0,

    /// <summary>
    /// Take it away from a client that has it open. libvirtd 9.0.0 was seen to crash (its guests lived on) when that client's
    /// connection was ending at the same moment: after VIR_ERR_OPERATION_FAILED try again without force first.
    /// </summary>
    Force = 1,

    /// <summary>Open only if the driver can keep two clients apart.</summary>
    Safe = 2,
}
