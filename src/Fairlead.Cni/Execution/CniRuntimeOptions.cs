using System.Collections.ObjectModel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Cni;

/// <summary>What the runtime does after an ADD that failed half-way.</summary>
public enum AddFailureBehavior
{
    /// <summary>DEL on all plugins of the list, in reverse, with whatever result is known; failures are collected.</summary>
    RollBack,

    /// <summary>Nothing, as libcni: the caller must call DEL, or what the plugins took (addresses, interfaces) leaks.</summary>
    LeaveAsIs,
}

/// <summary>What DEL does when a plugin fails.</summary>
public enum DeleteFailureBehavior
{
    /// <summary>Stops, as the specification says: the plugins before it still find their state when DEL is repeated.</summary>
    Stop,

    /// <summary>Runs the other plugins too and reports all failures: less is left if the failing one never recovers.</summary>
    Continue,
}

/// <summary>Which operations of a runtime wait for each other.</summary>
public enum ExclusionScope
{
    /// <summary>Those on the same attachment. A plugin that hangs holds up its own attachment only.</summary>
    Attachment,

    /// <summary>Those on the same container, as the specification's section 3 wants it.</summary>
    Container,
}

/// <summary>How a <see cref="CniRuntime"/> runs plugins.</summary>
public sealed record CniRuntimeOptions
{
    /// <summary>The directories in which plugins are looked for, in order (<c>CNI_PATH</c>); <c>/opt/cni/bin</c> by custom.</summary>
    public required IReadOnlyList<string> PluginDirectories { get; init; }

    /// <summary>
    /// The directory of the cache (libcni's is <c>/var/lib/cni</c>; use one of your own). Null: no cache, and CHECK and DEL
    /// get the previous result from the caller.
    /// </summary>
    public string? CacheDirectory { get; init; }

    /// <summary>How long each single plugin may run before its process group is killed. 60 s by default.</summary>
    public TimeSpan PluginTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Variables that plugins get beside PATH and CNI_*. Nothing else of this process's environment reaches them. A PATH
    /// given here replaces the process's own.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Whether a failed ADD is rolled back; it is, by default.</summary>
    public AddFailureBehavior AddFailure { get; init; }

    /// <summary>Whether DEL goes on after a failed plugin; it stops, by default.</summary>
    public DeleteFailureBehavior DeleteFailure { get; init; }

    /// <summary>Which operations exclude each other; those on one attachment, by default.</summary>
    public ExclusionScope Exclusion { get; init; }

    /// <summary>Where to log: event IDs 1 to 5, never the content of configurations.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
