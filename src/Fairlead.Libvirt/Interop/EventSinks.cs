using System.Threading.Channels;

namespace Fairlead.Libvirt.Interop;

/// <summary>Where the callbacks of one domain subscription write to.</summary>
internal sealed class DomainEventSink(LibvirtConnection connection, ChannelWriter<DomainEvent> writer)
{
    public void Publish(DomainEvent domainEvent) => _ = writer.TryWrite(domainEvent);

    /// <summary>Reads a lent domain pointer; both calls are local and cannot fail for a pointer that libvirt passed.</summary>
    public Domain Lent(nint domain) => Domain.FromPointer(connection, domain);
}

/// <summary>Where the callback of one network subscription writes to.</summary>
internal sealed class NetworkEventSink(LibvirtConnection connection, ChannelWriter<NetworkLifecycleEvent> writer)
{
    public void Publish(NetworkLifecycleEvent networkEvent) => _ = writer.TryWrite(networkEvent);

    public Network Lent(nint network) => Network.FromPointer(connection, network);
}

/// <summary>Puts libvirt's kind into the upper bits of a detail or reason, as the public enums have it.</summary>
internal static class Details
{
    public static DomainLifecycleDetail Of(int kind, int detail) => (DomainLifecycleDetail)((kind << 8) | detail);

    public static DomainStateReason Reason(int state, int reason) => (DomainStateReason)((state << 8) | reason);
}
