using System.Text;
using System.Text.Json.Nodes;
using Fairlead.CniProxy.Cluster;
using Fairlead.CniProxy.Journal;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Tests.Cluster;

public sealed class NetworkStatusTests
{
    [Fact]
    public void Attachments_AreShownAsMultusWouldWriteThem()
    {
        JsonArray status = Parse(
            NetworkStatus.Of(present: null, [Record("vmi1", "team-a/blue"), Record("vmi0", null)])
        );

        Assert.Equal(["pod-network", "team-a/blue"], status.Select(e => e!["name"]!.ToString()));
        Assert.Equal("vmi0", status[0]!["interface"]!.ToString());
        Assert.Equal(["10.88.0.4", "fd00::4"], status[0]!["ips"]!.AsArray().Select(ip => ip!.ToString()));
        Assert.Equal("02:00:00:00:00:01", status[0]!["mac"]!.ToString());
    }

    [Fact]
    public void PodsOwnNetwork_WrittenBySomebodyElse_Stays_AndOurEarlierEntriesGo()
    {
        const string Present =
            """[{"name": "cbr0", "interface": "eth0", "default": true}, {"name": "old", "interface": "vmi9"}]""";

        JsonArray status = Parse(NetworkStatus.Of(Present, [Record("vmi0", null)]));

        Assert.Equal(["cbr0", "pod-network"], status.Select(e => e!["name"]!.ToString()));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    public void WhatCannotBeRead_IsReplaced(string present) => Assert.Empty(Parse(NetworkStatus.Of(present, [])));

    private static JsonArray Parse(string text) => JsonNode.Parse(text)!.AsArray();

    private static JournalRecord Record(string interfaceName, string? requested) =>
        new()
        {
            Version = JournalRecord.CurrentVersion,
            Key = interfaceName,
            SandboxId = "sandbox",
            ContainerId = "container",
            Network = "pod-network",
            RequestedNetwork = requested,
            Launcher = "team-a/web-launcher",
            InterfaceName = interfaceName,
            NetnsPath = "/run/netns/x",
            NetnsIdentity = new NetworkNamespaceId(1, 2),
            PodName = "libvirt",
            PodNamespace = "fairlead",
            PodUid = "uid",
            State = JournalState.Attached,
            Configuration = [],
            ConfigurationPath = "",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Result = Encoding.UTF8.GetBytes(
                $$"""
                {
                  "cniVersion": "1.0.0",
                  "interfaces": [
                    {"name": "veth1", "mac": "02:00:00:00:00:09"},
                    {"name": "{{interfaceName}}", "mac": "02:00:00:00:00:01", "sandbox": "/run/netns/x"}
                  ],
                  "ips": [{"address": "10.88.0.4/16", "interface": 1}, {"address": "fd00::4/64", "interface": 1}]
                }
                """
            ),
        };
}
