using Fairlead.Agent.V1;
using Verdict = Fairlead.Agent.V1.Finding.Types.Verdict;

namespace Fairlead.Cli.Diagnosis;

/// <summary>What <c>doctor</c> has to say.</summary>
/// <param name="Environment">Of the environment and the node; empty when only machines were asked for.</param>
internal sealed record DoctorReport(IReadOnlyList<Finding> Environment, IReadOnlyList<MachineDiagnosis> Machines)
{
    /// <summary>Ok, or the worst of it.</summary>
    public Verdict Verdict => Worst(Environment.Concat(Machines.SelectMany(AllOf)).Select(finding => finding.Verdict));

    public static Verdict VerdictOf(MachineDiagnosis machine) =>
        Worst(AllOf(machine).Select(finding => finding.Verdict));

    /// <summary>The first link that is broken, since those after it need it; else the first that is not as it should be.</summary>
    public static (string? Vnic, Finding Finding)? LikelyCause(MachineDiagnosis machine)
    {
        (string? Vnic, Finding Finding)[] chain =
        [
            .. machine.Findings.Select(finding => ((string?)null, finding)),
            .. machine.Vnics.SelectMany(vnic => vnic.Findings.Select(finding => ((string?)vnic.Vnic, finding))),
        ];
        foreach (Verdict verdict in (Verdict[])[Verdict.Broken, Verdict.Warning])
        {
            int index = Array.FindIndex(chain, link => link.Finding.Verdict == verdict);
            if (index >= 0)
                return chain[index];
        }

        return null;
    }

    private static IEnumerable<Finding> AllOf(MachineDiagnosis machine) =>
        machine.Findings.Concat(machine.Vnics.SelectMany(vnic => vnic.Findings));

    private static Verdict Worst(IEnumerable<Verdict> verdicts)
    {
        HashSet<Verdict> seen = [.. verdicts];
        return seen.Contains(Verdict.Broken) ? Verdict.Broken
            : seen.Contains(Verdict.Warning) ? Verdict.Warning
            : Verdict.Ok;
    }
}
