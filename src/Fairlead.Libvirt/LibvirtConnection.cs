using System.Collections.Concurrent;
using Fairlead.Libvirt.Interop;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Libvirt;

/// <summary>
/// A connection to libvirt. Safe for parallel use; each call is a message to the daemon, answered in the daemon's own time.
/// Cancelling a call stops the waiting for it, not the call: it may still take effect.
/// </summary>
/// <remarks>
/// A connection does not come back after its daemon has ended: <see cref="Closed"/> completes and every call fails with
/// <see cref="LibvirtException.IsConnectionLost"/>. Dispose it, open another, subscribe again, then list and compare.
/// </remarks>
public sealed partial class LibvirtConnection : IAsyncDisposable
{
    // The daemon reads nothing more from a client, keepalives included, while 5 of its requests are pending
    // (max_client_requests in libvirtd.conf). One below that, a slow daemon is not mistaken for a dead one.
    private const int MaxConcurrentCalls = 4;

    private readonly CallThreads _calls = new("libvirt call", MaxConcurrentCalls);
    private readonly TaskCompletionSource<ConnectionCloseReason> _closed = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly ConcurrentDictionary<DomainConsole, byte> _consoles = new();
    private readonly LibvirtConnectionOptions _options;
    private readonly ILogger _logger;
    private ConnectionHandle _handle = new();
    private bool _closeCallbackRegistered;
    private volatile LibvirtException? _lost;
    private int _disposed;

    private LibvirtConnection(string uri, LibvirtConnectionOptions options)
    {
        Uri = uri;
        _options = options;
        _logger = options.Logger ?? NullLogger.Instance;
        _domainEvents = new EventFanOut<DomainEvent>(this);
        _networkEvents = new EventFanOut<NetworkLifecycleEvent>(this);
    }

    /// <summary>The URI as it was given.</summary>
    public string Uri { get; }

    /// <summary>
    /// Completes, never failing, when the connection has ended: within milliseconds of the daemon's end, after the keepalive
    /// time if the daemon is frozen, or as <see cref="ConnectionCloseReason.Client"/> by <see cref="DisposeAsync"/>.
    /// Drivers inside the library (<c>test:///default</c>) only know the last.
    /// </summary>
    public Task<ConnectionCloseReason> Closed => _closed.Task;

    internal ConnectionHandle Handle => _handle;

    internal ILogger Logger => _logger;

    /// <summary>Opens a connection.</summary>
    /// <param name="uri">For example <c>qemu+unix:///system?socket=/run/libvirt/libvirt-sock</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Stops the waiting; a connection that opens afterwards is closed at once.</param>
    /// <returns>The open connection.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_SYSTEM_ERROR if no daemon listens, and for a driver that neither the library
    /// nor a daemon has; VIR_ERR_AUTH_FAILED.</exception>
    /// <exception cref="DllNotFoundException">libvirt is not installed.</exception>
    public static async Task<LibvirtConnection> OpenAsync(
        string uri,
        LibvirtConnectionOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(uri);
        var connection = new LibvirtConnection(uri, options ?? new LibvirtConnectionOptions());
        try
        {
            return await connection
                ._calls.RunAsync(connection.Open, cancellationToken, abandoned: opened => opened.Close())
                .ConfigureAwait(false);
        }
        catch
        {
            // Its threads end after an open that is still under way; what that opens is closed.
            _ = connection._calls.StopAsync();
            throw;
        }
    }

    /// <summary>The versions of this library, of the daemon and of the hypervisor.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The versions.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public unsafe Task<LibvirtVersions> GetVersionAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            "get libvirt's version",
            call =>
            {
                nuint library,
                    daemon,
                    hypervisor;
                _ = call.Check(LibVirt.virGetVersion(&library, null, null));
                _ = call.Check(LibVirt.virConnectGetLibVersion(_handle, &daemon));
                _ = call.Check(LibVirt.virConnectGetVersion(_handle, &hypervisor));
                return new LibvirtVersions(ToVersion(library), ToVersion(daemon), ToVersion(hypervisor));
            },
            cancellationToken
        );

    /// <summary>What the host and its hypervisors can do (libvirt's capabilities XML).</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>A <c>capabilities</c> document.</returns>
    /// <exception cref="LibvirtException">The connection is lost.</exception>
    public unsafe Task<string> GetCapabilitiesXmlAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            "get capabilities",
            call => call.TakeString(LibVirt.virConnectGetCapabilities(_handle)),
            cancellationToken
        );

    /// <summary>What one emulator can do, and whether it can use KVM (libvirt's domain capabilities XML).</summary>
    /// <param name="emulator">Path of the emulator, or null for the default.</param>
    /// <param name="architecture">For example <c>x86_64</c>, or null for the host's.</param>
    /// <param name="machine">For example <c>q35</c>, or null for the default.</param>
    /// <param name="virtType"><c>kvm</c> or <c>qemu</c>, or null for the best that there is.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>A <c>domainCapabilities</c> document.</returns>
    /// <exception cref="LibvirtException">VIR_ERR_INVALID_ARG if the combination does not exist or KVM is not usable;
    /// VIR_ERR_NO_SUPPORT from drivers without it.</exception>
    public unsafe Task<string> GetDomainCapabilitiesXmlAsync(
        string? emulator = null,
        string? architecture = null,
        string? machine = null,
        string? virtType = null,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            "get domain capabilities",
            call =>
                call.TakeString(
                    LibVirt.virConnectGetDomainCapabilities(_handle, emulator, architecture, machine, virtType, 0)
                ),
            cancellationToken
        );

    internal Task<T> RunAsync<T>(
        string operation,
        Func<NativeCall, T> body,
        CancellationToken cancellationToken,
        Action<T>? abandoned = null
    )
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return _calls.RunAsync(() => body(new NativeCall(operation)), cancellationToken, abandoned);
    }

    private static Version ToVersion(nuint version) =>
        new((int)(version / 1_000_000), (int)(version / 1000 % 1000), (int)(version % 1000));
}
