using System.Collections.Concurrent;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;

namespace Fairlead.Vmi;

/// <summary>The networks that the proxy offers, judged: which of them can carry a vNIC, and which only one ADD at a time.</summary>
public sealed class NetworkCatalog(CniProxyConnection proxy)
{
    // Several at once are known to be safe: every interface has routes of its own only.
    private const string ParallelPlugin = "bridge";

    private static readonly Dictionary<string, string> s_impossible = new(StringComparer.Ordinal)
    {
        ["macvlan"] = "its parent delivers frames for one MAC only, and the guest's is another than the interface's",
        ["ipvlan"] = "all its interfaces share one MAC, so a guest behind it gets no frame",
        ["host-device"] = "it moves the node's own device, whose address a guest could not take over",
        ["sriov"] = "a virtual function passes frames of its own MAC only",
        ["loopback"] = "nothing but the pod itself is on it",
        ["dummy"] = "nothing is at its other end",
    };

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>Refuses what cannot work, before anything is made.</summary>
    /// <exception cref="VnicSetupException">The network of one of them cannot carry a vNIC; the message says what can.</exception>
    /// <exception cref="CniProxyException">The proxy was not reached.</exception>
    public async Task CheckAsync(IReadOnlyCollection<VnicRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count == 0)
            return;
        IReadOnlyList<Network> offers = await proxy.ListNetworksAsync(cancellationToken);
        foreach (VnicRequest request in requests)
        {
            if (Find(offers, request.Network) is { } network && RefusalOf(network, offers) is { } refusal)
                throw new VnicSetupException(request.Names, refusal);
        }
    }

    /// <summary>The network of that name, or the default one; null when the proxy does not offer it.</summary>
    internal async Task<Network?> FindAsync(string? network, CancellationToken cancellationToken) =>
        Find(await proxy.ListNetworksAsync(cancellationToken), network);

    /// <summary>
    /// The right to ADD to a network and to take its routes off again. ptp and its like put the same route to the gateway
    /// into the pod for every interface, and refuse when it is there ("file exists"): so one after the other, until the
    /// first interface is bare. On a bridge nobody waits.
    /// </summary>
    internal async Task<IDisposable?> EnterAsync(string? network, CancellationToken cancellationToken)
    {
        Network? offer = Find(await proxy.ListNetworksAsync(cancellationToken), network);
        if (offer?.Plugins is [ParallelPlugin, ..])
            return null;
        SemaphoreSlim turn = _turns.GetOrAdd(offer?.Name ?? network ?? "", _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    /// <summary>Why a vNIC cannot be on this network and what to use instead; null when it can.</summary>
    internal static string? RefusalOf(Network network, IEnumerable<Network> offers)
    {
        if (network.Plugins is not [var plugin, ..] || !s_impossible.TryGetValue(plugin, out string? reason))
            return null;
        string[] usable =
        [
            .. offers.Where(n => n.Plugins is [var first, ..] && !s_impossible.ContainsKey(first)).Select(n => n.Name),
        ];
        string instead = usable is [] ? "none is on offer here" : $"here: {string.Join(", ", usable)}";
        return $"network {network.Name} is of plugin {plugin}, which cannot carry a vNIC: {reason}; use a network of plugin bridge or ptp ({instead})";
    }

    private static Network? Find(IEnumerable<Network> offers, string? name) =>
        offers.FirstOrDefault(n => name is null ? n.Default : n.Name == name);

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
