using Fairlead.Agent.Reconciling;
using Fairlead.Crds;

namespace Fairlead.Agent.Tests.Reconciling;

public sealed class GuestDefaultsTests
{
    private static readonly DefaultGuest s_guest = new("/guest/vmlinuz", "/guest/initrd.img", "console=ttyS0");

    [Theory]
    [InlineData("{}")]
    [InlineData("{domain: {os: {type: {machine: pc}}}}")]
    [InlineData("{domain: {devices: {interfaces: [{type: pod-network}]}}}")]
    public void NothingToBoot_TheNodesGuestIsBooted(string spec)
    {
        VirtualMachine vm = GuestDefaults.Apply(Sample.Vm("web", spec), s_guest);

        DomainOs os = vm.Spec.Domain.Os!;
        Assert.Equal((s_guest.Kernel, s_guest.Initrd, s_guest.CommandLine), (os.Kernel, os.Initrd, os.Cmdline));
    }

    [Theory]
    [InlineData("{domain: {os: {kernel: /boot/vmlinuz}}}")]
    [InlineData("{domain: {os: {boot: [{dev: hd}]}}}")]
    [InlineData("{domain: {devices: {disks: [{source: {file: /a.qcow2}}]}}}")]
    [InlineData("{domain: {devices: {interfaces: [{boot: {order: 1}}]}}}")]
    public void SomethingToBoot_IsLeftAlone(string spec)
    {
        VirtualMachine vm = Sample.Vm("web", spec);

        Assert.Same(vm, GuestDefaults.Apply(vm, s_guest));
    }

    [Fact]
    public void MachineOfTheManifest_Stays() =>
        Assert.Equal(
            "pc",
            GuestDefaults
                .Apply(Sample.Vm("web", "{domain: {os: {type: {machine: pc}}}}"), s_guest)
                .Spec.Domain.Os!.Type!.Machine
        );

    [Fact]
    public void NodeWithoutGuest_NothingIsAdded()
    {
        VirtualMachine vm = Sample.Vm("web");

        Assert.Same(vm, GuestDefaults.Apply(vm, guest: null));
    }
}
