using Fairlead.Agent.Reconciling;
using Fairlead.Agent.V1;
using Fairlead.Crds;
using Fairlead.Libvirt;
using Fairlead.Vmi;
using Fairlead.Vmi.Diagnosis;
using Finding = Fairlead.Vmi.Diagnosis.Finding;

namespace Fairlead.Agent.Api;

/// <summary>Looks at machines and at all that lies between them and their networks, and says what it saw.</summary>
internal sealed class Doctor(
    ChainReader chains,
    AttachmentRecordStore attachments,
    DomainRunner domains,
    NodeDefaults node
)
{
    public async Task<DiagnoseResponse> DiagnoseAsync(
        IReadOnlyList<VmRecord> machines,
        CancellationToken cancellationToken
    )
    {
        Dictionary<string, Finding> states = [];
        foreach (VmRecord machine in machines)
            states[machine.Uid] = MachineFindings.Of(machine, await FindDomainAsync(machine, cancellationToken));
        ChainDiagnosis diagnosis = await chains.DiagnoseAsync(
            [
                .. attachments
                    .List()
                    .Where(record => !record.IsParked && states.ContainsKey(record.VmUid))
                    .OrderBy(record => record.Vnic, StringComparer.Ordinal)
                    .Select(record => (record, states[record.VmUid].Verdict is Verdict.Ok or Verdict.Warning)),
            ],
            cancellationToken
        );
        DiagnoseResponse response = new() { Version = AgentStatus.Version };
        response.Node.Add(MessageOf(MachineFindings.OfHypervisor(node)));
        response.Node.AddRange(diagnosis.Node.Select(MessageOf));
        response.Machines.AddRange(
            machines.Select(machine =>
                MessageOf(machine, states[machine.Uid], [.. diagnosis.Vnics.Where(vnic => vnic.VmUid == machine.Uid)])
            )
        );
        return response;
    }

    private async Task<DomainStatus?> FindDomainAsync(VmRecord machine, CancellationToken cancellationToken)
    {
        try
        {
            return await domains.FindStateAsync(machine.Uid, cancellationToken);
        }
        catch (LibvirtException)
        {
            return null; // said where the networks are looked at
        }
    }

    private static MachineDiagnosis MessageOf(VmRecord machine, Finding state, IReadOnlyList<VnicDiagnosis> vnics)
    {
        MachineDiagnosis message = new()
        {
            Namespace = machine.Key.Namespace,
            Name = machine.Key.Name,
            Phase = $"{machine.Vm.Status?.Phase ?? VirtualMachinePhase.Pending}",
        };
        message.Findings.Add(MessageOf(state));
        message.Findings.AddRange(
            MachineFindings.OfMissingVnics(machine, [.. vnics.Select(vnic => vnic.Vnic)]).Select(MessageOf)
        );
        message.Vnics.AddRange(
            vnics.Select(vnic =>
            {
                VnicFindings findings = new() { Vnic = vnic.Vnic };
                findings.Findings.AddRange(vnic.Findings.Select(MessageOf));
                return findings;
            })
        );
        return message;
    }

    private static V1.Finding MessageOf(Finding finding) =>
        new()
        {
            Check = finding.Check,
            Verdict = finding.Verdict switch
            {
                Verdict.Ok => V1.Finding.Types.Verdict.Ok,
                Verdict.Warning => V1.Finding.Types.Verdict.Warning,
                Verdict.Broken => V1.Finding.Types.Verdict.Broken,
                _ => V1.Finding.Types.Verdict.Skipped,
            },
            Seen = finding.Seen,
            Remedy = finding.Remedy ?? "",
        };
}
