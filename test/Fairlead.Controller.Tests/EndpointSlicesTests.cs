using System.Text.Json.Nodes;
using Fairlead.Controller.Objects;
using Fairlead.Controller.Services;
using Fairlead.Kubernetes;

namespace Fairlead.Controller.Tests;

public sealed class EndpointSlicesTests
{
    [Fact]
    public void NodeWithASilentAgent_ItsVmsAreNotReady_AndStay()
    {
        VirtualMachineView vm = Vm("a");

        SliceEndpoint endpoint = EndpointSlices
            .Build(Service("app=web"), [vm], node => node == vm.Status.Node)[0]
            .Endpoints[0];

        Assert.Equal((false, false), (endpoint.Conditions.Ready, endpoint.Conditions.Serving));
    }

    [Fact]
    public void ChosenVms_WithAddressPortNodeAndReadiness()
    {
        EndpointSlice slice = Assert.Single(Build(Service("app=web"), [Vm("a"), Vm("b", ready: false)]));

        Assert.Equal("IPv4", slice.AddressType);
        Assert.Equal(["10.0.0.1", "10.0.0.1"], slice.Endpoints.SelectMany(e => e.Addresses));
        Assert.Equal([true, false], slice.Endpoints.Select(e => e.Conditions.Ready!.Value));
        Assert.Equal("worker", slice.Endpoints[0].NodeName);
        Assert.Equal(8080, Assert.Single(slice.Ports).Port);
        Assert.Equal("svc", slice.Metadata.Labels![EndpointSlices.ServiceLabel]);
    }

    [Fact]
    public void DualStack_IsASliceAFamily_AndAVmWithoutThatFamilyIsInNone()
    {
        ServiceView service = Service("app=web");
        service = service with { Spec = service.Spec with { IpFamilies = ["IPv6", "IPv4"] } };

        IReadOnlyList<EndpointSlice> slices = Build(service, [Vm("a"), Vm("b", "10.0.0.2", "fd00::2")]);

        Assert.Equal(["IPv6", "IPv4"], slices.Select(s => s.AddressType));
        Assert.Equal(["fd00::2"], slices[0].Endpoints.SelectMany(e => e.Addresses));
        Assert.Equal(2, slices[1].Endpoints.Count);
    }

    [Fact]
    public void ManyVms_AtMostAHundredASlice()
    {
        VirtualMachineView[] vms = [.. Enumerable.Range(0, 250).Select(i => Vm($"vm{i}"))];

        Assert.Equal([100, 100, 50], Build(Service("app=web"), vms).Select(s => s.Endpoints.Count));
    }

    [Theory]
    [InlineData("app=other")]
    [InlineData("app=web,tier=db")]
    [InlineData("")]
    [InlineData("app")]
    public void OtherSelector_NoEndpoints(string selector) => Assert.Empty(Build(Service(selector), [Vm("a")]));

    [Fact]
    public void OtherNamespace_NoEndpoints()
    {
        VirtualMachineView vm = Vm("a");
        vm = vm with { Metadata = vm.Metadata with { Namespace = "other" } };

        Assert.Empty(Build(Service("app=web"), [vm]));
    }

    [Fact]
    public void ServiceWithASelectorOfItsOwn_IsNotOurs()
    {
        ServiceView service = Service("app=web");
        Dictionary<string, string> own = new(StringComparer.Ordinal) { ["app"] = "web" };

        Assert.Empty(Build(service with { Spec = service.Spec with { Selector = own } }, [Vm("a")]));
    }

    [Fact]
    public void VmThatIsBeingEnded_GetsNoNewConnections()
    {
        VirtualMachineView vm = Vm("a");
        vm = vm with { Status = vm.Status with { Placement = new VmPlacement("pod-1", "drained") } };

        SliceConditions conditions = Build(Service("app=web"), [vm])[0].Endpoints[0].Conditions;

        Assert.Equal((false, true, true), (conditions.Ready, conditions.Serving, conditions.Terminating));
    }

    [Fact]
    public void SameAgain_IsTheSame()
    {
        EndpointSlice one = Build(Service("app=web"), [Vm("a")])[0];

        Assert.True(EndpointSlices.IsSame(one, Build(Service("app=web"), [Vm("a")])[0]));
        Assert.False(EndpointSlices.IsSame(one, Build(Service("app=web"), [Vm("a", ready: false)])[0]));
        Assert.False(EndpointSlices.IsSame(one, Build(Service("app=web"), [Vm("a", "10.0.0.9")])[0]));
    }

    private static VirtualMachineView Vm(string name, params string[] addresses) => Vm(name, ready: true, addresses);

    private static VirtualMachineView Vm(string name, bool ready, params string[] addresses) =>
        Sample.Vm(
            new VmStatus
            {
                Node = "worker",
                Interfaces = [new VmInterface { IpAddresses = addresses is [] ? ["10.0.0.1"] : addresses }],
                Conditions = [new VmCondition { Type = "Ready", Status = ready ? "True" : "False" }],
            },
            name: name
        );

    private static ServiceView Service(string selector) =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Namespace = "default",
                Name = "svc",
                Uid = "svc-1",
                Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [Names.SelectorAnnotation] = selector,
                },
            },
            Spec = new ServiceViewSpec
            {
                IpFamilies = ["IPv4"],
                Ports = [new ServicePort { Port = 80, TargetPort = JsonValue.Create(8080) }],
            },
        };

    private static IReadOnlyList<EndpointSlice> Build(ServiceView service, IEnumerable<VirtualMachineView> vms) =>
        EndpointSlices.Build(service, vms, _ => false);
}
