namespace Fairlead.Crds.Tests;

/// <summary>Short ways to manifests.</summary>
internal static class Manifests
{
    public const string Head = "apiVersion: fairlead.dev/v1alpha1\nkind: VirtualMachine\n";

    public static string Named(string name) => $"{Head}metadata:\n  name: {name}\n";

    public static ManifestFile Read(string text) => ManifestReader.Read(text, "vm.yaml");

    /// <summary>The one machine in a text that has no errors.</summary>
    public static VirtualMachine ReadOne(string text)
    {
        ManifestFile file = Read(text);
        Assert.Empty(file.AllErrors);
        return Assert.Single(file.Documents).VirtualMachine!;
    }

    public static IReadOnlyList<string> Errors(string text) => [.. Read(text).AllErrors.Select(e => e.ToString())];

    public static void AssertSame(VirtualMachine expected, VirtualMachine actual) =>
        Assert.Equal(ManifestWriter.ToJson(expected), ManifestWriter.ToJson(actual));
}
