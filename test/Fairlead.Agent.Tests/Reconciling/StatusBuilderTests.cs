using System.Net;
using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Fairlead.Netlink;
using Fairlead.Vmi;

namespace Fairlead.Agent.Tests.Reconciling;

public sealed class StatusBuilderTests
{
    private const string TwoVnics =
        "{domain: {devices: {interfaces: [{name: a, mac: {address: '02:00:00:00:00:01'}, source: {network: n1}}, {name: b, link: {state: down}}]}}}";

    [Fact]
    public void Phase_ComesWithReadyAndItsReason()
    {
        VmRecord record = Sample
            .Record("web")
            .WithPhase(VirtualMachinePhase.Scheduling, ready: false, "SettingUp", "waits", Sample.Time);

        Assert.Equal(VirtualMachinePhase.Scheduling, record.Vm.Status!.Phase);
        VirtualMachineCondition ready = Assert.Single(record.Vm.Status.Conditions);
        Assert.Equal(
            (ConditionTypes.Ready, ConditionStatus.False, "SettingUp"),
            (ready.Type, ready.Status, ready.Reason)
        );
    }

    [Fact]
    public void Interfaces_ShowTheEndpointsAddressesAndNames()
    {
        VmRecord record = Sample.Record("web", TwoVnics);
        AttachmentRecord attachment = Attachment(record, "a", "10.88.0.4/16", "fd00::4/64");

        InterfaceStatus shown = record
            .WithInterfaces(
                record.Vm.Defaulted().Spec,
                new Dictionary<string, AttachmentRecord>(StringComparer.Ordinal) { ["a"] = attachment }
            )
            .Vm.Status!.Interfaces[0];

        Assert.Equal("a", shown.Name);
        Assert.Equal("02:00:00:00:00:99", shown.Mac);
        Assert.Equal("10.88.0.4", shown.IpAddress);
        Assert.Equal(["10.88.0.4", "fd00::4"], shown.IpAddresses);
        Assert.Equal(attachment.Names.VmInterface, shown.PodInterfaceName);
        Assert.Equal("podnet", shown.Network);
        Assert.Equal("up", shown.LinkState);
    }

    [Fact]
    public void Interfaces_WithoutAttachment_ShowTheManifest()
    {
        VmRecord record = Sample.Record("web", TwoVnics);

        IReadOnlyList<InterfaceStatus> shown = record
            .WithInterfaces(
                record.Vm.Defaulted().Spec,
                new Dictionary<string, AttachmentRecord>(StringComparer.Ordinal)
            )
            .Vm.Status!.Interfaces;

        Assert.Equal(("02:00:00:00:00:01", "n1"), (shown[0].Mac, shown[0].Network));
        Assert.Equal((null, null, "down"), (shown[1].Mac, shown[1].Network, shown[1].LinkState));
        Assert.All(shown, nic => Assert.Null(nic.IpAddress));
        Assert.All(shown, nic => Assert.Null(nic.PodInterfaceName));
    }

    [Fact]
    public void WithoutPlace_NothingOfARunIsLeftButWhatIsRetained()
    {
        VmRecord record = Sample
            .Record("web", TwoVnics)
            .WithPhase(VirtualMachinePhase.Running, ready: true, "Running", "", Sample.Time)
            .WithCondition(ConditionTypes.NetworkReady, status: true, "NetworkAttached", "", Sample.Time)
            .WithCondition(Reasons.RestartRequired, status: true, Reasons.RestartRequired, "", Sample.Time)
            .WithStatus(s => s with { Hypervisor = "qemu", Node = "n", Interfaces = [new InterfaceStatus()] })
            .WithCondition(ConditionTypes.IdentityKept, status: false, Reasons.MacIgnored, "", Sample.Time);
        AttachmentRecord retained = Attachment(record, "b", "10.88.0.4/16");
        Dictionary<string, AttachmentRecord> attachments = new(StringComparer.Ordinal) { ["b"] = retained };

        record = record.WithoutPlace(record.Vm.Defaulted().Spec, attachments);

        VirtualMachineStatus status = record.Vm.Status!;
        Assert.Equal(["10.88.0.4"], status.Interfaces.Select(nic => nic.IpAddress));
        Assert.Null(status.Hypervisor);
        Assert.Equal([ConditionTypes.Ready], status.Conditions.Select(c => c.Type));
    }

    private static AttachmentRecord Attachment(VmRecord record, string vnic, params string[] addresses) =>
        new()
        {
            Version = AttachmentRecord.CurrentVersion,
            VmUid = record.Uid,
            VmNamespace = record.Key.Namespace,
            VmName = record.Key.Name,
            Vnic = vnic,
            Network = "podnet",
            BridgeAddress = IPAddress.Parse("169.254.7.1"),
            Endpoint = new VnicEndpoint
            {
                Mac = MacAddress.Parse("02:00:00:00:00:99"),
                Addresses = [.. addresses.Select(InterfaceAddress.Parse)],
                MtuBytes = 1500,
            },
        };
}
