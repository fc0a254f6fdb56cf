using System.Security.Cryptography;
using System.Text;
using Fairlead.Crds;

namespace Fairlead.Vmi;

/// <summary>
/// Every name that one vNIC has on the node. They are computed, never stored or chosen: a replay of any step finds what
/// an earlier run made.
/// </summary>
/// <param name="VmUid">UID of the VM.</param>
/// <param name="Vm">Namespace and name of the VM.</param>
/// <param name="Vnic">The vNIC's name within the VM.</param>
public sealed record VnicNames(string VmUid, VirtualMachineKey Vm, string Vnic)
{
    // 11 hexadecimal digits and a prefix of 3 stay below the 15 bytes that the kernel allows (IFNAMSIZ less the NUL).
    // Not a field: `with` would copy it.
    private string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{VmUid}\n{Vnic}")))[..11];

    /// <summary>What the CNI proxy knows the attachment by.</summary>
    public string AttachmentKey => $"{VmUid}/{Vnic}";

    /// <summary>The VMI interface, in the libvirt pod.</summary>
    public string VmInterface => "vmi" + Hash;

    /// <summary>The bridge between VMI interface and tap.</summary>
    public string Bridge => "vbr" + Hash;

    /// <summary>QEMU's end of the vNIC.</summary>
    public string Tap => "tap" + Hash;

    /// <summary>The libvirt network; DNS labels have no underscore, so the three parts can be told apart.</summary>
    public string LibvirtNetwork => $"{DomainNameOf(Vm)}_{Vnic}";

    /// <summary>Name of a VM's libvirt domain.</summary>
    public static string DomainNameOf(VirtualMachineKey vm) => $"{vm.Namespace}_{vm.Name}";

    /// <summary>The VM of a libvirt domain by its name, or null when the name is none that we make.</summary>
    public static VirtualMachineKey? VmOfDomain(string domainName) =>
        domainName.Split('_') is [{ Length: > 0 } vmNamespace, { Length: > 0 } name]
            ? new VirtualMachineKey(vmNamespace, name)
            : null;

    /// <summary>The VM of a libvirt network by its name, or null when the name is none that we make.</summary>
    public static VirtualMachineKey? VmOfNetwork(string networkName) =>
        networkName.LastIndexOf('_') is > 0 and int end ? VmOfDomain(networkName[..end]) : null;

    /// <summary>
    /// A locally administered unicast address that is the vNIC's own: for the VMI interface, whose first address the
    /// guest takes over.
    /// </summary>
    internal byte[] VmInterfaceMac()
    {
        byte[] mac = SHA256.HashData(Encoding.UTF8.GetBytes($"vmi-mac\n{VmUid}\n{Vnic}"))[..6];
        // 0xfe: a bridge takes the lowest address of its ports for its own when none is set; ours shall not be that one.
        mac[0] = 0xfe;
        return mac;
    }
}
