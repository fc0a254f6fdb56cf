namespace Fairlead.Vmi;

/// <summary>
/// What libvirt leaves behind of a transient network: the pid file of its dnsmasq and two empty directories for its ports
/// (seen with 9.0: networkRemoveInactive in src/network/bridge_driver.c deletes neither).
/// </summary>
internal static class LibvirtNetworkFiles
{
    // RUNSTATEDIR of libvirt's builds; in the libvirt pod it is the pod's own.
    internal const string StateDirectory = "/run/libvirt/network";

    /// <summary>Removes them once the network is gone. Absent is success.</summary>
    public static void Remove(string network) => Remove(StateDirectory, network);

    internal static void Remove(string stateDirectory, string network)
    {
        string directory = Path.Combine(stateDirectory, network);
        string ports = Path.Combine(directory, "ports");
        if (!Directory.Exists(stateDirectory))
            return;
        File.Delete($"{directory}.pid");
        foreach (string path in (string[])[ports, directory])
        {
            // A port that is still there belongs to somebody.
            if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
                Directory.Delete(path);
        }
    }
}
