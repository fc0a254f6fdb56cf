using Fairlead.Agent.V1;
using Verdict = Fairlead.Agent.V1.Finding.Types.Verdict;

namespace Fairlead.Cli.Diagnosis;

/// <summary>A report for people: a line a link, what to do below those that do not hold, the likely cause at the end.</summary>
internal sealed class DoctorText(TextWriter output, bool withColour)
{
    private const string Reset = "\e[0m";
    private const string Bold = "\e[1m";

    private readonly int _verdictWidth = "warning".Length;

    public void Write(DoctorReport report)
    {
        int checkWidth = Findings(report).Select(finding => finding.Check.Length).DefaultIfEmpty().Max();
        if (report.Environment is not [])
        {
            output.WriteLine("Environment");
            WriteAll(report.Environment, checkWidth);
            output.WriteLine();
        }

        foreach (MachineDiagnosis machine in report.Machines)
        {
            WriteMachine(machine, checkWidth);
            output.WriteLine();
        }

        WriteVerdict(report);
    }

    private void WriteMachine(MachineDiagnosis machine, int checkWidth)
    {
        output.WriteLine($"{machine.Namespace}/{machine.Name} ({machine.Phase})");
        WriteAll(machine.Findings, checkWidth);
        foreach (VnicFindings vnic in machine.Vnics)
        {
            output.WriteLine($"vNIC {vnic.Vnic}");
            WriteAll(vnic.Findings, checkWidth);
        }

        if (DoctorReport.LikelyCause(machine) is { } cause)
        {
            string where = cause.Vnic is { } name ? $"vNIC {name}, " : "";
            string what = cause.Finding.Verdict == Verdict.Broken ? "Likely cause" : "Worth a look";
            output.WriteLine(Emphasized($"{what}: {where}{cause.Finding.Check}: {OneLine(cause.Finding.Seen)}"));
        }
    }

    private void WriteAll(IEnumerable<Finding> findings, int checkWidth)
    {
        foreach (Finding finding in findings)
        {
            string verdict = DoctorDocument.WordOf(finding.Verdict).PadRight(_verdictWidth);
            output.WriteLine(
                $"  {Coloured(verdict, finding.Verdict)}  {finding.Check.PadRight(checkWidth)}  {OneLine(finding.Seen)}"
            );
            if (finding.Remedy.Length > 0)
                output.WriteLine(
                    $"{new string(' ', 2 + _verdictWidth + 2 + checkWidth + 2)}-> {OneLine(finding.Remedy)}"
                );
        }
    }

    private void WriteVerdict(DoctorReport report)
    {
        int broken = Findings(report).Count(finding => finding.Verdict == Verdict.Broken);
        int warnings = Findings(report).Count(finding => finding.Verdict == Verdict.Warning);
        output.WriteLine(
            (broken, warnings) switch
            {
                (0, 0) => "Everything that was looked at holds.",
                (0, _) => $"Nothing is broken; {Count(warnings, "warning")}.",
                _ => $"{broken} broken, {Count(warnings, "warning")}.",
            }
        );
    }

    private string Coloured(string text, Verdict verdict) =>
        !withColour
            ? text
            : verdict switch
            {
                Verdict.Ok => $"\e[32m{text}{Reset}",
                Verdict.Warning => $"\e[33m{text}{Reset}",
                Verdict.Broken => $"\e[31m{text}{Reset}",
                _ => $"\e[2m{text}{Reset}",
            };

    private string Emphasized(string text) => withColour ? $"{Bold}{text}{Reset}" : text;

    private static IEnumerable<Finding> Findings(DoctorReport report) =>
        report.Environment.Concat(
            report.Machines.SelectMany(machine =>
                machine.Findings.Concat(machine.Vnics.SelectMany(vnic => vnic.Findings))
            )
        );

    private static string Count(int number, string noun) =>
        FormattableString.Invariant($"{number} {noun}{(number == 1 ? "" : "s")}");

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
