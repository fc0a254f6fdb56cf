namespace Fairlead.Crds.Validation;

/// <summary>When it runs, and where. What a pod has too is checked by its name only: the API server knows the rest.</summary>
internal static class SchedulingRules
{
    public static void Check(VirtualMachineSpec spec, string path, Errors errors)
    {
        errors.Known(path + ".runStrategy", spec.RunStrategy, RunStrategies.Known, "run strategy");
        for (int i = 0; i < spec.Tolerations.Count; i++)
        {
            Toleration toleration = spec.Tolerations[i];
            string at = FieldPath.Item(path + ".tolerations", i);
            errors.Known(at + ".operator", toleration.Operator, Tolerations.KnownOperators, "operator");
            errors.Known(at + ".effect", toleration.Effect, Tolerations.KnownEffects, "effect");
        }
    }
}
