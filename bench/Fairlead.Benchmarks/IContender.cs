using Fairlead.Cni;

namespace Fairlead.Benchmarks;

/// <summary>One way of running plugins.</summary>
internal interface IContender : IDisposable
{
    string Name { get; }

    /// <summary>
    /// Runs the verb on all attachments: each list by a worker of its own, one after the other, the workers side by side.
    /// The time of each run, in the order of the lists.
    /// </summary>
    Task<Span[][]> RunAsync(CniVerb verb, CniAttachment[][] work);

    /// <summary>What of each time is the measurement's own, in milliseconds.</summary>
    double OverheadMilliseconds { get; }
}
