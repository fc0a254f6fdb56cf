namespace Fairlead.CniProxy.Pods;

/// <summary>random(4): a UUID that the kernel makes at each boot.</summary>
internal static class BootId
{
    public static string Current { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
