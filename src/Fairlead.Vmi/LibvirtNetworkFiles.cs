using Fairlead.Vmi.Diagnosis;

namespace Fairlead.Vmi;

/// <summary>
/// What libvirt has on disk of a network. It leaves some of it behind: the pid file of the dnsmasq of a transient network
/// and two empty directories for its ports (seen with 9.0: networkRemoveInactive in src/network/bridge_driver.c deletes
/// neither); and leases that it has put into a wrong file.
/// </summary>
internal static class LibvirtNetworkFiles
{
    // RUNSTATEDIR of libvirt's builds; in the libvirt pod it is the pod's own.
    internal const string StateDirectory = "/run/libvirt/network";

    private const string ConfigurationDirectory = "/var/lib/libvirt/dnsmasq";

    // Where a bridge is gone, dnsmasq takes a lease for one of the interface that has its subnet: the pod's own. libvirt's
    // lease helper then keeps the lease in a file of that name, which no network of libvirt's has and nobody reads.
    private const string StrayLeases = "eth0.status";

    /// <summary>The network's DHCP server: whether it runs, and whether it knows the vNIC.</summary>
    public static DhcpView Read(string network, VnicEndpoint? endpoint) =>
        Read(StateDirectory, ConfigurationDirectory, "/proc", network, endpoint);

    internal static DhcpView Read(
        string stateDirectory,
        string configurationDirectory,
        string procDirectory,
        string network,
        VnicEndpoint? endpoint
    )
    {
        string hosts = Path.Combine(configurationDirectory, $"{network}.hostsfile");
        // MAC,ADDRESS[,NAME][,LEASE]
        string host = $"{endpoint?.Mac},{endpoint?.DhcpAddress?.Address}";
        return new DhcpView
        {
            FilesAreVisible = Directory.Exists(stateDirectory) && Directory.Exists(configurationDirectory),
            ProcessId = DhcpServer.FindProcess(stateDirectory, procDirectory, network),
            HasHost =
                File.Exists(hosts)
                && File.ReadLines(hosts)
                    .Any(line => $"{line},".StartsWith($"{host},", StringComparison.OrdinalIgnoreCase)),
        };
    }

    /// <summary>Removes the leavings once the network is gone. Absent is success.</summary>
    public static void Remove(string network) => Remove(StateDirectory, ConfigurationDirectory, network);

    internal static void Remove(string stateDirectory, string configurationDirectory, string network)
    {
        if (Directory.Exists(configurationDirectory))
            File.Delete(Path.Combine(configurationDirectory, StrayLeases));
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
