namespace Fairlead.Generate;

/// <summary>Writes what is generated from the C# types: <c>make generate</c>.</summary>
internal static class Program
{
    /// <param name="args">The root of the checkout.</param>
    public static int Main(string[] args)
    {
        string directory = Path.Combine(args is [var root] ? root : ".", "deploy/crds");
        Directory.CreateDirectory(directory);
        File.WriteAllText(
            Path.Combine(directory, CustomResourceDefinition.FileName),
            CustomResourceDefinition.ToYaml()
        );
        return 0;
    }
}
