using Fairlead.Hosting;

namespace Fairlead.Controller;

/// <summary>What the controller is started with.</summary>
public sealed record ControllerOptions
{
    /// <summary>Kubeconfig; null for the pod's own service account, or the user's configuration.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Context of the kubeconfig; null for its current one.</summary>
    public string? Context { get; init; }

    /// <summary>Namespace of the election's lease.</summary>
    public required string Namespace { get; init; }

    /// <summary>This controller among its replicas: the pod's name.</summary>
    public required string Identity { get; init; }

    /// <summary>Image of the launcher pods; it has busybox.</summary>
    public required string LauncherImage { get; init; }

    /// <summary>Where /metrics, /healthz and /readyz are served; null for nowhere.</summary>
    public MetricsAddress? MetricsAddress { get; init; }
}
