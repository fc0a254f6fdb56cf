using Fairlead.Netlink;

namespace Fairlead.Vmi.Tests;

/// <summary>What was read of a vNIC against what it should be.</summary>
public sealed class VnicFaultsTests
{
    private const int BridgeIndex = 7;

    private static readonly VnicEndpoint s_endpoint = Sample.Endpoint("10.88.0.4/16");

    [Fact]
    public void AllAsItWasMade_NoFault() => Assert.Empty(FaultsOf(Healthy));

    [Fact]
    public void NothingThere_EachMissingPartOnce() =>
        Assert.Equal(
            [
                VnicFaultKind.VmInterfaceMissing,
                VnicFaultKind.BridgeMissing,
                VnicFaultKind.NetworkInactive,
                VnicFaultKind.TapMissing,
            ],
            KindsOf(
                new VnicState(new VnicLinks(null, null, null), [], IsNetworkActive: false, IsDhcpServerAlive: false)
            )
        );

    [Fact]
    public void VmInterfaceChanged_EveryChangeIsSaid()
    {
        VnicState state = Healthy with
        {
            Links = Healthy.Links with
            {
                VmInterface = new Link
                {
                    Index = 5,
                    Name = Sample.Names.VmInterface,
                    MacAddress = Sample.Mac,
                    MtuBytes = 1400,
                },
            },
            Addresses = [InterfaceAddress.Parse("10.88.0.4/16"), InterfaceAddress.Parse("fe80::1/64")],
        };

        Assert.Equal(
            [
                $"VMI interface {Sample.Names.VmInterface} is down",
                $"VMI interface {Sample.Names.VmInterface} has the guest's MAC {Sample.Mac}: its bridge keeps the guest's frames",
                $"VMI interface {Sample.Names.VmInterface} has an address again: 10.88.0.4/16",
                $"VMI interface {Sample.Names.VmInterface} has an address again: fe80::1/64",
                $"VMI interface {Sample.Names.VmInterface} has an MTU of 1400, not the network's 1450",
                $"VMI interface {Sample.Names.VmInterface} is not a port of bridge {Sample.Names.Bridge}",
            ],
            FaultsOf(state).Select(f => f.ToString())
        );
    }

    [Fact]
    public void BridgeDownAndOfAnotherMtu_BothAreSaid()
    {
        Link bridge = Healthy.Links.Bridge! with { Flags = LinkFlags.None, MtuBytes = 1500 };
        VnicState state = Healthy with { Links = Healthy.Links with { Bridge = bridge } };

        Assert.Equal([VnicFaultKind.BridgeDown, VnicFaultKind.BridgeMtu], KindsOf(state));
    }

    [Fact]
    public void DhcpServerKilled_IsSaid() =>
        Assert.Equal([VnicFaultKind.DhcpServerDead], KindsOf(Healthy with { IsDhcpServerAlive = false }));

    [Fact]
    public void TapDownAndOnNoBridge_BothAreSaid()
    {
        Link tap = Healthy.Links.Tap! with { Flags = LinkFlags.None, MasterIndex = null };
        VnicState state = Healthy with { Links = Healthy.Links with { Tap = tap } };

        Assert.Equal([VnicFaultKind.TapDown, VnicFaultKind.TapNotOnBridge], KindsOf(state));
    }

    private static VnicState Healthy { get; } =
        new(
            new VnicLinks(
                Port(5, Sample.Names.VmInterface) with
                {
                    MacAddress = new MacAddress(Sample.Names.VmInterfaceMac()),
                },
                Port(BridgeIndex, Sample.Names.Bridge) with
                {
                    MasterIndex = null,
                },
                Port(9, Sample.Names.Tap)
            ),
            [],
            IsNetworkActive: true,
            IsDhcpServerAlive: true
        );

    private static Link Port(int index, string name) =>
        new()
        {
            Index = index,
            Name = name,
            Flags = LinkFlags.Up,
            MtuBytes = s_endpoint.MtuBytes,
            MasterIndex = BridgeIndex,
        };

    private static VnicFault[] FaultsOf(VnicState state) => [.. VnicFaults.Of(Sample.Names, s_endpoint, state)];

    private static IEnumerable<VnicFaultKind> KindsOf(VnicState state) => FaultsOf(state).Select(f => f.Kind);
}
