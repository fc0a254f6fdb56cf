namespace Fairlead.Generate;

/// <summary>Writes what is generated from the C# types: <c>make generate</c>.</summary>
internal static class Generator
{
    /// <summary>Every generated file, by its path in the checkout.</summary>
    public static IReadOnlyDictionary<string, string> Files() =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [$"deploy/crds/{CustomResourceDefinition.FileName}"] = CustomResourceDefinition.ToYaml(),
            [$"docs/{ApiReference.FileName}"] = ApiReference.ToMarkdown(),
        };

    /// <param name="args">The root of the checkout.</param>
    public static int Main(string[] args)
    {
        string top = args is [var root] ? root : ".";
        foreach ((string file, string text) in Files())
            File.WriteAllText(Path.Combine(top, file), text);
        return 0;
    }
}
