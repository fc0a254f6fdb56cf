namespace Fairlead.Crds.Reading;

/// <summary>apiVersion and kind: whether the rest of the object is meant for Fairlead at all.</summary>
internal static class HeaderCheck
{
    /// <summary>False when it is another kind of object, whose fields need no further words.</summary>
    public static bool IsOurs(MappingNode root, Findings findings)
    {
        string? version = Word(root, "apiVersion");
        string? kind = Word(root, "kind");
        if (kind is not null && kind != VirtualMachine.KindName)
        {
            findings.Add(
                "kind",
                root.Find("kind")!.Value.Start,
                $"{Quoting.Quote(kind)} is not a kind that Fairlead reads; wanted {VirtualMachine.KindName}"
            );
            return false;
        }
        if (version is null || version == VirtualMachine.GroupVersion)
            return true;
        findings.Add(
            "apiVersion",
            root.Find("apiVersion")!.Value.Start,
            $"{Quoting.Quote(version)} is not an API version that Fairlead reads; wanted {VirtualMachine.GroupVersion}"
        );
        // Another version of ours, or a slip of the pen, has much the same fields; another project's has not.
        return version.StartsWith(VirtualMachine.Group, StringComparison.Ordinal)
            || !version.Contains('/', StringComparison.Ordinal);
    }

    private static string? Word(MappingNode root, string field) =>
        root.Find(field)?.Value is ScalarNode { IsNull: false } scalar ? scalar.Value : null;
}
