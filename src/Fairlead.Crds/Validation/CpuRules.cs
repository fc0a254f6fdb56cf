using System.Globalization;

namespace Fairlead.Crds.Validation;

/// <summary>spec.domain.cpu.</summary>
internal static class CpuRules
{
    public static void Check(DomainCpu cpu, int? vcpu, string path, Errors errors)
    {
        errors.Known(path + ".mode", cpu.Mode, CpuModes.Known, "CPU mode");
        errors.Known(path + ".match", cpu.Match, CpuModes.KnownMatches, "match");
        errors.Known(path + ".check", cpu.Check, CpuModes.KnownChecks, "check");
        CheckModel(cpu, path, errors);
        if (cpu.Topology is { } topology)
            Check(topology, vcpu, path + ".topology", errors);
        for (int i = 0; i < cpu.Features.Count; i++)
            Check(cpu.Features[i], FieldPath.Item(path + ".features", i), errors);
        errors.Unique(
            cpu.Features.Select(
                (feature, i) => (FieldPath.Item(path + ".features", i) + ".name", (string?)feature.Name)
            ),
            StringComparer.Ordinal
        );
    }

    private static void CheckModel(DomainCpu cpu, string path, Errors errors)
    {
        errors.Matches(path + ".model.value", cpu.Model?.Value, Syntax.IsCpuName, "the name of a CPU model");
        errors.Known(path + ".model.fallback", cpu.Model?.Fallback, CpuModes.KnownFallbacks, "fallback");
        if (cpu is { Mode: CpuModes.Custom, Model.Value: null } or { Mode: CpuModes.Custom, Model: null })
            errors.Add(path + ".model", Wording.Required("model: {value: Nehalem}"));
        else if (
            cpu is { Mode: CpuModes.HostPassthrough or CpuModes.Maximum or CpuModes.HostModel, Model.Value: not null }
        )
            errors.Add(path + ".model.value", Wording.NotWith("mode: " + cpu.Mode));
    }

    private static void Check(CpuTopology topology, int? vcpu, string path, Errors errors)
    {
        (string Name, int? Value)[] parts =
        [
            ("sockets", topology.Sockets),
            ("dies", topology.Dies),
            ("cores", topology.Cores),
            ("threads", topology.Threads),
        ];
        foreach ((string name, int? value) in parts)
            errors.Range($"{path}.{name}", value, 1, DomainRules.MostVcpus);
        if (parts.Any(part => part.Value is < 1 or > DomainRules.MostVcpus))
            return;
        if (vcpu is int wanted and >= 1 and <= DomainRules.MostVcpus && topology.Product != wanted)
        {
            errors.Add(
                path,
                string.Create(CultureInfo.InvariantCulture, $"makes {topology.Product} vCPUs, but vcpu is {wanted}")
            );
        }
        else if (vcpu is null && topology.Product > DomainRules.MostVcpus)
        {
            errors.Add(
                path,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"makes {topology.Product} vCPUs; at most {DomainRules.MostVcpus} are possible"
                )
            );
        }
    }

    private static void Check(CpuFeature feature, string path, Errors errors)
    {
        errors.Known(path + ".policy", feature.Policy, CpuModes.KnownPolicies, "policy");
        if (feature.Name is "")
            errors.Add(path + ".name", Wording.Required("name: vmx"));
        else
            errors.Matches(path + ".name", feature.Name, Syntax.IsCpuName, "the name of a CPU feature");
    }
}
