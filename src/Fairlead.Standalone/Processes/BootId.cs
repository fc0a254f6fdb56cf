namespace Fairlead.Standalone.Processes;

/// <summary>Tells one boot of the machine from the next.</summary>
internal static class BootId
{
    // random(4): made once a boot, the same in every container of the machine.
    public static string Current { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
