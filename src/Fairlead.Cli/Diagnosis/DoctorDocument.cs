using System.Text.Json.Nodes;
using Fairlead.Agent.V1;
using Verdict = Fairlead.Agent.V1.Finding.Types.Verdict;

namespace Fairlead.Cli.Diagnosis;

/// <summary>A report as JSON.</summary>
internal static class DoctorDocument
{
    public static JsonObject Of(DoctorReport report) =>
        new()
        {
            ["verdict"] = WordOf(report.Verdict),
            ["environment"] = Array(report.Environment),
            ["machines"] = new JsonArray([.. report.Machines.Select(Of)]),
        };

    /// <summary>The word for programs.</summary>
    public static string WordOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Ok => "ok",
            Verdict.Warning => "warning",
            Verdict.Broken => "broken",
            _ => "skipped",
        };

    private static JsonObject Of(MachineDiagnosis machine)
    {
        JsonObject document = new()
        {
            ["namespace"] = machine.Namespace,
            ["name"] = machine.Name,
            ["phase"] = machine.Phase,
            ["verdict"] = WordOf(DoctorReport.VerdictOf(machine)),
            ["findings"] = Array(machine.Findings),
            ["vnics"] = new JsonArray([
                .. machine.Vnics.Select(vnic => new JsonObject
                {
                    ["vnic"] = vnic.Vnic,
                    ["findings"] = Array(vnic.Findings),
                }),
            ]),
        };
        if (DoctorReport.LikelyCause(machine) is { } cause)
        {
            JsonObject likely = Of(cause.Finding);
            if (cause.Vnic is not null)
                likely["vnic"] = cause.Vnic;
            document["likelyCause"] = likely;
        }

        return document;
    }

    private static JsonArray Array(IEnumerable<Finding> findings) => new([.. findings.Select(Of)]);

    private static JsonObject Of(Finding finding)
    {
        JsonObject document = new()
        {
            ["check"] = finding.Check,
            ["verdict"] = WordOf(finding.Verdict),
            ["seen"] = finding.Seen,
        };
        if (finding.Remedy.Length > 0)
            document["remedy"] = finding.Remedy;
        return document;
    }
}
