using System.Globalization;

namespace Fairlead.VnicBenchmarks;

/// <summary>Memory of the node's processes by name, as proportional set size: what several share is divided among them.</summary>
internal sealed class Footprint
{
    private static readonly string[] s_names = ["agent", "cni-proxy", "libvirtd", "dnsmasq"];

    private readonly Dictionary<string, long> _kibibytes;

    private Footprint(Dictionary<string, long> kibibytes) => _kibibytes = kibibytes;

    public static Footprint Read()
    {
        Dictionary<string, long> kibibytes = s_names.ToDictionary(name => name, _ => 0L, StringComparer.Ordinal);
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out _)
                && NameOf(directory) is { } name
            )
                kibibytes[name] += PssOf(directory);
        }

        return new Footprint(kibibytes);
    }

    /// <summary>What each process grew by for each of so many vNICs, as text.</summary>
    public static string PerVnic(Footprint before, Footprint after, int vnics)
    {
        double whole = s_names.Sum(name => after._kibibytes[name] - before._kibibytes[name]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{whole / vnics:F0} KiB ({string.Join(", ", s_names.Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {(after._kibibytes[name] - before._kibibytes[name]) / (double)vnics:F0}")))})"
        );
    }

    private static string? NameOf(string directory)
    {
        try
        {
            string[] arguments = File.ReadAllText($"{directory}/cmdline").Split('\0');
            return s_names.FirstOrDefault(name =>
                arguments.Take(2).Any(argument => Path.GetFileName(argument) == name)
            );
        }
        catch (IOException)
        {
            return null; // ended meanwhile
        }
    }

    private static long PssOf(string directory)
    {
        try
        {
            string line = File.ReadLines($"{directory}/smaps_rollup")
                .First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
