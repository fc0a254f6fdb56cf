using Fairlead.Crds;

namespace Fairlead.Agent.Reconciling;

/// <summary>Where the wanted virtual machines come from: a directory of manifests, or the Kubernetes API.</summary>
internal interface IVmSource
{
    /// <summary>For people: what it is, and what is wrong with it.</summary>
    SourceState State { get; }

    /// <summary>Everything that is wanted, as far as it is known.</summary>
    IEnumerable<VirtualMachineKey> Keys { get; }

    /// <summary>
    /// What is wanted of this machine; null when it is not wanted here, or not any more. A source that has not been read yet
    /// says that everything is to go on as it was.
    /// </summary>
    /// <param name="key">The machine.</param>
    /// <param name="last">What the agent remembers of it.</param>
    DesiredVm? Find(VirtualMachineKey key, VmRecord? last);

    /// <summary>Follows the source until cancelled; <paramref name="changed"/> is told of each machine that is other than before.</summary>
    /// <remarks>The first call of <paramref name="changed"/> says that <see cref="Find"/> may be asked.</remarks>
    Task WatchAsync(Action<IReadOnlyCollection<VirtualMachineKey>> changed, CancellationToken cancellationToken);
}

internal sealed record SourceState(string Name, bool IsReady, string Message);
