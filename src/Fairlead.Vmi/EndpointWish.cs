using Fairlead.CniProxy.V1;
using Fairlead.Netlink;

namespace Fairlead.Vmi;

/// <summary>What CNI is asked for beside any endpoint of the network; it is the same in each replay of an ADD.</summary>
public sealed record EndpointWish
{
    /// <summary>Null for the default network.</summary>
    public string? Network { get; init; }

    public MacAddress? Mac { get; init; }

    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    public bool Equals(EndpointWish? other) =>
        other is not null && Network == other.Network && Mac == other.Mac && Addresses.SequenceEqual(other.Addresses);

    public override int GetHashCode() => HashCode.Combine(Network, Mac, Addresses.Count);

    /// <summary>As the proxy takes it.</summary>
    internal VnicOptions ToOptions()
    {
        VnicOptions options = new() { Mac = Mac?.ToString() ?? "" };
        options.Ips.Add(Addresses.Select(address => address.ToString()));
        return options;
    }
}

/// <summary>What a vNIC had before, and shall have again where that is possible.</summary>
/// <param name="Mac">Its MAC.</param>
/// <param name="Network">The network that the addresses are of.</param>
/// <param name="Addresses">Its addresses; none when they are not to be kept.</param>
public sealed record VnicIdentity(MacAddress Mac, string? Network, IReadOnlyList<InterfaceAddress> Addresses);

/// <summary>Decides what to ask for. Pure.</summary>
internal static class EndpointWishes
{
    private const string MacOption = "mac";
    private const string AddressOption = "ips";

    /// <summary>What the manifest demands, and else what the vNIC had before as far as the network can be asked for it.</summary>
    /// <param name="request">The vNIC as it is wanted.</param>
    /// <param name="before">The endpoint that the vNIC had until now; null when it has none.</param>
    /// <param name="offer">The network; null when the proxy does not offer it, which its ADD will say.</param>
    /// <returns>The wish, and why addresses of before are not in it.</returns>
    public static (EndpointWish Wish, string? Lost) Of(VnicRequest request, VnicIdentity? before, Network? offer)
    {
        VnicIdentity? kept = before ?? request.Kept;
        MacAddress? mac = request.Mac;
        if (mac is null && offer?.Options.Contains(MacOption) == true)
            mac = kept?.Mac;
        EndpointWish wish = new() { Network = request.Network, Mac = mac };
        if (request.Address is { } wanted)
            return (wish with { Addresses = [wanted] }, null);
        bool hasAny = kept is { Addresses: not [] } && kept.Network == offer?.Name; // not of another network
        if (!hasAny)
            return (wish, null);
        if (!offer!.Options.Contains(AddressOption))
            return (
                wish,
                $"network {offer.Name} cannot be asked for {Text(kept!.Addresses)}: it has no plugin with the capability \"{AddressOption}\", or the CNI proxy's policy does not allow it"
            );
        return (wish with { Addresses = kept!.Addresses }, null);
    }

    /// <summary>Whether an endpoint is one that the manifest asks for now.</summary>
    public static bool IsSatisfied(VnicRequest request, EndpointWish asked, VnicEndpoint endpoint) =>
        request.Network == asked.Network
        && (request.Mac is null || request.Mac == endpoint.Mac)
        && (request.Address is not { } wanted || endpoint.Addresses.Any(a => a.Address.Equals(wanted.Address)));

    public static string Text(IEnumerable<InterfaceAddress> addresses) =>
        string.Join(", ", addresses.Select(address => address.Address.ToString()));
}
