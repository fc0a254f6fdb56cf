using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.V1;
using Fairlead.CniProxy.Verbs;

namespace Fairlead.CniProxy.Tests.Verbs;

public sealed class AttachmentMessagesTests
{
    [Fact]
    public void Bridge_OnlyWhatConcernsThePodsEnd()
    {
        Attachment message = AttachmentMessages.Of(Sample.Record(result: Sample.BridgeResult));

        Assert.Equal(("uid/net0", "podnet", "vmi0"), (message.Key, message.Network, message.InterfaceName));
        Assert.Equal(("fairlead-0123", "sandbox-1", ""), (message.ContainerId, message.Sandbox, message.Message));
        Assert.Equal(AttachmentState.Attached, message.State);
        Assert.Equal("0a:58:0a:58:00:04", message.Result.Mac);
        Assert.Equal(0u, message.Result.Mtu);
        Assert.Equal([("10.88.0.4/16", "10.88.0.1")], message.Result.Addresses.Select(a => (a.Cidr, a.Gateway)));
        Assert.Equal(
            [("0.0.0.0/0", ""), ("192.168.0.0/16", "10.88.0.9")],
            message.Result.Routes.Select(r => (r.Destination, r.Gateway))
        );
        Assert.Equal(["10.96.0.10"], message.Result.Dns.Nameservers);
        Assert.Equal("d.example", message.Result.Dns.Domain);
        Assert.Equal(["a.example"], message.Result.Dns.Search);
        Assert.Equal(["ndots:5"], message.Result.Dns.Options);
    }

    [Fact]
    public void Ptp_BothFamiliesAndTheMtu()
    {
        AttachmentResult result = AttachmentMessages.Of(Sample.Record(result: Sample.PtpResult)).Result;

        Assert.Equal(["10.99.1.2/24", "fd00::2/64"], result.Addresses.Select(a => a.Cidr));
        Assert.Equal(("5e:9d:4c:00:00:02", 1400u), (result.Mac, result.Mtu));
    }

    [Theory]
    // An address of the host's end is not the pod's.
    [InlineData(
        """{"cniVersion":"1.0.0","interfaces":[{"name":"br0"},{"name":"vmi0","sandbox":"/n"}],"ips":[{"interface":0,"address":"10.0.0.1/8"},{"interface":1,"address":"10.0.0.2/8"}]}""",
        "10.0.0.2/8"
    )]
    // An address of no interface is.
    [InlineData(
        """{"cniVersion":"1.0.0","interfaces":[{"name":"vmi0","sandbox":"/n"}],"ips":[{"address":"10.0.0.2/8"}]}""",
        "10.0.0.2/8"
    )]
    // Before 0.3.0 there are no interfaces.
    [InlineData("""{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.2/8","gateway":"10.0.0.1"}}""", "10.0.0.2/8")]
    // The host's end may have the same name.
    [InlineData(
        """{"cniVersion":"1.0.0","interfaces":[{"name":"vmi0"},{"name":"vmi0","sandbox":"/n"}],"ips":[{"interface":0,"address":"10.0.0.1/8"},{"interface":1,"address":"10.0.0.2/8"}]}""",
        "10.0.0.2/8"
    )]
    public void Addresses_AreThoseOfThePodsEnd(string result, string expected) =>
        Assert.Equal(
            expected,
            Assert.Single(AttachmentMessages.Of(Sample.Record(result: result)).Result.Addresses).Cidr
        );

    [Fact]
    public void NoResultYet_ThereIsNone()
    {
        Attachment message = AttachmentMessages.Of(Sample.Record());

        Assert.Equal(AttachmentState.Adding, message.State);
        Assert.Null(message.Result);
    }

    [Fact]
    public void FailedRelease_SaysWhy()
    {
        JournalRecord record = Sample.Record() with { State = JournalState.Releasing, Message = "DEL failed" };

        Attachment message = AttachmentMessages.Of(record);

        Assert.Equal((AttachmentState.Releasing, "DEL failed"), (message.State, message.Message));
    }
}
