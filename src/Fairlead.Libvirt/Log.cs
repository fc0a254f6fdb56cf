using Microsoft.Extensions.Logging;

namespace Fairlead.Libvirt;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "libvirt connection {Uri} ended: {Reason}")]
    public static partial void ConnectionClosed(ILogger logger, string uri, ConnectionCloseReason reason);

    [LoggerMessage(2, LogLevel.Warning, "libvirt connection {Uri} keeps {References} references after its close")]
    public static partial void ConnectionLeaked(ILogger logger, string uri, int references);

    [LoggerMessage(3, LogLevel.Warning, "unsubscribing from libvirt events failed")]
    public static partial void UnsubscribeFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "console of domain {Domain} did not close within {Deadline}; its guest reads nothing"
    )]
    public static partial void ConsoleStuck(ILogger logger, string domain, TimeSpan deadline);
}
