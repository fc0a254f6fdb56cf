using Fairlead.Cli.CommandLine;
using Fairlead.Crds;

namespace Fairlead.Cli.Output;

/// <summary>The columns of <c>get vm</c>.</summary>
internal sealed class VirtualMachineColumns(CliInvocation invocation, bool wide, bool withNamespace)
{
    private const string None = "<none>";
    private const string PhaseHeader = "PHASE";

    private readonly IReadOnlyList<string> _headers =
    [
        .. withNamespace ? (string[])["NAMESPACE"] : [],
        .. (string[])["NAME", PhaseHeader, "IP", "NODE", "AGE"],
        .. wide ? (string[])["MAC", "NETWORK", "POLICY", "READY", "HYPERVISOR"] : [],
    ];

    public TableWriter Table(bool withoutHeader)
    {
        int phase = _headers.ToList().IndexOf(PhaseHeader);
        return new TableWriter(invocation.Output, _headers)
        {
            WithoutHeader = withoutHeader,
            Colour = invocation.OutputTakesColour
                ? (column, text) => column == phase ? PhaseColour.Of(text) : text
                : null,
        };
    }

    /// <param name="phase">What stands for the phase when the status does not say it.</param>
    public IReadOnlyList<string> Row(VirtualMachine vm, string? phase = null)
    {
        VirtualMachineStatus status = vm.Status ?? new VirtualMachineStatus();
        List<string> row = [];
        if (withNamespace)
            row.Add(vm.Metadata.Namespace);
        row.Add(vm.Metadata.Name);
        row.Add(phase ?? PhaseOf(vm));
        row.Add(
            wide
                ? Joined(status.Interfaces.SelectMany(vnic => vnic.IpAddresses))
                : OrNone(status.Interfaces.Select(vnic => vnic.IpAddress).FirstOrDefault(ip => ip is not null))
        );
        row.Add(OrNone(status.Node));
        row.Add(Age.Since(vm.Metadata.CreationTimestamp, invocation.Time));
        if (!wide)
            return row;
        row.Add(Joined(status.Interfaces.Select(vnic => vnic.Mac)));
        row.Add(Joined(status.Interfaces.Select(vnic => vnic.Network).Distinct(StringComparer.Ordinal)));
        row.Add(Joined(AddressPolicyText.Of(vm).Values.Distinct(StringComparer.Ordinal)));
        row.Add(ReadyOf(status));
        row.Add(OrNone(status.Hypervisor));
        return row;
    }

    /// <summary>The phase as kubectl shows one: a machine whose tear-down runs is Terminating.</summary>
    public static string PhaseOf(VirtualMachine vm) =>
        vm.Metadata.DeletionTimestamp is not null
            ? "Terminating"
            : (vm.Status?.Phase ?? VirtualMachinePhase.Pending).ToString();

    private static string ReadyOf(VirtualMachineStatus status) =>
        status.Conditions.FirstOrDefault(condition => condition.Type == ConditionTypes.Ready) is { } ready
            ? ready.Status.ToString()
            : nameof(ConditionStatus.Unknown);

    private static string Joined(IEnumerable<string?> texts) => OrNone(string.Join(',', texts.OfType<string>()));

    private static string OrNone(string? text) => string.IsNullOrEmpty(text) ? None : text;
}
