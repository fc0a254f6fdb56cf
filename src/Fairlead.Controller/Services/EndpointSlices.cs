using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fairlead.Controller.Objects;
using Fairlead.Kubernetes;

namespace Fairlead.Controller.Services;

/// <summary>The endpoints of a Service whose VMs are named by an annotation. Pure.</summary>
internal static class EndpointSlices
{
    public const string ServiceLabel = "kubernetes.io/service-name";
    public const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";

    /// <summary>As in Kubernetes' own controller.</summary>
    public const int LargestSlice = 100;

    /// <summary>The slices that there should be, by family and in an order that depends on the VMs' names alone.</summary>
    /// <param name="service">The Service.</param>
    /// <param name="all">All VMs.</param>
    /// <param name="isSilent">Whether nobody on the node says any more how its VMs are.</param>
    public static IReadOnlyList<EndpointSlice> Build(
        ServiceView service,
        IEnumerable<VirtualMachineView> all,
        Func<string?, bool> isSilent
    )
    {
        if (service.VmSelector is not { } selector || service.Metadata.DeletionTimestamp is not null)
            return [];
        VirtualMachineView[] chosen =
        [
            .. all.Where(vm => vm.Key.Namespace == service.Key.Namespace && Matches(selector, vm.Metadata.Labels))
                .OrderBy(vm => vm.Key.Name, StringComparer.Ordinal)
                .Select(vm => isSilent(vm.Status.Node) ? vm.Unknown() : vm),
        ];
        SlicePort[] ports = [.. service.Spec.Ports.Select(PortOf)];
        IEnumerable<string> families = service.Spec.IpFamilies is { Count: > 0 } wanted ? wanted : ["IPv4"];
        return [.. families.SelectMany(family => OfFamily(service, chosen, ports, family))];
    }

    /// <summary>Whether what is there says the same.</summary>
    public static bool IsSame(EndpointSlice wanted, EndpointSlice existing) =>
        wanted.AddressType == existing.AddressType
        && wanted.Ports.SequenceEqual(existing.Ports)
        && wanted.Endpoints.Count == existing.Endpoints.Count
        && wanted.Endpoints.Zip(existing.Endpoints).All(pair => IsSame(pair.First, pair.Second));

    private static bool IsSame(SliceEndpoint one, SliceEndpoint other) =>
        one.Addresses.SequenceEqual(other.Addresses, StringComparer.Ordinal)
        && one.Conditions == other.Conditions
        && one.NodeName == other.NodeName
        && one.TargetRef?.Uid == other.TargetRef?.Uid;

    private static IEnumerable<EndpointSlice> OfFamily(
        ServiceView service,
        VirtualMachineView[] vms,
        SlicePort[] ports,
        string family
    ) =>
        vms.Select(vm => EndpointOf(vm, family))
            .OfType<SliceEndpoint>()
            .Chunk(LargestSlice)
            .Select(
                (endpoints, index) =>
                    new EndpointSlice
                    {
                        Metadata = MetadataOf(service, family, index),
                        AddressType = family,
                        Endpoints = endpoints,
                        Ports = ports,
                    }
            );

    private static ObjectMeta MetadataOf(ServiceView service, string family, int index) =>
        new()
        {
            Namespace = service.Key.Namespace,
            Name = string.Create(
                CultureInfo.InvariantCulture,
                $"{service.Key.Name}-fairlead-{family.ToLowerInvariant()}-{index}"
            ),
            Labels = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ServiceLabel] = service.Key.Name,
                [ManagedByLabel] = Names.SlicesManager,
            },
            OwnerReferences =
            [
                new OwnerReference
                {
                    ApiVersion = "v1",
                    Kind = "Service",
                    Name = service.Key.Name,
                    Uid = service.Metadata.Uid!,
                    Controller = true,
                },
            ],
        };

    /// <summary>The VM's first address of the family: an endpoint is one place, however many ways lead to it.</summary>
    private static SliceEndpoint? EndpointOf(VirtualMachineView vm, string family)
    {
        AddressFamily wanted = family == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        string? address = vm
            .Status.Interfaces.SelectMany(nic => nic.IpAddresses)
            .FirstOrDefault(text => IPAddress.TryParse(text, out IPAddress? ip) && ip.AddressFamily == wanted);
        if (address is null)
            return null;
        bool terminating = vm.IsDeleting || vm.Status.Placement?.Stop is not null;
        return new SliceEndpoint
        {
            Addresses = [address],
            Conditions = new SliceConditions
            {
                Ready = vm.IsReady && !terminating,
                Serving = vm.IsReady,
                Terminating = terminating,
            },
            NodeName = vm.Status.Node,
            TargetRef = new ObjectReference
            {
                Kind = "VirtualMachine",
                Namespace = vm.Key.Namespace,
                Name = vm.Key.Name,
                Uid = vm.Metadata.Uid,
            },
        };
    }

    private static SlicePort PortOf(ServicePort port) =>
        new()
        {
            Name = port.Name ?? "",
            Protocol = port.Protocol,
            AppProtocol = port.AppProtocol,
            Port =
                port.TargetPort is { } target
                && int.TryParse(target.ToString(), CultureInfo.InvariantCulture, out int n)
                    ? n
                    : port.Port,
        };

    /// <summary>"key=value, key=value": all of them. An annotation that says nothing, or not so, means no VM.</summary>
    private static bool Matches(string selector, IReadOnlyDictionary<string, string>? labels)
    {
        string[] terms = selector.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return terms.Length > 0
            && terms.All(term =>
                term.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } key, var value]
                && labels?.GetValueOrDefault(key) == value
            );
    }
}
