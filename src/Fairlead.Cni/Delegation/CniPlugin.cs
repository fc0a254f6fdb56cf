namespace Fairlead.Cni;

/// <summary>A CNI plugin to be run by <see cref="CniPluginHost"/>: derive, and answer the verbs.</summary>
/// <remarks>
/// Report failures by <see cref="CniPluginException"/>; any other exception is printed with code 999. What goes to stdout
/// is the host's business; write logs to stderr.
/// </remarks>
public abstract class CniPlugin
{
    /// <summary>The versions that the plugin speaks; requests in others are refused with code 1.</summary>
    public virtual IReadOnlyList<CniVersion> SupportedVersions => CniVersion.Known;

    /// <summary>A line about the plugin, printed to stderr when it is run by hand, without CNI_COMMAND.</summary>
    public virtual string About => GetType().Name;

    /// <summary>Makes an attachment. The result is printed in the version of the configuration.</summary>
    public abstract Task<CniResult> AddAsync(PluginInvocation invocation, CancellationToken cancellationToken);

    /// <summary>Releases an attachment; what is gone already is success.</summary>
    public abstract Task DeleteAsync(PluginInvocation invocation, CancellationToken cancellationToken);

    /// <summary>Checks an attachment; does nothing by default.</summary>
    public virtual Task CheckAsync(PluginInvocation invocation, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>Releases what is not in <see cref="PluginInvocation.ValidAttachments"/>; nothing by default.</summary>
    public virtual Task GarbageCollectAsync(PluginInvocation invocation, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>Says whether ADD could be served, by throwing with code 50 or 51 if not; yes by default.</summary>
    public virtual Task StatusAsync(PluginInvocation invocation, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}
