using System.Text.Json;
using Fairlead.Cni;
using Fairlead.CniProxy.Journal;

namespace Fairlead.CniProxy.Ipam;

/// <summary>
/// One address that host-local keeps for an attachment: a file named by the address, in a directory of the network, with the
/// container ID in its first line and the interface's name in its second (plugins v1.1.1, ipam/host-local/backend/disk).
/// </summary>
/// <param name="Directory">The network's directory.</param>
/// <param name="Address">The address, which is the file's name.</param>
internal sealed record HostLocalReservation(string Directory, string Address)
{
    private const string DefaultDataDirectory = "/var/lib/cni/networks";

    /// <summary>The file.</summary>
    public string Path => System.IO.Path.Combine(Directory, Address);

    /// <summary>The reservations behind an attachment; none when another plugin gave its addresses.</summary>
    public static IReadOnlyList<HostLocalReservation> Of(JournalRecord record)
    {
        if (record.Result is null)
            return [];
        NetworkConfigurationList network = NetworkConfigurationList.Parse(
            record.Configuration,
            record.ConfigurationPath
        );
        if (network.Plugins.FirstOrDefault(p => p.IpamType == "host-local") is not { } plugin)
            return [];
        string directory = System.IO.Path.Combine(DataDirectoryOf(plugin), network.Name);
        return
        [
            .. CniResult
                .Parse(record.Result)
                .Ips.Select(ip => new HostLocalReservation(directory, ip.Address.Address.ToString())),
        ];
    }

    /// <summary>The container ID that has the address; null when nobody has.</summary>
    public string? Owner()
    {
        try
        {
            return File.ReadLines(Path).FirstOrDefault() ?? "";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static string DataDirectoryOf(PluginConfiguration plugin)
    {
        using JsonDocument json = JsonDocument.Parse(plugin.RawBytes);
        return
            json.RootElement.GetProperty("ipam").TryGetProperty("dataDir", out JsonElement directory)
            && directory.GetString() is { Length: > 0 } given
            ? given
            : DefaultDataDirectory;
    }
}
