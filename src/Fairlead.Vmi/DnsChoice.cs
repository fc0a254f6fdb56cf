using Fairlead.Crds;

namespace Fairlead.Vmi;

/// <summary>Where a guest's resolver gets its servers and names from, with the meaning that a pod's fields have.</summary>
/// <param name="Policy">One of <see cref="DnsPolicies"/>; null: the network's answer, else the libvirt pod's own.</param>
/// <param name="Config">What the manifest adds.</param>
public sealed record DnsChoice(string? Policy, VnicDns Config)
{
    /// <summary>The network's answer if it says anything, else the libvirt pod's; nothing added.</summary>
    public static DnsChoice Silent { get; } = new(null, new VnicDns());

    /// <param name="ofNetwork">What CNI answered; null when it said nothing.</param>
    /// <param name="ofPod">The libvirt pod's: a pod of policy ClusterFirst on a cluster, the node's own on one machine.</param>
    internal VnicDns Resolve(VnicDns? ofNetwork, VnicDns ofPod)
    {
        VnicDns start = Policy switch
        {
            null => ofNetwork ?? ofPod,
            DnsPolicies.None => new VnicDns(),
            _ => ofPod,
        };
        if (Config is { Servers: [], Search: [] })
            return start;
        string[] search = [.. start.Search.Concat(Config.Search).Distinct(StringComparer.Ordinal)];
        return new VnicDns
        {
            Servers = [.. start.Servers.Concat(Config.Servers).Distinct()],
            Search = search,
            Domain = start.Domain ?? Config.Search.FirstOrDefault(),
        };
    }
}
