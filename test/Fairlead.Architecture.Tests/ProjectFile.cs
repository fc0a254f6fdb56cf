using System.Xml.Linq;
using Fairlead.Testing;

namespace Fairlead.Architecture.Tests;

/// <summary>What a project under src/ says that it depends on.</summary>
internal sealed record ProjectFile(string Name, IReadOnlySet<string> Projects, IReadOnlySet<string> Packages)
{
    private const string Prefix = "Fairlead.";

    /// <summary>All projects under src/ by their name without the prefix.</summary>
    public static IReadOnlyDictionary<string, ProjectFile> All { get; } =
        Directory
            .EnumerateFiles(Path.Combine(RepositoryPaths.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(Read)
            .ToDictionary(project => project.Name, StringComparer.Ordinal);

    /// <summary>The projects that one needs, by whatever way.</summary>
    public static IReadOnlySet<string> Closure(string name)
    {
        HashSet<string> reached = new(StringComparer.Ordinal);
        Queue<string> next = new([name]);
        while (next.TryDequeue(out string? current))
        {
            foreach (string project in All[current].Projects.Where(reached.Add))
                next.Enqueue(project);
        }

        return reached;
    }

    private static ProjectFile Read(string path)
    {
        XElement xml = XElement.Load(path);
        return new ProjectFile(
            ShortName(path),
            xml.Descendants("ProjectReference").Select(r => ShortName(r.Attribute("Include")!.Value)).ToHashSet(),
            xml.Descendants("PackageReference")
                .Where(r => r.Attribute("PrivateAssets")?.Value != "all")
                .Concat(xml.Descendants("FrameworkReference"))
                .Select(r => r.Attribute("Include")!.Value)
                .ToHashSet()
        );
    }

    private static string ShortName(string path) => Path.GetFileNameWithoutExtension(path)[Prefix.Length..];
}
