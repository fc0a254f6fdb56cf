using Microsoft.Extensions.Logging;

namespace Fairlead.Cni;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "CNI {Verb} {Network}/{InterfaceName} of {ContainerId}: running {Plugin}")]
    public static partial void RunningPlugin(
        ILogger logger,
        string verb,
        string network,
        string? interfaceName,
        string? containerId,
        string plugin
    );

    [LoggerMessage(2, LogLevel.Information, "CNI {Verb}: plugin {Plugin} succeeded and wrote to stderr: {Text}")]
    public static partial void PluginStandardError(ILogger logger, string verb, string? plugin, string text);

    [LoggerMessage(3, LogLevel.Warning, "CNI ADD {InterfaceName} of {ContainerId} on {Network} failed, rolling back")]
    public static partial void RollingBack(ILogger logger, string interfaceName, string containerId, string network);

    [LoggerMessage(4, LogLevel.Warning, "CNI roll-back of {InterfaceName} of {ContainerId} on {Network} is incomplete")]
    public static partial void RollBackIncomplete(
        ILogger logger,
        Exception exception,
        string interfaceName,
        string containerId,
        string network
    );

    [LoggerMessage(5, LogLevel.Warning, "CNI cache entry {Path} is ignored: {Reason}")]
    public static partial void CacheEntryIgnored(ILogger logger, string path, string reason);
}
