namespace Fairlead.Crds;

/// <summary>Asks the guest again and again whether it is ready, from its node; one of tcpSocket and guestPing.</summary>
public sealed record ReadinessProbe
{
    /// <summary>Ready when a TCP connection to the VM's first address is taken.</summary>
    public TcpSocketAction? TcpSocket { get; set; }

    /// <summary>Ready when the guest answers ARP and, where its network has a gateway, ping.</summary>
    public GuestPingAction? GuestPing { get; set; }

    /// <summary>How long after its start the guest is left alone; 0 if not given.</summary>
    public int? InitialDelaySeconds { get; set; }

    /// <summary>How often it is asked; 10 if not given.</summary>
    public int? PeriodSeconds { get; set; }

    /// <summary>How long it may take to answer; 1 if not given.</summary>
    public int? TimeoutSeconds { get; set; }

    /// <summary>How many answers in a row make it ready; 1 if not given.</summary>
    public int? SuccessThreshold { get; set; }

    /// <summary>How many failures in a row make it not ready; 3 if not given.</summary>
    public int? FailureThreshold { get; set; }
}

public sealed record TcpSocketAction
{
    /// <summary>1 to 65535.</summary>
    public int? Port { get; set; }
}

/// <summary>Nothing to say: <c>guestPing: {}</c>.</summary>
public sealed record GuestPingAction;
