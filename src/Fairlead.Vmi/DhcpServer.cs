using System.Globalization;
using System.Text;

namespace Fairlead.Vmi;

/// <summary>The dnsmasq of a libvirt network, as a process.</summary>
public static class DhcpServer
{
    /// <summary>Its process ID, or null when none of that network runs.</summary>
    public static int? FindProcess(string network) => FindProcess(LibvirtNetworkFiles.StateDirectory, "/proc", network);

    /// <summary>
    /// libvirt itself never looks again once it has started the server. A pid file alone says little, since the number may
    /// be somebody else's by now: the process must have been started with this network's configuration.
    /// </summary>
    internal static int? FindProcess(string stateDirectory, string processes, string network)
    {
        try
        {
            string text = File.ReadAllText($"{stateDirectory}/{network}.pid");
            if (!int.TryParse(text.AsSpan().Trim(), CultureInfo.InvariantCulture, out int id))
                return null;
            string command = Encoding.UTF8.GetString(File.ReadAllBytes($"{processes}/{id}/cmdline"));
            // A killed one that nobody has waited for yet has no command line.
            return command.Split('\0').Any(argument => argument.EndsWith($"/{network}.conf", StringComparison.Ordinal))
                ? id
                : null;
        }
        // An entry of /proc may go while it is read: ESRCH comes as an IOException.
        catch (IOException)
        {
            return null;
        }
    }
}
