using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>Add and Delete with real plugins.</summary>
public sealed class AttachmentTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task AddAndDelete_LeaveTheNodeAsBefore()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        // The bridge and host-local's files stay after the first one.
        await pod.AddAsync("first", "vmi0");
        await pod.DeleteAsync("first");
        NodeSnapshot before = await NodeSnapshot.CaptureAsync(node.Node);

        Attachment attachment = await pod.AddAsync("uid/net0", "vmi0", mac: "02:00:00:00:00:77");

        Assert.Equal(AttachmentState.Attached, attachment.State);
        Assert.Equal(
            ("podnet", "vmi0", "sandbox-1"),
            (attachment.Network, attachment.InterfaceName, attachment.Sandbox)
        );
        Assert.Equal("02:00:00:00:00:77", attachment.Result.Mac);
        string address = Assert.Single(attachment.Result.Addresses).Cidr;
        string shown = await node.Node.RunAsync("ip", "-n", "pod", "addr", "show", "vmi0");
        Assert.Contains(address, shown, StringComparison.Ordinal);
        Assert.Contains("02:00:00:00:00:77", shown, StringComparison.Ordinal);
        await pod.DeleteAsync("uid/net0");
        await pod.DeleteAsync("uid/net0");
        await NodeSnapshot.RestoredAsync(node.Node, before, s_patience);
        Assert.Empty(node.Journal());
    }

    [Fact]
    public async Task AddAgain_IsTheSameAttachment()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");

        Attachment first = await pod.AddAsync("uid/net0", "vmi0", mac: "02:00:00:00:00:aa");
        Attachment second = await pod.AddAsync("uid/net0", "vmi0", mac: "02-00-00-00-00-AA");
        Attachment named = await pod.AddAsync("uid/net0", "vmi0", "podnet", "02:00:00:00:00:aa");

        Assert.Equal(first, second);
        Assert.Equal(first, named);
        Assert.Single(node.Reservations());
    }

    [Fact]
    public async Task AddAgain_AfterARestartOfTheProxy_IsTheSameAttachment()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        Attachment first = await pod.AddAsync("uid/net0", "vmi0");

        await node.KillProxyAsync();
        await node.StartProxyAsync();

        Assert.Equal(first, await pod.AddAsync("uid/net0", "vmi0"));
        Assert.Single(node.Reservations());
    }

    [Fact]
    public async Task SameKeyTwiceAtOnce_IsOneAttachment()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient[] pod = [await node.ClientAsync("pod"), await node.ClientAsync("pod")];

        Attachment[] attachments = await Task.WhenAll(pod.Select(client => client.AddAsync("uid/net0", "vmi0")));

        Assert.Equal(attachments[0], attachments[1]);
        Assert.Single(node.Reservations());
    }

    [Fact]
    public async Task SameKeyForSomethingElse_IsAConflict()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.Configure("20-other", "othernet", "bridge");
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");

        string[][] others =
        [
            ["add", "uid/net0", "", "vmi1", ""],
            ["add", "uid/net0", "othernet", "vmi0", ""],
            ["add", "uid/net0", "", "vmi0", "02:00:00:00:00:01"],
        ];
        foreach (string[] other in others)
        {
            Refusal refusal = await pod.RefusedAsync(other);
            Assert.Equal(CniProxyReason.KeyConflict, refusal.Reason);
            Assert.Contains("vmi0", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Single(node.Reservations());
    }

    [Fact]
    public async Task InterfaceNameOfSomebodyElse_IsRefusedAndLeftAlone()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        await node.Node.RunAsync("ip", "-n", "pod", "link", "add", "taken", "type", "veth", "peer", "name", "far");
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("first", "vmi0");

        foreach (string name in (string[])["eth0", "lo", "taken", "vmi0"])
            Assert.Equal(CniProxyReason.InterfaceNameTaken, (await pod.RefusedAsync("add", "k", "", name, "")).Reason);

        Assert.Single(node.Reservations());
        Assert.Single(node.Journal());
        Assert.Contains("taken", await node.LinksAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedPlugin_LeavesNothingAndSaysWhatItSaid()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.AddPlugin(
            "fails",
            """if [ "$CNI_COMMAND" = ADD ]; then echo '{"cniVersion":"1.0.0","code":100,"msg":"on purpose"}'; exit 1; fi"""
        );
        node.AddPlugin("busy", """if [ "$CNI_COMMAND" = ADD ]; then echo '{"code":11,"msg":"not yet"}'; exit 1; fi""");
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("first", "vmi0");
        await pod.DeleteAsync("first");
        NodeSnapshot before = await NodeSnapshot.CaptureAsync(node.Node);
        node.Configure("20-failing", "failing", "bridge", """{"type":"fails"}""");
        node.Configure("30-busy", "busynet", "bridge", """{"type":"busy"}""");

        Refusal failed = await pod.RefusedAsync("add", "k", "failing", "vmi0", "");
        Refusal busy = await pod.RefusedAsync("add", "k", "busynet", "vmi0", "");

        Assert.Equal(CniProxyReason.PluginFailed, failed.Reason);
        Assert.Contains("on purpose", failed.Message, StringComparison.Ordinal);
        Assert.Equal(CniProxyReason.PluginBusy, busy.Reason);
        Assert.Contains("not yet", busy.Message, StringComparison.Ordinal);
        Assert.Empty(node.Reservations("failing"));
        Assert.Empty(node.Reservations("busynet"));
        Assert.Empty(node.Journal());
        IReadOnlyList<string> differences = NodeSnapshot.Diff(before, await NodeSnapshot.CaptureAsync(node.Node));
        Assert.DoesNotContain(differences, line => !IsOfHostLocal(line));
    }

    [Fact]
    public async Task InterfaceGoneBehindOurBack_AddMakesItAnew()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        await node.Node.RunAsync("ip", "-n", "pod", "link", "delete", "vmi0");

        Attachment again = await pod.AddAsync("uid/net0", "vmi0");

        Assert.Equal(again.Result.Addresses[0].Cidr, Assert.Single(node.Reservations()) + "/24");
        Assert.Contains("vmi0", await node.LinksAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallerGoesAwayMeanwhile_TheAddIsFinished()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.AddPlugin("slow", "sleep 1; exec /usr/lib/cni/bridge");
        node.Configure(
            "10-podnet",
            "podnet",
            """{"type":"slow","bridge":"cni0","ipam":{"type":"host-local","ranges":[[{"subnet":"10.77.0.0/24"}]]}}"""
        );
        ProxyClient impatient = await node.ClientAsync("pod");
        ProxyClient patient = await node.ClientAsync("pod");
        await impatient.SendAsync("add", "uid/net0", "", "vmi0", "");
        await Eventually.Async(() => node.Journal().Length == 1, s_patience, "the intent is recorded");
        await node.Node.RunAsync("kill", "-KILL", impatient.ProcessId);

        Attachment attachment = await patient.AddAsync("uid/net0", "vmi0");

        Assert.Equal(AttachmentState.Attached, attachment.State);
        Assert.Single(node.Reservations());
    }

    [Fact]
    public async Task Options_AreGivenToTheNetwork_AndASecondAddMustWishTheSame()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.Configure(
            "10-podnet",
            "podnet",
            """{"type":"bridge","bridge":"cni0","capabilities":{"ips":true},"ipam":{"type":"host-local","ranges":[[{"subnet":"10.77.0.0/24"}]]}}""",
            """{"type":"bandwidth","capabilities":{"bandwidth":true}}"""
        );
        ProxyClient pod = await node.ClientAsync("pod");
        const string request =
            """{"key":"k","interfaceName":"vmi0","options":{"ips":["10.77.0.99/24"],"bandwidth":{"egressRate":8000000,"egressBurst":800000}}}""";

        Attachment attachment = await pod.SendAddAsync(request);
        Attachment again = await pod.SendAddAsync(request);

        Assert.Equal("10.77.0.99/24", Assert.Single(attachment.Result.Addresses).Cidr);
        Assert.Equal(attachment, again);
        Assert.Contains("tbf", await node.Node.RunAsync("tc", "qdisc"), StringComparison.Ordinal);
        Refusal other = await pod.RefusedAsync("send-add", """{"key":"k","interfaceName":"vmi0"}""");
        Assert.Equal(CniProxyReason.KeyConflict, other.Reason);
        await pod.DeleteAsync("k");
        Assert.Empty(node.Reservations());
    }

    [Fact]
    public async Task OptionThatTheNetworkCannot_IsRefusedBeforeAnyPlugin()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");

        Refusal ips = await pod.RefusedAsync(
            "send-add",
            """{"key":"k","interfaceName":"vmi0","options":{"ips":["10.77.0.99/24"]}}"""
        );

        Assert.Equal(CniProxyReason.OptionUnsupported, ips.Reason);
        Assert.Contains("10-podnet.conflist", ips.Message, StringComparison.Ordinal);
        Assert.Empty(node.Journal());
        Assert.Equal(["mac"], Assert.Single(await pod.NetworksAsync()).Options);
    }

    [Fact]
    public async Task Check_SaysWhatIsNotAsItWasMade()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        Attachment attachment = await pod.AddAsync("uid/net0", "vmi0");

        CheckResponse whole = await pod.CheckAsync("uid/net0");
        await node.Node.RunAsync([
            "ip",
            "-n",
            "pod",
            "addr",
            "del",
            attachment.Result.Addresses[0].Cidr,
            "dev",
            "vmi0",
        ]);
        CheckResponse broken = await pod.CheckAsync("uid/net0");

        Assert.True(whole.Ok, whole.Reason);
        Assert.False(broken.Ok);
        Assert.Contains("bridge", broken.Reason, StringComparison.Ordinal);
        Assert.Equal(CniProxyReason.AttachmentNotFound, (await pod.RefusedAsync("check", "other")).Reason);
    }

    // Its directory and lock stay with a network that was used once.
    private static bool IsOfHostLocal(string line) =>
        line.Contains("file /var/lib/cni/networks/", StringComparison.Ordinal);
}
