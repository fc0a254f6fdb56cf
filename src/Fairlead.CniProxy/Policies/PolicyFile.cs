using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Policies;

/// <summary>
/// The policy file, looked at for every request. A changed one takes effect at once; a bad one is refused with the reason
/// in the log, and what was in force stays in force. Without a file the default policy is.
/// </summary>
internal sealed partial class PolicyFile
{
    private const long LargestFileBytes = 64 * 1024;

    private readonly string _path;
    private readonly ILogger<PolicyFile> _logger;
    private readonly Lock _lock = new();
    private Stamp _stamp;
    private Policy _policy;

    public PolicyFile(string path, ILogger<PolicyFile> logger)
    {
        _path = path;
        _logger = logger;
        _stamp = Look();
        // A bad file at the start has nothing to be kept in its place. Nobody gets anything then, but releases go on.
        _policy = Load() ?? new Policy([], $"the policy file {path} cannot be used, and so");
    }

    public Policy Current
    {
        get
        {
            lock (_lock)
            {
                Stamp stamp = Look();
                if (stamp != _stamp)
                {
                    _stamp = stamp;
                    _policy = Load() ?? _policy;
                }

                return _policy;
            }
        }
    }

    private Policy? Load()
    {
        try
        {
            if (!_stamp.Exists)
            {
                LogAbsent(_logger, _path);
                return Policy.Default;
            }

            if (_stamp.Length > LargestFileBytes)
                throw new InvalidDataException($"it has {_stamp.Length} bytes; {LargestFileBytes} is the limit");
            if (
                (File.GetUnixFileMode(_path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None
            )
                throw new InvalidDataException("others than its owner may write to it; chmod go-w would mend that");
            Policy policy = PolicyReader.Read(File.ReadAllText(_path), _path);
            LogLoaded(_logger, _path, policy.Rules.Count);
            return policy;
        }
        catch (Exception e)
            when (e is PolicyFormatException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogBad(_logger, _path, e.Message);
            return null;
        }
    }

    private Stamp Look()
    {
        FileInfo file = new(_path);
        return file.Exists ? new Stamp(true, file.LastWriteTimeUtc, file.Length) : default;
    }

    private readonly record struct Stamp(bool Exists, DateTime Changed, long Length);

    [LoggerMessage(EventId = 60, Level = LogLevel.Information, Message = "policy {Path}: {Rules} rule(s) in force")]
    private static partial void LogLoaded(ILogger logger, string path, int rules);

    [LoggerMessage(
        EventId = 61,
        Level = LogLevel.Information,
        Message = "no policy {Path}: pods may use the default network, 128 times each, and choose MAC addresses"
    )]
    private static partial void LogAbsent(ILogger logger, string path);

    [LoggerMessage(
        EventId = 62,
        Level = LogLevel.Error,
        Message = "policy {Path} refused, what was in force stays in force: {Reason}"
    )]
    private static partial void LogBad(ILogger logger, string path, string reason);
}
