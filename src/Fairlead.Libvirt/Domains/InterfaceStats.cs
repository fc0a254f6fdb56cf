namespace Fairlead.Libvirt;

/// <summary>Counters of a domain's interface since it was made, as the host's tap counts; null where there is none.</summary>
/// <param name="ReceivedBytes">Bytes that the guest received.</param>
/// <param name="ReceivedPackets">Packets that the guest received.</param>
/// <param name="ReceiveErrors">Errors towards the guest.</param>
/// <param name="ReceiveDropped">Packets dropped towards the guest.</param>
/// <param name="SentBytes">Bytes that the guest sent.</param>
/// <param name="SentPackets">Packets that the guest sent.</param>
/// <param name="SendErrors">Errors from the guest.</param>
/// <param name="SendDropped">Packets dropped from the guest.</param>
public sealed record InterfaceStats(
    long? ReceivedBytes,
    long? ReceivedPackets,
    long? ReceiveErrors,
    long? ReceiveDropped,
    long? SentBytes,
    long? SentPackets,
    long? SendErrors,
    long? SendDropped
);
