namespace Fairlead.Vmi;

/// <summary>What can be wrong with a vNIC that was set up, in the order of its chain from CNI to the guest.</summary>
public enum VnicFaultKind
{
    /// <summary>There is no record of an attachment.</summary>
    AttachmentMissing,

    /// <summary>CNI has not answered yet, or its answer is lost.</summary>
    EndpointUnknown,
    VmInterfaceMissing,
    VmInterfaceDown,

    /// <summary>The VMI interface has the guest's MAC: its bridge takes the guest's frames for its own.</summary>
    VmInterfaceHasGuestMac,
    VmInterfaceHasAddress,
    VmInterfaceMtu,
    VmInterfaceNotOnBridge,
    BridgeMissing,
    BridgeDown,
    BridgeMtu,

    /// <summary>The libvirt network is not there, or not active.</summary>
    NetworkInactive,
    DhcpServerDead,
    TapMissing,
    TapDown,
    TapNotOnBridge,
}

/// <summary>One thing that is wrong with a vNIC: for its condition, its repair and <c>fairlead doctor</c>.</summary>
/// <param name="Kind">What it is, for programs.</param>
/// <param name="Vnic">The vNIC's name.</param>
/// <param name="Object">What it is about: "bridge vbr0123456789a".</param>
/// <param name="Seen">What was seen of it, as the predicate of a sentence about <paramref name="Object"/>: "is down".</param>
/// <param name="Remedy">What to do by hand in the libvirt pod where nobody repairs it.</param>
public sealed record VnicFault(VnicFaultKind Kind, string Vnic, string Object, string Seen, string Remedy)
{
    /// <summary>The sentence: object and what was seen.</summary>
    public override string ToString() => $"{Object} {Seen}";
}
