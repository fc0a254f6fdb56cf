using System.Net;
using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Fairlead.Netlink;
using Fairlead.Vmi;

namespace Fairlead.Agent.Tests.Reconciling;

public sealed class VnicIdentitiesTests
{
    private const string TwoVnics = "{domain: {devices: {interfaces: [{name: a}, {name: b}]}}}";

    [Fact]
    public void WhatAVnicHas_IsRemembered_AndStaysSoWhileItHasNothing()
    {
        VmRecord record = Sample.Record("web", TwoVnics);
        VirtualMachineSpec spec = record.Vm.Defaulted().Spec;

        record = record.WithIdentities(spec, Of(Attachment(record, "a"))).WithIdentities(spec, Of());

        Assert.Equal(["a"], record.Identities.Keys);
        VnicIdentity identity = record.Identities["a"].ToIdentity(withAddresses: true);
        Assert.Equal((MacAddress.Parse("02:00:00:00:00:99"), "podnet"), (identity.Mac, identity.Network));
        Assert.Equal([InterfaceAddress.Parse("10.88.0.4/16")], identity.Addresses);
        Assert.Empty(record.Identities["a"].ToIdentity(withAddresses: false).Addresses);
    }

    [Fact]
    public void VnicThatTheManifestHasNoMore_IsForgotten()
    {
        VmRecord record = Sample.Record("web", TwoVnics);
        record = record.WithIdentities(record.Vm.Defaulted().Spec, Of(Attachment(record, "a")));

        Assert.Empty(record.WithIdentities(Sample.Vm("web").Defaulted().Spec, Of()).Identities);
    }

    [Fact]
    public void Condition_NamesWhatWasLost_AndGoesWhenNothingIs()
    {
        VmRecord record = Sample.Record("web", TwoVnics);
        AttachmentRecord lost = Attachment(record, "a") with { AddressesLost = "it is taken" };
        AttachmentRecord whole = Attachment(record, "b");
        AttachmentRecord ignored = whole with
        {
            Endpoint = whole.Endpoint! with { MacOfNetwork = MacAddress.Parse("02:00:00:00:00:77") },
        };

        record = record.WithIdentityCondition(Of(lost, ignored), Sample.Time);

        VirtualMachineCondition condition = Assert.Single(record.Vm.Status!.Conditions);
        Assert.Equal(
            (ConditionTypes.IdentityKept, ConditionStatus.False, Reasons.AddressLost),
            (condition.Type, condition.Status, condition.Reason)
        );
        Assert.StartsWith("vNIC a: it is taken; it has 10.88.0.4 now", condition.Message, StringComparison.Ordinal);
        Assert.Contains(
            "vNIC b: network podnet ignores the MAC 02:00:00:00:00:99 and knows it as 02:00:00:00:00:77",
            condition.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(record.WithIdentityCondition(Of(whole), Sample.Time).Vm.Status!.Conditions);
    }

    private static Dictionary<string, AttachmentRecord> Of(params AttachmentRecord[] attachments) =>
        attachments.ToDictionary(a => a.Vnic, StringComparer.Ordinal);

    private static AttachmentRecord Attachment(VmRecord record, string vnic) =>
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
                Addresses = [InterfaceAddress.Parse("10.88.0.4/16")],
                MtuBytes = 1500,
            },
        };
}
