using Fairlead.Crds;
using Fairlead.Vmi;

namespace Fairlead.Agent.Reconciling;

/// <summary>Writes what is known of a virtual machine as its status. Pure.</summary>
internal static class StatusBuilder
{
    /// <summary>The record with a phase and the Ready condition that explains it.</summary>
    public static VmRecord WithPhase(
        this VmRecord record,
        VirtualMachinePhase phase,
        bool ready,
        string reason,
        string message,
        DateTimeOffset now
    ) =>
        record.WithStatus(status =>
            status with
            {
                Phase = phase,
                Conditions = Conditions.Set(status.Conditions, ConditionTypes.Ready, ready, reason, message, now),
            }
        );

    public static VmRecord WithCondition(
        this VmRecord record,
        string type,
        bool status,
        string reason,
        string message,
        DateTimeOffset now
    ) =>
        record.WithStatus(old =>
            old with
            {
                Conditions = Conditions.Set(old.Conditions, type, status, reason, message, now),
            }
        );

    public static VmRecord WithoutCondition(this VmRecord record, string type) =>
        record.WithStatus(status => status with { Conditions = Conditions.Remove(status.Conditions, type) });

    /// <summary>The record with its vNICs as they are set up now; those without an attachment have a name only.</summary>
    public static VmRecord WithInterfaces(
        this VmRecord record,
        VirtualMachineSpec spec,
        IReadOnlyDictionary<string, AttachmentRecord> attachments
    ) =>
        record.WithStatus(status =>
            status with
            {
                Interfaces =
                [
                    .. spec.Domain.Devices.Interfaces.Select(vnic =>
                        InterfaceOf(vnic, attachments.GetValueOrDefault(vnic.Name!))
                    ),
                ],
            }
        );

    /// <summary>The record of a machine that has no place any more, and no attachments but these.</summary>
    public static VmRecord WithoutPlace(
        this VmRecord record,
        VirtualMachineSpec spec,
        IReadOnlyDictionary<string, AttachmentRecord> retained
    ) =>
        record.WithStatus(status =>
            status with
            {
                Interfaces =
                [
                    .. spec
                        .Domain.Devices.Interfaces.Where(vnic => retained.ContainsKey(vnic.Name!))
                        .Select(vnic => InterfaceOf(vnic, retained[vnic.Name!])),
                ],
                Hypervisor = null,
                Conditions =
                [
                    .. status.Conditions.Where(c =>
                        c.Type
                            is not (
                                ConditionTypes.NetworkReady
                                or ConditionTypes.IdentityKept
                                or Reasons.RestartRequired
                            )
                    ),
                ],
            }
        );

    /// <summary>On a cluster: nothing of its placement is left on this node.</summary>
    public static VmRecord Released(this VmRecord record) =>
        record.WithStatus(status => status with { Released = status.Placement?.Id });

    public static VmRecord WithStatus(this VmRecord record, Func<VirtualMachineStatus, VirtualMachineStatus> change) =>
        record with
        {
            Vm = record.Vm with { Status = change(record.Vm.Status ?? new VirtualMachineStatus()) },
        };

    private static InterfaceStatus InterfaceOf(DomainInterface vnic, AttachmentRecord? attachment)
    {
        string[] addresses = [.. attachment?.Endpoint?.Addresses.Select(a => a.Address.ToString()) ?? []];
        return new InterfaceStatus
        {
            Name = vnic.Name!,
            Mac = attachment?.Endpoint?.Mac.ToString() ?? vnic.Mac?.Address,
            IpAddress = addresses.FirstOrDefault(),
            IpAddresses = addresses,
            PodInterfaceName = attachment?.Names.VmInterface,
            LinkState = vnic.Link?.State,
            Network = attachment?.Network ?? vnic.Source?.Network,
        };
    }
}
