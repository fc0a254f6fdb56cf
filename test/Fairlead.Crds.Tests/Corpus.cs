namespace Fairlead.Crds.Tests;

/// <summary>
/// Manifests in files. Each bad one says in its comments what is wanted of the reader, a line an error:
/// <c># wants: LINE:COLUMN: PATH: MESSAGE</c>.
/// </summary>
internal static class Corpus
{
    private const string Wants = "# wants: ";

    public static IEnumerable<string> Good => [.. Files("good"), .. Files("examples")];

    public static IEnumerable<string> Bad => Files("bad");

    public static IEnumerable<string> Texts => Good.Concat(Bad).Select(file => File.ReadAllText(PathOf(file)));

    public static TheoryData<string> GoodFiles => [.. Good];

    public static TheoryData<string> BadFiles => [.. Bad];

    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Corpus", file);

    public static IReadOnlyList<string> WantedErrors(string text) =>
        [
            .. text.Split('\n')
                .Where(line => line.StartsWith(Wants, StringComparison.Ordinal))
                .Select(line => line[Wants.Length..]),
        ];

    private static IEnumerable<string> Files(string folder) =>
        Directory
            .GetFiles(PathOf(folder))
            .Select(file => Path.Combine(folder, Path.GetFileName(file)))
            .Order(StringComparer.Ordinal);
}
