using System.Net;
using System.Net.Sockets;
using Fairlead.CniProxy.V1;
using Fairlead.Netlink;
using KernelRoute = Fairlead.Netlink.Route;

namespace Fairlead.Vmi;

/// <summary>What the kernel shows of a VMI interface before anything is taken off it.</summary>
internal sealed record KernelView(MacAddress Mac, int MtuBytes, IReadOnlyList<KernelRoute> Routes);

/// <summary>Joins CNI's result and the kernel's view of the interface into the endpoint that the guest gets.</summary>
internal static class EndpointReader
{
    /// <summary>Pure: the same input gives the same endpoint.</summary>
    /// <param name="result">What CNI answered.</param>
    /// <param name="kernel">What the kernel shows on the interface.</param>
    /// <param name="requestedMac">The manifest's MAC or the one that the vNIC had before; it wins over the network's.</param>
    /// <param name="fallbackDns">The libvirt pod's own, for networks that name no server.</param>
    /// <param name="dns">The manifest's word on it.</param>
    /// <exception cref="FormatException">The result has an address that is none.</exception>
    public static VnicEndpoint Read(
        AttachmentResult result,
        KernelView kernel,
        MacAddress? requestedMac,
        VnicDns fallbackDns,
        DnsChoice dns
    )
    {
        InterfaceAddress[] addresses =
        [
            .. result.Addresses.Select(a => NarrowToLink(InterfaceAddress.Parse(a.Cidr), kernel)),
        ];
        IPAddress? gateway = GatewayOf(result, kernel);
        return new VnicEndpoint
        {
            Mac = requestedMac ?? kernel.Mac,
            MacOfNetwork = requestedMac is { } wanted && wanted != kernel.Mac ? kernel.Mac : null,
            Addresses = addresses,
            Gateway = gateway,
            Routes = [.. RoutesOf(result, kernel, addresses)],
            MtuBytes = kernel.MtuBytes,
            Dns = dns.Resolve(DnsOf(result.Dns), fallbackDns),
        };
    }

    /// <summary>
    /// Layer-3-only networks (ptp, Calico) give an address of a subnet that is not on the link: the kernel then has the
    /// subnet behind the gateway. A guest that believed the prefix would look for neighbours that never answer.
    /// </summary>
    private static InterfaceAddress NarrowToLink(InterfaceAddress address, KernelView kernel)
    {
        bool behindGateway = kernel.Routes.Any(r => r.Gateway is not null && r.Destination == address.Network);
        bool onLink = kernel.Routes.Any(r => r.Gateway is null && r.Destination == address.Network);
        return behindGateway && !onLink
            ? address with
            {
                PrefixLength = address.Address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128,
            }
            : address;
    }

    /// <summary>
    /// The IPv4 default gateway: that of the result's default route, else the kernel's. The kernel often shows none, since
    /// the pod has a default route already.
    /// </summary>
    private static IPAddress? GatewayOf(AttachmentResult result, KernelView kernel)
    {
        CniProxy.V1.Route? byResult = result.Routes.FirstOrDefault(r => r.Destination == "0.0.0.0/0");
        if (byResult is { Gateway.Length: > 0 })
            return IPAddress.Parse(byResult.Gateway);
        if (byResult is not null)
        {
            // A default route without a gateway means the gateway of the address (CNI spec, result type, "routes").
            string? first = result.Addresses.Select(a => a.Gateway).FirstOrDefault(IsIpv4);
            if (first is not null)
                return IPAddress.Parse(first);
        }

        return kernel
            .Routes.FirstOrDefault(r => r.Destination.PrefixLength == 0 && IsIpv4(r.Gateway?.ToString()))
            ?.Gateway;
    }

    private static IEnumerable<VnicRoute> RoutesOf(
        AttachmentResult result,
        KernelView kernel,
        InterfaceAddress[] addresses
    )
    {
        HashSet<IPNetwork> covered = [.. addresses.Select(a => a.Network)];
        foreach (CniProxy.V1.Route route in result.Routes)
        {
            IPNetwork destination = NetworkOf(route.Destination);
            if (destination.PrefixLength == 0 || !IsIpv4(destination) || !covered.Add(destination))
                continue;
            string? gateway = route.Gateway is { Length: > 0 } own
                ? own
                : result.Addresses.Select(a => a.Gateway).FirstOrDefault(IsIpv4);
            yield return new VnicRoute(destination, gateway is null ? null : IPAddress.Parse(gateway));
        }

        // Routes that only the kernel shows, such as ptp's on-link route to its gateway.
        foreach (KernelRoute route in kernel.Routes.Where(IsSayableByDhcp))
        {
            if (route.Destination.PrefixLength > 0 && IsIpv4(route.Destination) && covered.Add(route.Destination))
                yield return new VnicRoute(route.Destination, route.Gateway);
        }
    }

    // Option 121 knows a destination and an IPv4 router, nothing else (RFC 3442).
    private static bool IsSayableByDhcp(KernelRoute route) =>
        route is { Type: RouteType.Unicast, NextHops: [] }
        && (route.Gateway is null || route.Gateway.AddressFamily == AddressFamily.InterNetwork);

    private static VnicDns? DnsOf(CniProxy.V1.Dns? dns)
    {
        if (dns is null || (dns.Nameservers.Count == 0 && dns.Search.Count == 0 && dns.Domain.Length == 0))
            return null;
        return new VnicDns
        {
            Servers =
            [
                .. dns
                    .Nameservers.Select(s => IPAddress.TryParse(s, out IPAddress? server) ? server : null)
                    .OfType<IPAddress>(),
            ],
            Search = [.. dns.Search.Where(IsDomainName)],
            Domain = IsDomainName(dns.Domain) ? dns.Domain : null,
        };
    }

    /// <summary>True for what may stand in a line of dnsmasq's configuration: no comma, quote or line break gets through.</summary>
    internal static bool IsDomainName(string name) =>
        name.Length is > 0 and <= 253
        && (name.EndsWith('.') ? name[..^1] : name)
            .Split('.')
            .All(label =>
                label.Length is > 0 and <= 63
                && label[0] != '-'
                && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            );

    private static IPNetwork NetworkOf(string text) => InterfaceAddress.Parse(text).Network;

    private static bool IsIpv4(IPNetwork network) => network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;

    private static bool IsIpv4(string? address) =>
        IPAddress.TryParse(address, out IPAddress? parsed) && parsed.AddressFamily == AddressFamily.InterNetwork;
}
