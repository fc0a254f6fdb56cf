using System.Globalization;
using System.Runtime.InteropServices;

namespace Fairlead.Benchmarks;

/// <summary>What figures mean nothing without.</summary>
internal static class Machine
{
    public static string Description
    {
        get
        {
            string model =
                File.ReadLines("/proc/cpuinfo")
                    .FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))
                    ?.Split(':')[1]
                    .Trim()
                ?? RuntimeInformation.ProcessArchitecture.ToString();
            double gibibytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{model}, {Environment.ProcessorCount} cores, {gibibytes:F0} GiB"
            );
        }
    }

    public static string Kernel => File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    /// <summary>The load average of the last minute.</summary>
    public static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    public static string Runtime =>
        $"{RuntimeInformation.FrameworkDescription}, {(HasJit ? "JIT" : "NativeAOT")}, {Build}";

    // RuntimeFeature.IsDynamicCodeSupported says no under the JIT too, once the project has PublishAot.
    private static bool HasJit =>
        File.ReadAllText("/proc/self/maps").Contains("libclrjit.so", StringComparison.Ordinal);

#if DEBUG
    private const string Build = "Debug build";
#else
    private const string Build = "Release build";
#endif
}
