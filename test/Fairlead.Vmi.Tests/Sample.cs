using System.Net;
using Fairlead.CniProxy.V1;
using Fairlead.Crds;
using Fairlead.Netlink;
using Dns = Fairlead.CniProxy.V1.Dns;
using KernelRoute = Fairlead.Netlink.Route;

namespace Fairlead.Vmi.Tests;

/// <summary>Endpoints and what they are made from.</summary>
internal static class Sample
{
    public const string Uid = "6a1f2e7c-55b0-4c49-9d5e-0f6f0f9d0001";

    public static MacAddress Mac { get; } = MacAddress.Parse("0a:58:0a:58:00:04");

    public static VnicNames Names { get; } = new(Uid, new VirtualMachineKey("default", "web"), "net0");

    public static AttachmentRecord Record(VnicEndpoint? endpoint) =>
        new()
        {
            Version = AttachmentRecord.CurrentVersion,
            VmUid = Uid,
            VmNamespace = "default",
            VmName = "web",
            Vnic = "net0",
            Network = "podnet",
            BridgeAddress = IPAddress.Parse("169.254.75.1"),
            Endpoint = endpoint,
        };

    /// <summary>As the bridge plugin makes one.</summary>
    public static VnicEndpoint Endpoint(params string[] addresses) =>
        new()
        {
            Mac = Mac,
            Addresses = [.. addresses.Select(InterfaceAddress.Parse)],
            Gateway = IPAddress.Parse("10.88.0.1"),
            MtuBytes = 1450,
            Dns = new VnicDns { Servers = [IPAddress.Parse("10.96.0.10")] },
        };

    public static VnicRoute Route(string destination, string? gateway) =>
        new(IPNetwork.Parse(destination), gateway is null ? null : IPAddress.Parse(gateway));

    public static KernelRoute KernelRoute(string destination, string? gateway = null) =>
        new()
        {
            Destination = IPNetwork.Parse(destination),
            Gateway = gateway is null ? null : IPAddress.Parse(gateway),
            IfIndex = 5,
        };

    public static KernelView Kernel(params KernelRoute[] routes) => new(Mac, 1450, routes);

    /// <summary>A CNI result; addresses as "10.88.0.4/16 10.88.0.1", routes as "0.0.0.0/0 10.88.0.1", gateways optional.</summary>
    public static AttachmentResult Result(string[] addresses, params string[] routes)
    {
        AttachmentResult result = new() { Dns = new Dns() };
        foreach (string[] words in addresses.Select(a => a.Split(' ')))
            result.Addresses.Add(new EndpointAddress { Cidr = words[0], Gateway = words.ElementAtOrDefault(1) ?? "" });
        foreach (string[] words in routes.Select(r => r.Split(' ')))
            result.Routes.Add(
                new CniProxy.V1.Route { Destination = words[0], Gateway = words.ElementAtOrDefault(1) ?? "" }
            );
        return result;
    }
}
