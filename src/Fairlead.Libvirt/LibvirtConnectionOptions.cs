using Microsoft.Extensions.Logging;

namespace Fairlead.Libvirt;

/// <summary>How a connection watches its daemon and where it logs.</summary>
public sealed class LibvirtConnectionOptions
{
    /// <summary>
    /// Time between keepalive messages to a silent daemon; whole seconds, default 5 s. Zero sends none: a frozen daemon then
    /// blocks calls for ever. Drivers inside the library (<c>test:///default</c>) have no daemon and ignore it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan KeepAliveInterval
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Unanswered keepalives after which the daemon counts as gone, default 3. It is found after
    /// <see cref="KeepAliveInterval"/> × (this + 1): 20 s by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int KeepAliveCount
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 3;

    /// <summary>Receives what cannot be thrown: a lost connection, a clean-up that failed. Null logs nothing.</summary>
    public ILogger? Logger { get; init; }
}

/// <summary>Why a connection ended (<c>virConnectCloseReason</c>).</summary>
public enum ConnectionCloseReason
{
    /// <summary>The socket failed.</summary>
    Error = 0,

    /// <summary>The daemon ended or closed the connection.</summary>
    EndOfFile = 1,

    /// <summary>The daemon did not answer keepalives: it is frozen or unreachable.</summary>
    KeepAlive = 2,

    /// <summary>This side closed it, by <see cref="LibvirtConnection.DisposeAsync"/>.</summary>
    Client = 3,
}

/// <summary>The versions of the two ends of a connection.</summary>
/// <param name="Library">The libvirt library in this process.</param>
/// <param name="Daemon">The libvirt that answers: the daemon's, or the library's own for drivers inside it.</param>
/// <param name="Hypervisor">The hypervisor, for example QEMU; 0.0.0 where the driver finds none.</param>
public sealed record LibvirtVersions(Version Library, Version Daemon, Version Hypervisor);
