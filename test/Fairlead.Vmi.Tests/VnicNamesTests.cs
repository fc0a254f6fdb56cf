using System.Text;
using Fairlead.Crds;
using Fairlead.Netlink;

namespace Fairlead.Vmi.Tests;

public sealed class VnicNamesTests
{
    private static readonly VirtualMachineKey s_vm = new("default", "web");

    [Theory]
    [InlineData("u", "n")]
    [InlineData("6a1f2e7c-55b0-4c49-9d5e-0f6f0f9d0001", "net0")]
    [InlineData(
        "a-uid-that-is-much-longer-than-anything-the-kernel-would-take",
        "a-vnic-name-of-sixty-three-characters"
    )]
    public void LinkNames_FitTheKernelAndDiffer(string uid, string vnic)
    {
        VnicNames names = new(uid, s_vm, vnic);

        string[] links = [names.VmInterface, names.Bridge, names.Tap];
        Assert.All(links, link => Assert.InRange(Encoding.UTF8.GetByteCount(link), 1, 15));
        Assert.All(links, link => Assert.Matches("^[a-z][a-z0-9]*$", link));
        Assert.Equal(3, links.Distinct().Count());
    }

    // They are on disk, in libvirt and in the kernel of running nodes: a change of them loses what is there.
    [Fact]
    public void Names_AreThoseOfEveryReleaseBefore()
    {
        VnicNames names = Sample.Names;

        Assert.Equal("6a1f2e7c-55b0-4c49-9d5e-0f6f0f9d0001/net0", names.AttachmentKey);
        Assert.Equal("vmi81404695ba0", names.VmInterface);
        Assert.Equal("vbr81404695ba0", names.Bridge);
        Assert.Equal("tap81404695ba0", names.Tap);
        Assert.Equal("default_web_net0", names.LibvirtNetwork);
    }

    [Fact]
    public void LinkNames_FollowUidAndVnicAlone()
    {
        VnicNames names = Sample.Names;

        Assert.Equal(names.VmInterface, (names with { Vm = new VirtualMachineKey("other", "name") }).VmInterface);
        Assert.NotEqual(names.VmInterface, new VnicNames("another-uid", names.Vm, names.Vnic).VmInterface);
        Assert.NotEqual(names.VmInterface, new VnicNames(names.VmUid, names.Vm, "net1").VmInterface);
        Assert.NotEqual(names.VmInterface, (names with { Vnic = "net1" }).VmInterface);
    }

    [Fact]
    public void LinkNames_OfManyVnics_NeverMeet()
    {
        HashSet<string> seen = [];
        for (int vm = 0; vm < 200; vm++)
        {
            for (int vnic = 0; vnic < 10; vnic++)
                Assert.True(seen.Add(new VnicNames($"uid-{vm}", s_vm, $"net{vnic}").VmInterface));
        }
    }

    [Fact]
    public void VmInterfaceMac_IsUnicastLocalAndTheVnicsOwn()
    {
        MacAddress mac = new(Sample.Names.VmInterfaceMac());

        Assert.False(mac.IsMulticast);
        Assert.True(mac.IsLocallyAdministered);
        Assert.Equal(mac, new MacAddress(Sample.Names.VmInterfaceMac()));
        Assert.NotEqual(mac, new MacAddress((new VnicNames(Sample.Uid, s_vm, "net1")).VmInterfaceMac()));
    }

    [Theory]
    [InlineData("default", "web")]
    [InlineData("kube-system", "a-0")]
    public void DomainName_IsReadBack(string vmNamespace, string name)
    {
        VirtualMachineKey vm = new(vmNamespace, name);

        Assert.Equal(vm, VnicNames.VmOfDomain(VnicNames.DomainNameOf(vm)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("web")]
    [InlineData("_web")]
    [InlineData("default_")]
    [InlineData("default_web_net0")]
    public void DomainName_OfSomebodyElse_IsNoVm(string name) => Assert.Null(VnicNames.VmOfDomain(name));

    [Fact]
    public void NetworkName_TellsItsMachine()
    {
        Assert.Equal(Sample.Names.Vm, VnicNames.VmOfNetwork(Sample.Names.LibvirtNetwork));
        Assert.Null(VnicNames.VmOfNetwork("default"));
        Assert.Null(VnicNames.VmOfNetwork("other_network"));
    }
}
