using Fairlead.Cni.Execution;
using Microsoft.Extensions.Logging;

namespace Fairlead.Cni;

/// <summary>Runs CNI plugins as a container runtime does (CNI spec sections 3 and 4). Safe for concurrent use.</summary>
/// <remarks>
/// <para>
/// Operations on the same attachment wait for each other, GC waits until nothing runs on its network; all else runs in
/// parallel. This holds within one instance: use one per plugin state.
/// </para>
/// <para>
/// Plugins need the privileges of what they do: as a rule CAP_NET_ADMIN and CAP_SYS_ADMIN. Each runs in a process group
/// of its own, with no environment but PATH and CNI_*, no descriptors but its three, and a time limit. When an operation is
/// cancelled, the group is killed and waited for.
/// </para>
/// <para>
/// Do not ignore SIGCHLD in the hosting process, nor run it as PID 1 together with
/// <see cref="System.Diagnostics.Process"/>: exit statuses are lost then, and only a plugin's error on stdout shows that it
/// failed.
/// </para>
/// </remarks>
public sealed partial class CniRuntime
{
    private readonly CniRuntimeOptions _options;
    private readonly PluginInvoker _invoker;
    private readonly Exclusion _exclusion;

    /// <summary>Makes a runtime.</summary>
    public CniRuntime(CniRuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.PluginTimeout <= TimeSpan.Zero)
            throw new ArgumentException("PluginTimeout must be positive", nameof(options));
        _options = options;
        _invoker = new(new PluginDirectories(options.PluginDirectories), options.Logger);
        _exclusion = new(options.Exclusion);
        Cache = options.CacheDirectory is { } directory ? new CniCache(directory) : null;
    }

    /// <summary>The cache; null if the options name no directory.</summary>
    public CniCache? Cache { get; }

    private async Task<ReadOnlyMemory<byte>> RunAsync(
        CniVerb verb,
        NetworkConfigurationList network,
        PluginConfiguration plugin,
        CniAttachment? attachment,
        byte[] input,
        CancellationToken cancellationToken
    )
    {
        if (_options.Logger.IsEnabled(LogLevel.Debug))
        {
            string? container = attachment?.ContainerId;
            Log.RunningPlugin(
                _options.Logger,
                verb.ToCommand(),
                network.Name,
                attachment?.InterfaceName,
                container,
                plugin.Type
            );
        }
        CniSubject subject = new(network.Name, plugin.Type, attachment?.Id);
        return await InvokeAsync(verb, plugin.Type, attachment, input, subject, cancellationToken)
            .ConfigureAwait(false);
    }

    private Task<ReadOnlyMemory<byte>> InvokeAsync(
        CniVerb verb,
        string type,
        CniAttachment? attachment,
        byte[] input,
        CniSubject subject,
        CancellationToken cancellationToken
    )
    {
        string searchPath = _invoker.Directories.SearchPath;
        PluginCall call = new()
        {
            Verb = verb,
            Type = type,
            Environment = PluginEnvironment.Create(verb, searchPath, attachment, _options.Environment),
            Input = input,
            TimeLimit = _options.PluginTimeout,
            Subject = subject,
        };
        return _invoker.InvokeAsync(call, cancellationToken);
    }

    /// <summary>
    /// The result to send along, in the configuration's version: the caller's, else the cache's. Throws CniFormatException
    /// if there is one that cannot be used.
    /// </summary>
    private CniResult? PreviousResult(NetworkConfigurationList network, CniAttachmentId id, CniResult? given) =>
        (given ?? Cache?.Read(network.Name, id)?.Result)?.ConvertTo(network.CniVersion);

    private static CniException Rethrow(CniVerb verb, CniFailure failure, CniSubject subject, Exception e) =>
        new(verb, failure, CniErrorCode.None, e.Message, details: null, subject, e);

    private static CniException Join(CniVerb verb, CniSubject subject, IReadOnlyList<CniException> failures) =>
        failures.Count == 1
            ? failures[0]
            : new CniException(
                verb,
                CniFailure.Several,
                failures[0].Code,
                string.Join("; ", failures.Select(static f => f.Message)),
                details: null,
                subject,
                new AggregateException(failures)
            );
}
