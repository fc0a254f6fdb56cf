using Fairlead.Libvirt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Vmi;

/// <summary>
/// The connection to libvirtd, made when it is needed and made anew after it was lost: a connection whose daemon has
/// gone stays dead for ever.
/// </summary>
public sealed partial class LibvirtSession(string uri, ILogger<LibvirtSession> logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private volatile LibvirtConnection? _connection;

    /// <summary>Where libvirtd is.</summary>
    public string Uri => uri;

    /// <summary>The live connection; opened when there is none.</summary>
    /// <exception cref="LibvirtException">libvirtd cannot be reached.</exception>
    public async ValueTask<LibvirtConnection> GetAsync(CancellationToken cancellationToken)
    {
        if (_connection is { Closed.IsCompleted: false } live)
            return live;
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_connection is { Closed.IsCompleted: false } meanwhile)
                return meanwhile;
            if (_connection is { } dead)
            {
                _connection = null;
                await dead.DisposeAsync();
            }

            LibvirtConnectionOptions options = new() { Logger = logger };
            LibvirtConnection connection = await LibvirtConnection.OpenAsync(uri, options, cancellationToken);
            _connection = connection;
            LogConnected(logger, uri);
            return connection;
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
            await connection.DisposeAsync();
        _opening.Dispose();
    }

    [LoggerMessage(EventId = 140, Level = LogLevel.Information, Message = "connected to libvirtd at {Uri}")]
    private static partial void LogConnected(ILogger logger, string uri);
}
