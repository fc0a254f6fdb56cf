using System.Runtime.InteropServices;
using Fairlead.Libvirt.Interop;

namespace Fairlead.Libvirt;

/// <summary>
/// A domain by its UUID. It holds no native resource: each call looks the domain up and lets go of it, so a domain that has
/// gone shows as VIR_ERR_NO_DOMAIN (<see cref="LibvirtException.IsAbsent"/>) and nothing needs disposing.
/// </summary>
public sealed partial class Domain : IEquatable<Domain>
{
    private readonly LibvirtConnection _connection;

    private Domain(LibvirtConnection connection, string name, Guid uuid)
    {
        _connection = connection;
        Name = name;
        Uuid = uuid;
    }

    /// <summary>The name it had when it was found.</summary>
    public string Name { get; }

    /// <summary>The UUID.</summary>
    public Guid Uuid { get; }

    /// <summary>Starts a defined domain.</summary>
    /// <param name="flags">How to start it.</param>
    /// <param name="cancellationToken">Stops the waiting; the domain may still come up.</param>
    /// <returns>Completes when the emulator runs.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it runs already; VIR_ERR_INTERNAL_ERROR with the
    /// emulator's output if it does not start.</exception>
    public Task StartAsync(
        DomainStartFlags flags = DomainStartFlags.None,
        CancellationToken cancellationToken = default
    ) => CallAsync("start", domain => LibVirt.virDomainCreateWithFlags(domain, (uint)flags), cancellationToken);

    /// <summary>Asks the guest to power off. Returns at once; <see cref="DomainLifecycle.Stopped"/> tells that it did.</summary>
    /// <param name="flags">How to ask; ACPI by default with QEMU.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when it was asked.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it does not run.</exception>
    public Task ShutdownAsync(
        DomainShutdownFlags flags = DomainShutdownFlags.Default,
        CancellationToken cancellationToken = default
    ) => CallAsync("shut down", domain => LibVirt.virDomainShutdownFlags(domain, (uint)flags), cancellationToken);

    /// <summary>Asks the guest to reboot. Returns at once; <see cref="DomainRebootEvent"/> tells that it did.</summary>
    /// <param name="flags">How to ask; ACPI by default with QEMU.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when it was asked.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it does not run.</exception>
    public Task RebootAsync(
        DomainShutdownFlags flags = DomainShutdownFlags.Default,
        CancellationToken cancellationToken = default
    ) => CallAsync("reboot", domain => LibVirt.virDomainReboot(domain, (uint)flags), cancellationToken);

    /// <summary>Pulls the plug; a transient domain is gone after it. With QEMU's emulation it takes 1 to 2 s.</summary>
    /// <param name="flags">How to end it.</param>
    /// <param name="cancellationToken">Stops the waiting; the domain ends all the same.</param>
    /// <returns>Completes when the emulator has ended.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it does not run; VIR_ERR_NO_DOMAIN if a transient one has
    /// ended meanwhile, also by this very request while a restarted daemon is still taking its guests over.</exception>
    public Task DestroyAsync(
        DomainDestroyFlags flags = DomainDestroyFlags.None,
        CancellationToken cancellationToken = default
    ) => CallAsync("destroy", domain => LibVirt.virDomainDestroyFlags(domain, (uint)flags), cancellationToken);

    /// <summary>Deletes the configuration; a running domain becomes transient.</summary>
    /// <param name="flags">What to delete or keep with it.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when it is deleted.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it is transient, or has a saved state, snapshots or
    /// firmware variables that the flags do not mention.</exception>
    public Task UndefineAsync(
        DomainUndefineFlags flags = DomainUndefineFlags.None,
        CancellationToken cancellationToken = default
    ) => CallAsync("undefine", domain => LibVirt.virDomainUndefineFlags(domain, (uint)flags), cancellationToken);

    /// <summary>Stops the CPUs; memory, devices and addresses stay.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when they stand still.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it does not run.</exception>
    public Task SuspendAsync(CancellationToken cancellationToken = default) =>
        CallAsync("suspend", LibVirt.virDomainSuspend, cancellationToken);

    /// <summary>Lets stopped CPUs run again.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when they run.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it is not paused.</exception>
    public Task ResumeAsync(CancellationToken cancellationToken = default) =>
        CallAsync("resume", LibVirt.virDomainResume, cancellationToken);

    /// <summary>Presses the reset button: the guest starts anew, whatever it was doing.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when it was reset.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_OPERATION_INVALID if it does not run.</exception>
    public Task ResetAsync(CancellationToken cancellationToken = default) =>
        CallAsync("reset", domain => LibVirt.virDomainReset(domain, 0), cancellationToken);

    /// <summary>Same UUID.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Whether both name the same domain.</returns>
    public bool Equals(Domain? other) => other is not null && Uuid == other.Uuid;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Domain);

    /// <inheritdoc/>
    public override int GetHashCode() => Uuid.GetHashCode();

    /// <summary>The name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;

    internal static unsafe Domain FromPointer(LibvirtConnection connection, nint domain)
    {
        byte* uuid = stackalloc byte[16];
        _ = LibVirt.virDomainGetUUID(domain, uuid);
        string name = Marshal.PtrToStringUTF8((nint)LibVirt.virDomainGetName(domain))!;
        return new Domain(connection, name, new Guid(new ReadOnlySpan<byte>(uuid, 16), bigEndian: true));
    }

    private Task CallAsync(string verb, Func<DomainHandle, int> function, CancellationToken cancellationToken) =>
        RunAsync(verb, (call, domain) => call.Check(function(domain)), cancellationToken);

    private Task<T> RunAsync<T>(
        string verb,
        Func<NativeCall, DomainHandle, T> body,
        CancellationToken cancellationToken,
        Action<T>? abandoned = null
    ) =>
        _connection.RunAsync(
            $"{verb} domain {Name}",
            call =>
            {
                using DomainHandle domain = _connection.LookUpDomain(call, Uuid);
                return body(call, domain);
            },
            cancellationToken,
            abandoned
        );
}
