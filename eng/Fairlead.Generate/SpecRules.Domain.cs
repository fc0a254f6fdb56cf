using Fairlead.Crds;
using Fairlead.Crds.Validation;

namespace Fairlead.Generate;

// spec.domain but for its devices.
internal static partial class SpecRules
{
    private const string Unit =
        "{'b': 1, 'bytes': 1, 'KB': 1000, 'k': 1024, 'KiB': 1024, 'MB': 1000000, 'M': 1048576, 'MiB': 1048576, "
        + "'GB': 1000000000, 'G': 1073741824, 'GiB': 1073741824, "
        + "'TB': 1000000000000, 'T': 1099511627776, 'TiB': 1099511627776}[has(self.unit) ? self.unit : 'KiB']";

    private static string IsNoSize =>
        $"!has(self.value) || self.value < 0 || has(self.unit) && !(self.unit in [{string.Join(", ", MemoryUnits.Known.Select(CelRule.Literal))}])";

    private static IEnumerable<(string, CelRule)> Domain()
    {
        yield return Known("spec.domain.type", DomainTypes.Known, "domain type");
        yield return Range("spec.domain.vcpu", 1, 255);

        const string Memory = "spec.domain.memory";
        yield return Known(Memory + ".unit", MemoryUnits.Known, "unit of memory");
        yield return Required(Memory, "value", "value: 256", isText: false);
        yield return (Memory + ".value", new CelRule("self >= 0", Wording.AtLeast(1)));
        yield return (
            Memory,
            new CelRule($"{IsNoSize} || self.value <= 9223372036854775807 / {Unit}", "is more than 8 EiB (2^63 bytes)")
        );
        yield return (
            Memory,
            new CelRule(
                $"{IsNoSize} || self.value > 9223372036854775807 / {Unit} || self.value * {Unit} >= 1048576",
                ""
            )
            {
                Expression = "'is less than 1 MiB; the unit is ' + (has(self.unit) ? self.unit : 'KiB')",
            }
        );

        const string Os = "spec.domain.os";
        yield return Known(Os + ".type.value", OsTypes.Known, "type of operating system");
        yield return Known(Os + ".type.arch", OsTypes.KnownArches, "architecture");
        yield return Matches(Os + ".type.machine", "^[a-z0-9][a-z0-9._-]{0,63}$", "a machine type, as q35");
        foreach ((string, CelRule) rule in AbsolutePath(Os + ".kernel").Concat(AbsolutePath(Os + ".initrd")))
            yield return rule;
        foreach (
            (string, CelRule) rule in MatchesText(
                Os + ".cmdline",
                "size(self) < 2048",
                "a kernel command line (less than 2048 characters)"
            )
        )
            yield return rule;
        foreach (string field in new[] { "initrd", "cmdline" })
            yield return (
                Os,
                new CelRule($"has(self.kernel) || !has(self.{field})", Wording.Needs("kernel"))
                {
                    FieldPath = "." + field,
                }
            );
        yield return Required(Os + ".boot[]", "dev", "dev: hd");
        (string bootDevice, CelRule known) = Known(Os + ".boot[].dev", OsTypes.KnownBootDevices, "boot device");
        yield return (bootDevice, known with { Rule = "self == '' || " + known.Rule });
    }

    private static IEnumerable<(string, CelRule)> Cpu()
    {
        const string Cpu = "spec.domain.cpu";
        yield return Known(Cpu + ".mode", CpuModes.Known, "CPU mode");
        yield return Known(Cpu + ".match", CpuModes.KnownMatches, "match");
        yield return Known(Cpu + ".check", CpuModes.KnownChecks, "check");
        yield return Matches(Cpu + ".model.value", "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "the name of a CPU model");
        yield return Known(Cpu + ".model.fallback", CpuModes.KnownFallbacks, "fallback");
        yield return (
            Cpu,
            new CelRule(
                "!has(self.mode) || self.mode != 'custom' || has(self.model) && has(self.model.value)",
                Wording.Required("model: {value: Nehalem}")
            )
        );
        yield return (
            Cpu,
            new CelRule(
                "!has(self.mode) || !(self.mode in ['host-passthrough', 'maximum', 'host-model']) || !has(self.model) || !has(self.model.value)",
                ""
            )
            {
                Expression = $"{CelRule.Literal(Wording.NotWith("mode: "))} + self.mode",
                FieldPath = ".model.value",
            }
        );
        foreach (string part in new[] { "sockets", "dies", "cores", "threads" })
            yield return Range($"{Cpu}.topology.{part}", 1, 255);
        const string Product =
            "(has(self.cpu.topology.sockets) ? self.cpu.topology.sockets : 1) * (has(self.cpu.topology.dies) ? self.cpu.topology.dies : 1)"
            + " * (has(self.cpu.topology.cores) ? self.cpu.topology.cores : 1) * (has(self.cpu.topology.threads) ? self.cpu.topology.threads : 1)";
        // Numbers in a message would cost more than the API server allows.
        const string HasTopology = "has(self.cpu) && has(self.cpu.topology)";
        yield return (
            "spec.domain",
            new CelRule(
                $"!({HasTopology}) || !has(self.vcpu) || {Product} == self.vcpu",
                "makes another number of vCPUs than vcpu"
            )
            {
                FieldPath = ".cpu.topology",
            }
        );
        yield return (
            "spec.domain",
            new CelRule($"!({HasTopology}) || has(self.vcpu) || {Product} <= 255", "makes more vCPUs than 255")
            {
                FieldPath = ".cpu.topology",
            }
        );
        yield return Known(Cpu + ".features[].policy", CpuModes.KnownPolicies, "policy");
        yield return Required(Cpu + ".features[]", "name", "name: vmx");
        yield return Matches(
            Cpu + ".features[].name",
            "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$",
            "the name of a CPU feature"
        );
        yield return (
            Cpu + ".features",
            new CelRule(
                "self.all(a, !has(a.name) || self.exists_one(b, has(b.name) && b.name == a.name))",
                "a name is taken by another one already"
            )
        );
    }
}
