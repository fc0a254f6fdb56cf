using System.Text;
using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;
using Google.Protobuf;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>
/// What a compromised libvirt pod ("pod", root in it), root in another pod ("other") and an unprivileged process try, each
/// refused. docs/security.md has the table that these follow.
/// </summary>
public sealed class AttackTests
{
    private const int MostMemoryMib = 150;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Requests that have a path, a separator or too much in every string that there is.</summary>
    private static IEnumerable<string[]> BadStrings()
    {
        string[] strings =
        [
            "../../../../etc/shadow",
            "/etc/cni/net.d/10-podnet.conflist",
            "x/../../y\\..\\z",
            "k;K8S_POD_NAME=other",
            "a=b",
            "k\nX",
            "k\0x",
            new('a', 200),
            """{"type":"ptp"}""",
        ];
        foreach (string text in strings)
        {
            yield return ["send-add", new AddRequest { Key = text + ";", InterfaceName = "vmi0" }.ToString()];
            yield return ["send-add", new AddRequest { Key = "k", InterfaceName = text }.ToString()];
            yield return
            [
                "send-add",
                new AddRequest
                {
                    Key = "k",
                    InterfaceName = "vmi0",
                    Network = text,
                }.ToString(),
            ];
            VnicOptions[] options = [new() { Mac = text }, new() { Ips = { text } }];
            foreach (VnicOptions one in options)
            {
                yield return
                [
                    "send-add",
                    new AddRequest
                    {
                        Key = "k",
                        InterfaceName = "vmi0",
                        Options = one,
                    }.ToString(),
                ];
            }
        }

        foreach (string name in (string[])["eth0", "lo", "", ".", "..", "-vmi0", "vmi0/x", "vmi%d", "a:b"])
            yield return ["send-add", new AddRequest { Key = "k", InterfaceName = name }.ToString()];
        foreach (string mac in (string[])["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01"])
            yield return ["add", "k", "", "vmi0", mac];
    }

    [Fact]
    public async Task EveryString_IsRefusedBeforeAnyPlugin()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.AddPlugin("bridge", $"echo \"$CNI_COMMAND\" >> {node.Node.Directory}/ran; exec /usr/lib/cni/bridge");
        ProxyClient pod = await node.ClientAsync("pod");
        ProxyClient other = await node.ClientAsync("other");

        foreach (string[] request in BadStrings())
        {
            Refusal ofPod = await pod.RefusedAsync(request);
            Assert.Contains(
                ofPod.Reason,
                (string[])
                    [CniProxyReason.InvalidRequest, CniProxyReason.NetworkNotFound, CniProxyReason.InterfaceNameTaken]
            );
            Assert.Equal(CniProxyReason.UnknownPeer, (await other.RefusedAsync(request)).Reason);
        }

        Assert.False(File.Exists($"{node.Node.Directory}/ran"));
        Assert.Empty(node.Journal());
        Assert.Empty(node.Reservations());
        Assert.Contains(
            "refused /fairlead.cniproxy.v1.CniProxy/Add of a stranger: UnknownPeer",
            node.Log,
            StringComparison.Ordinal
        );
        Assert.Contains("refused /fairlead.cniproxy.v1.CniProxy/Add of pod fairlead/libvirt: InvalidRequest", node.Log);
    }

    // Plugin type, configuration, namespace, container ID and CNI_ARGS in fields that the contract does not have.
    [Fact]
    public async Task SmuggledFields_ReachNoPlugin_WhichGetsTheProxysOwnWordsOnly()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        string seen = $"{node.Node.Directory}/seen";
        node.AddPlugin("bridge", $"env > {seen}; tee -a {seen} | /usr/lib/cni/bridge");
        ProxyClient pod = await node.ClientAsync("pod");
        byte[] request =
        [
            .. new AddRequest { Key = "k", InterfaceName = "vmi0" }.ToByteArray(),
            .. UnknownText(15, """{"type":"evil"}"""),
            .. UnknownText(16, "/proc/1/ns/net"),
            .. UnknownText(17, "K8S_POD_NAME=evil"),
        ];

        await pod.AnswerAsync("send-raw", Convert.ToHexString(request));

        string text = await File.ReadAllTextAsync(seen, Cancellation);
        Assert.DoesNotContain("evil", text, StringComparison.Ordinal);
        Assert.Contains($"CNI_NETNS={Path.GetDirectoryName(node.Socket)}/netns/", text, StringComparison.Ordinal);
        Assert.Contains("K8S_POD_NAMESPACE=fairlead;K8S_POD_NAME=libvirt;", text, StringComparison.Ordinal);
        Assert.Contains("K8S_POD_UID=uid-1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThingsOfAnotherPod_AreNotToBeSeenOrReleased()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        ProxyClient other = await node.ClientAsync("other");
        await pod.AddAsync("uid/net0", "vmi0");
        foreach (
            string[] request in (string[][])
                [
                    ["delete", "uid/net0"],
                    ["delete-of", "sandbox-1", "uid/net0"],
                    ["check", "uid/net0"],
                    ["list"],
                    ["networks"],
                    ["status"],
                ]
        )
            Assert.Equal(CniProxyReason.UnknownPeer, (await other.RefusedAsync(request)).Reason);

        // The same process as another pod: it knows the first one's ID and key, which does not help.
        await node.RecordSandboxAsync("sandbox-2");
        await pod.AnswerAsync("delete-of", "sandbox-1", "uid/net0");
        Assert.Empty(await pod.ListAsync());
        Assert.Equal(CniProxyReason.AttachmentNotFound, (await pod.RefusedAsync("check", "uid/net0")).Reason);
        Assert.Single(node.Reservations());
        // There is nothing that would collect other people's attachments.
        Assert.DoesNotContain(
            Fairlead.CniProxy.V1.CniProxy.Descriptor.Methods,
            method => method.Name.Contains("Gc", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task Policy_LimitsNetworksOptionsAndNumbers_ManyAtOnceIncluded()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        node.Configure("20-other", "othernet", "bridge");
        node.WritePolicy("rules: [{maxAttachments: 2}]");
        ProxyClient[] pod = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => node.ClientAsync("pod")));

        Assert.Equal(
            CniProxyReason.NetworkForbidden,
            (await pod[0].RefusedAsync("add", "k", "othernet", "vmi9", "")).Reason
        );
        Assert.Equal(
            CniProxyReason.OptionForbidden,
            (
                await pod[0]
                    .RefusedAsync(
                        "send-add",
                        """{"key":"k","interfaceName":"vmi9","options":{"ips":["10.77.0.9/24"]}}"""
                    )
            ).Reason
        );
        Assert.Equal("podnet", Assert.Single(await pod[0].NetworksAsync()).Name);

        string[] answers = await Task.WhenAll(
            pod.Select((client, i) => client.AskAsync("add", $"k{i}", "", $"vmi{i}", ""))
        );

        Assert.Equal(2, answers.Count(a => a.StartsWith("ok ", StringComparison.Ordinal)));
        Assert.Equal(
            2,
            answers.Count(a => a.StartsWith($"no {CniProxyReason.QuotaExceeded}", StringComparison.Ordinal))
        );
        Assert.Equal(2, node.Reservations().Length);
        // A bad policy changes nothing, and what is there may always be released.
        node.WritePolicy("rules: [{maxAttachments: lots}]");
        Assert.Equal(CniProxyReason.QuotaExceeded, (await pod[0].RefusedAsync("add", "k", "", "vmi9", "")).Reason);
        Assert.Contains("maxAttachments is \"lots\"", node.Log, StringComparison.Ordinal);
        for (int i = 0; i < pod.Length; i++)
            await pod[0].DeleteAsync($"k{i}");
        Assert.Empty(node.Reservations());
    }

    [Fact]
    public async Task FloodsAndSlowAndLongMessages_HurtNobodyElse()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        ProxyClient administrator = await node.ClientAsync(netns: null);
        await administrator.ListAsync();
        Refusal tooLong = await pod.RefusedAsync("add", "k", new string('n', 70_000), "vmi0", "");
        Assert.Equal(CniProxyReason.MessageTooLarge, tooLong.Reason);
        Assert.Equal("MessageTooSlow", await pod.AnswerAsync("slow"));

        foreach (string netns in (string[])["other", "pod"])
        {
            ProxyClient flood = await node.ClientAsync(netns);
            Task<string> flooding = flood.AnswerAsync("connect", "1000");
            // Strangers hold up no pod, and a pod not the administrator.
            await administrator.ListAsync();
            if (netns == "other")
                await pod.AddAsync("uid/net0", "vmi0");
            Assert.Equal("1000", await flooding); // those that were let in said nothing, and were closed too
            await flood.EndAsync();
        }

        Assert.Equal("uid/net0", Assert.Single(await pod.ListAsync()).Key);
        await pod.DeleteAsync("uid/net0");
        Assert.InRange(node.PeakMemoryMib(), 1, MostMemoryMib);
        Assert.Contains("refused a connection of a stranger: TooManyConnections", node.Log, StringComparison.Ordinal);
    }

    // Wire type 2, a length and the bytes (protobuf's encoding).
    private static byte[] UnknownText(int field, string text)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(text, Encoding.UTF8));
        }

        return stream.ToArray();
    }
}
