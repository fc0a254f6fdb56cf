using Fairlead.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Fairlead.Controller;

/// <summary>Waits for its turn among the replicas, leads, and starts afresh whenever it leads again.</summary>
internal sealed class Leadership(KubernetesClient client, ControllerOptions options, ILogger logger)
{
    public const string LeaseName = "fairlead-controller";

    private volatile ControllerLoop? _loop;

    public bool Leads => _loop is not null;

    /// <summary>How many objects wait for a look.</summary>
    public int Waiting => _loop?.Waiting ?? 0;

    /// <summary>What keeps a leader from its work; a replica that waits for its turn is ready for it.</summary>
    public string? Problem => _loop?.Problem;

    public Task RunAsync(CancellationToken cancellationToken)
    {
        LeaderElectionOptions election = new()
        {
            Lease = new ObjectKey(options.Namespace, LeaseName),
            Identity = options.Identity,
        };
        return new LeaderElector(client, election).RunAsync(LeadAsync, cancellationToken);
    }

    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        await using EventRecorder events = new(client, "fairlead.dev/controller", options.Identity);
        using ControllerLoop loop = new(client, events, options, logger);
        _loop = loop;
        try
        {
            await loop.RunAsync(cancellationToken);
        }
        finally
        {
            _loop = null;
        }
    }
}
