using System.Globalization;
using Fairlead.Agent.V1;
using Fairlead.Crds;

namespace Fairlead.Cli.Output;

/// <summary>What <c>describe vm</c> prints.</summary>
internal sealed class VirtualMachineDescription(TextWriter output, TimeProvider time)
{
    private readonly FieldWriter _writer = new(output);

    /// <summary>Whether it is known which way the frames go; on a cluster the node knows.</summary>
    public bool WithPaths { get; init; } = true;

    public void Write(VirtualMachine vm, DescribeResponse response)
    {
        WriteMetadata(vm, response.Source);
        WriteSpec(vm.Spec, vm.Defaulted().Spec);
        VirtualMachineStatus status = vm.Status ?? new VirtualMachineStatus();
        WriteConditions(status.Conditions);
        WriteInterfaces(status.Interfaces, AddressPolicyText.Of(vm));
        if (WithPaths)
            WritePaths(response.Paths);
        WriteSetUp(response);
        WriteEvents(response.Events);
    }

    private void WriteMetadata(VirtualMachine vm, string source)
    {
        ObjectMeta metadata = vm.Metadata;
        _writer.Field("Name", metadata.Name);
        _writer.Field("Namespace", metadata.Namespace);
        _writer.Field("Labels", [.. Pairs(metadata.Labels, "=")]);
        _writer.Field("Annotations", [.. Pairs(metadata.Annotations, ": ")]);
        _writer.Field("UID", metadata.Uid);
        _writer.Field("Created", Moment(metadata.CreationTimestamp));
        if (metadata.DeletionTimestamp is { } deletion)
            _writer.Field("Deleted", Moment(deletion));
        _writer.Field("Source", source);
        _writer.Field("Phase", VirtualMachineColumns.PhaseOf(vm));
        _writer.Field("Node", vm.Status?.Node);
        _writer.Field("Hypervisor", vm.Status?.Hypervisor);
    }

    private void WriteSpec(VirtualMachineSpec given, VirtualMachineSpec spec)
    {
        DomainSpec domain = spec.Domain;
        _writer.Field("Running", given.Running ? "true" : "false");
        if (given.RunStrategy is { } strategy)
            _writer.Field("Run strategy", strategy);
        _writer.Field("Memory", Invariant($"{domain.Memory!.Value} {domain.Memory.Unit ?? MemoryUnits.Default}"));
        _writer.Field("vCPUs", Invariant($"{domain.Vcpu}"));
        _writer.Field("Machine", domain.Os?.Type?.Machine);
        _writer.Field("Boot", [.. BootLines(given.Domain.Os)]);
        _writer.Field("Disks", [.. domain.Devices.Disks.Select(DiskLine)]);
    }

    private static IEnumerable<string> BootLines(DomainOs? os)
    {
        if (os?.Kernel is { } kernel)
        {
            yield return $"kernel {kernel}";
            if (os.Initrd is { } initrd)
                yield return $"initrd {initrd}";
            if (os.Cmdline is { } cmdline)
                yield return $"cmdline {cmdline}";
        }
        else
        {
            yield return os?.Boot is { Count: > 0 } boot
                ? string.Join(", ", boot.Select(device => device.Dev))
                : "default";
        }
    }

    private static string DiskLine(Disk disk) =>
        $"{disk.Target?.Dev}: {disk.Source?.File ?? disk.Source?.Dev ?? "empty"}"
        + $" ({disk.Driver?.Type}, {disk.Target?.Bus}{(disk.Readonly == true ? ", read-only" : "")})";

    private void WriteConditions(IReadOnlyList<VirtualMachineCondition> conditions) =>
        _writer.Table(
            "Conditions",
            ["Type", "Status", "Reason", "Age", "Message"],
            [
                .. conditions.Select(
                    IReadOnlyList<string> (condition) =>
                        [
                            condition.Type,
                            condition.Status.ToString(),
                            condition.Reason ?? "",
                            Age.Since(condition.LastTransitionTime, time),
                            condition.Message ?? "",
                        ]
                ),
            ]
        );

    private void WriteInterfaces(
        IReadOnlyList<InterfaceStatus> interfaces,
        IReadOnlyDictionary<string, string> policies
    ) =>
        _writer.Table(
            "Interfaces",
            ["Name", "MAC", "Addresses", "Policy", "Link", "Network", "VMI interface"],
            [
                .. interfaces.Select(
                    IReadOnlyList<string> (vnic) =>
                        [
                            vnic.Name,
                            OrNone(vnic.Mac),
                            OrNone(string.Join(',', vnic.IpAddresses)),
                            OrNone(policies.GetValueOrDefault(vnic.Name)),
                            OrNone(vnic.LinkState),
                            OrNone(vnic.Network),
                            OrNone(vnic.PodInterfaceName),
                        ]
                ),
            ]
        );

    private void WritePaths(IEnumerable<VnicPath> paths)
    {
        IReadOnlyList<VnicPath> drawn = [.. paths];
        if (drawn is [])
        {
            _writer.Field("Paths");
            return;
        }
        _writer.Line("Paths:");
        foreach ((int index, VnicPath path) in drawn.Index())
        {
            if (index > 0)
                _writer.Line();
            foreach (string line in PathPicture.Draw(path))
                _writer.Line("  " + line);
        }
    }

    private void WriteSetUp(DescribeResponse response)
    {
        string[] lines =
        [
            .. response
                .Paths.Where(path => path.SetUp is not [])
                .Select(path => Steps($"vNIC {path.Vnic}", path.SetUp)),
            .. response.Start is [] ? (string[])[] : [Steps("domain", response.Start)],
        ];
        if (lines is not [])
            _writer.Field("Set-up", lines);
    }

    private static string Steps(string what, IReadOnlyList<StepDuration> steps) =>
        Invariant($"{what}: {steps.Sum(step => step.Seconds):0.000} s (")
        + string.Join(", ", steps.Select(step => Invariant($"{step.Step} {step.Seconds:0.000}")))
        + ")";

    private void WriteEvents(IEnumerable<Event> events) =>
        _writer.Table(
            "Events",
            ["Type", "Reason", "Age", "Message"],
            [
                .. events.Select(
                    IReadOnlyList<string> (happened) =>
                        [happened.Type, happened.Reason, AgeOf(happened), happened.Message.ReplaceLineEndings(" ")]
                ),
            ]
        );

    private string AgeOf(Event happened)
    {
        string age = Age.Since(DateTimeOffset.FromUnixTimeSeconds(happened.Time), time);
        return happened.Count > 1 ? Invariant($"{age} (x{happened.Count})") : age;
    }

    private string? Moment(DateTimeOffset? moment) =>
        moment is { } known
            ? $"{known.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC"
                + $" ({Age.Since(known, time)} ago)"
            : null;

    private static IEnumerable<string> Pairs(IReadOnlyDictionary<string, string> map, string separator) =>
        map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + separator + pair.Value);

    private static string OrNone(string? text) => string.IsNullOrEmpty(text) ? FieldWriter.None : text;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
