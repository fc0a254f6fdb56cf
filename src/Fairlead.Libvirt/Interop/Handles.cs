using Microsoft.Win32.SafeHandles;

namespace Fairlead.Libvirt.Interop;

/// <summary>A <c>virConnectPtr</c>. Domains, networks, streams and registered callbacks hold references to it too.</summary>
internal sealed class ConnectionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>What <c>virConnectClose</c> returned: references that still keep the connection open; -1 before the close.</summary>
    public int RemainingReferences { get; private set; } = -1;

    protected override bool ReleaseHandle()
    {
        RemainingReferences = LibVirt.virConnectClose(handle);
        return RemainingReferences >= 0;
    }
}

/// <summary>A <c>virDomainPtr</c>: name, UUID and a reference to the connection; freeing it says nothing to the daemon.</summary>
internal sealed class DomainHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public DomainHandle()
        : base(ownsHandle: true) { }

    public DomainHandle(nint owned)
        : base(ownsHandle: true) => SetHandle(owned);

    protected override bool ReleaseHandle() => LibVirt.virDomainFree(handle) == 0;
}

/// <summary>A <c>virNetworkPtr</c>: name, UUID and a reference to the connection.</summary>
internal sealed class NetworkHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public NetworkHandle()
        : base(ownsHandle: true) { }

    public NetworkHandle(nint owned)
        : base(ownsHandle: true) => SetHandle(owned);

    protected override bool ReleaseHandle() => LibVirt.virNetworkFree(handle) == 0;
}

/// <summary>A <c>virStreamPtr</c>. Freeing it does not end the stream in the daemon: finish or abort it before.</summary>
internal sealed class StreamHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => LibVirt.virStreamFree(handle) == 0;
}
