namespace Fairlead.Standalone;

/// <summary>What is asked of <c>fairlead up</c>. What is null was not asked: the default, or what the environment has.</summary>
public sealed record UpOptions
{
    /// <summary>CNI configuration directory; default /etc/cni/net.d.</summary>
    public string? CniConfDirectory { get; init; }

    /// <summary>Where CNI plugins are looked for, in this order; default /opt/cni/bin, /usr/lib/cni.</summary>
    public IReadOnlyList<string>? CniBinDirectories { get; init; }

    /// <summary>Name of the network that the pod's eth0 is attached to; default the directory's default network.</summary>
    public string? Network { get; init; }

    /// <summary>This node's name in the status of its virtual machines; default the host name.</summary>
    public string? NodeName { get; init; }

    /// <summary>Kernel of a virtual machine whose manifest names nothing to boot.</summary>
    public string? GuestKernel { get; init; }

    /// <summary>Initial RAM disk that goes with <see cref="GuestKernel"/>.</summary>
    public string? GuestInitrd { get; init; }

    /// <summary>Kernel command line that goes with <see cref="GuestKernel"/>.</summary>
    public string? GuestCommandLine { get; init; }

    /// <summary>How long each part may take to become ready.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>How <c>fairlead down</c> goes about it.</summary>
public sealed record DownOptions
{
    /// <summary>How long the virtual machines may take to shut down.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Do not shut the virtual machines down, end them; and give up what no CNI plugin will release.</summary>
    public bool Force { get; init; }

    /// <summary>Remove the persistent directory too, manifests included.</summary>
    public bool Purge { get; init; }
}
