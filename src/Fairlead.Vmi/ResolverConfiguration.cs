using System.Net;

namespace Fairlead.Vmi;

/// <summary>The libvirt pod's own resolver configuration, resolv.conf(5).</summary>
internal static class ResolverConfiguration
{
    private const string Path = "/etc/resolv.conf";

    /// <summary>What the pod's guests are told where their network names no server; empty when there is no such file.</summary>
    public static async Task<VnicDns> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Parse(await File.ReadAllLinesAsync(Path, cancellationToken));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new VnicDns();
        }
    }

    /// <summary>Servers that a guest cannot reach, those on the pod's loopback, are left out.</summary>
    internal static VnicDns Parse(IEnumerable<string> lines)
    {
        List<IPAddress> servers = [];
        string[] search = [];
        foreach (string line in lines)
        {
            string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var text, ..]
                    when IPAddress.TryParse(text, out IPAddress? server) && !IPAddress.IsLoopback(server):
                    servers.Add(server);
                    break;
                case ["search" or "domain", .. var names]: // the last of them counts
                    search = [.. names.Where(EndpointReader.IsDomainName)];
                    break;
            }
        }

        return new VnicDns
        {
            Servers = servers,
            Search = search,
            Domain = search.FirstOrDefault(),
        };
    }
}
