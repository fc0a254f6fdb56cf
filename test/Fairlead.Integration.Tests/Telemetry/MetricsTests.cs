using System.Net;
using Fairlead.Integration.Tests.CniProxy;
using Fairlead.Integration.Tests.Standalone;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Telemetry;

public sealed class MetricsTests
{
    [Fact]
    public async Task Proxy_CountsItsActions_AndIsReadyWhileTheDefaultNetworkIsThere()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        await pod.AddAsync("uid/net1", "vmi1");
        await pod.DeleteAsync("uid/net1");
        await pod.RefusedAsync("add", "uid/net2", "nowhere", "vmi2", "");

        Scrape metrics = await Scrape.GetAsync(node.HttpSocket, "/metrics");

        Assert.Equal(HttpStatusCode.OK, metrics.Status);
        string[] added = ["verb=\"ADD\"", "network=\"podnet\"", "outcome=\"succeeded\""];
        Assert.Equal(2, metrics.Value("fairlead_cni_duration_seconds_count", added));
        Assert.Equal(1, metrics.Value("fairlead_cni_duration_seconds_count", "verb=\"DEL\""));
        Assert.Equal(1, metrics.Value("fairlead_cni_attachments", "network=\"podnet\"", "state=\"attached\""));
        string[] refused = ["method=\"/fairlead.cniproxy.v1.CniProxy/Add\"", "code=\"NotFound\""];
        Assert.Equal(1, metrics.Value("fairlead_grpc_server_duration_seconds_count", refused));

        Assert.Equal(HttpStatusCode.OK, (await Scrape.GetAsync(node.HttpSocket, "/readyz")).Status);
        node.RemoveConfiguration("10-podnet");
        Scrape unready = await Scrape.GetAsync(node.HttpSocket, "/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unready.Status);
        Assert.Contains("[-]default-network failed: no network in ", unready.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Scrape.GetAsync(node.HttpSocket, "/healthz")).Status);
    }

    [Fact]
    public async Task Agent_CountsAttachmentsTrafficAndPasses_AndIsNotReadyWithoutItsProxy()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        await node.UpWithMachineAsync();
        string socket = node.Node.HostPath("/run/fairlead/agent/http.sock");

        Scrape metrics = await Scrape.GetAsync(socket, "/metrics");

        string[] attached = ["network=\"fairlead\"", "outcome=\"succeeded\""];
        Assert.Equal(1, metrics.Value("fairlead_attach_duration_seconds_count", attached));
        foreach (string step in (string[])["add", "read", "strip", "network", "join"])
            Assert.Equal(
                1,
                metrics.Value("fairlead_attach_step_duration_seconds_count", [.. attached, $"step=\"{step}\""])
            );
        Assert.Equal(1, metrics.Value("fairlead_attachments", "network=\"fairlead\"", "state=\"attached\""));
        Assert.Equal(1, metrics.Value("fairlead_vmi_phases", "phase=\"Running\""));
        Assert.Equal(0, metrics.Value("fairlead_dhcp_leases", "network=\"fairlead\"")); // nothing has booted
        string[] vnic = ["namespace=\"default\"", "name=\"web\"", "interface=\"net0\""];
        foreach (string direction in (string[])["receive", "transmit"])
        {
            foreach (string what in (string[])["bytes", "packets", "errors", "packets_dropped"])
                Assert.NotNull(metrics.Value($"fairlead_vmi_network_{direction}_{what}_total", vnic));
        }

        Assert.True(metrics.Value("fairlead_reconcile_duration_seconds_count", "outcome=\"succeeded\"") >= 1);
        Assert.NotNull(metrics.Value("fairlead_reconcile_queue_depth"));
        Assert.NotNull(metrics.Value("fairlead_reconcile_queue_late_seconds"));

        Assert.Equal(HttpStatusCode.OK, (await Scrape.GetAsync(socket, "/readyz")).Status);
        await node.KillAsync("cni-proxy");
        Scrape unready = await Scrape.GetAsync(socket, "/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unready.Status);
        Assert.Contains("cni-proxy: ", unready.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Scrape.GetAsync(socket, "/healthz")).Status);

        await node.RunAsync("delete", "vm", "web", "--wait=false");
        await node.RunAsync("up"); // starts the proxy again
        await Eventually.SucceedsAsync(
            async () =>
            {
                Scrape after = await Scrape.GetAsync(socket, "/metrics");
                Assert.Null(after.Value("fairlead_vmi_network_receive_bytes_total"));
                Assert.Null(after.Value("fairlead_attachments"));
                Assert.True(after.Value("fairlead_release_duration_seconds_count", "outcome=\"succeeded\"") >= 1);
            },
            TimeSpan.FromSeconds(90),
            "no series of a machine that is gone"
        );
    }
}
