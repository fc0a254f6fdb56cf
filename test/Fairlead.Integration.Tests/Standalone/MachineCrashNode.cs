using System.Text.Json.Nodes;
using Fairlead.Integration.Tests.CniProxy;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Standalone;

/// <summary>The standalone environment with one machine that runs steadily, and another that comes and goes.</summary>
internal sealed class MachineCrashNode : IAsyncDisposable
{
    private const string Pauses = "/run/fairlead-pauses";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly StandaloneNode _node;
    private readonly NodeSnapshot _before;
    private string _steady = "";

    private MachineCrashNode(StandaloneNode node, NodeSnapshot before) => (_node, _before) = (node, before);

    private TestNode Node => _node.Node;

    public static async Task<MachineCrashNode> StartAsync()
    {
        StandaloneNode node = await StandaloneNode.StartAsync();
        MachineCrashNode crash = new(node, await node.SnapshotAsync());
        Directory.CreateDirectory(node.Node.HostPath(Pauses));
        await crash.UpAsync();
        await crash.ApplyAsync("steady");
        await crash.SettledAsync("steady");
        crash._steady = await crash.QemuOfAsync("steady");
        return crash;
    }

    /// <summary>Kills while a machine's vNIC is at that place of its Add.</summary>
    public async Task CrashWhileComingAsync(string place, Victims victims)
    {
        PauseAt(place);
        await ApplyAsync("coming");
        await CrashAsync(place, victims);
        await SettledAsync("steady", "coming");
    }

    /// <summary>Kills while a machine's vNIC is at that place of its Delete.</summary>
    public async Task CrashWhileGoingAsync(string place, Victims victims)
    {
        PauseAt(place);
        await FairleadAsync("delete", "vm", "coming", "--wait=false");
        await CrashAsync(place, victims);
        await SettledAsync("steady");
    }

    /// <summary>Takes everything down: the node is then as it was before.</summary>
    public async Task EndAsync()
    {
        await FairleadAsync("down", "--purge");
        Directory.Delete(Node.HostPath(Pauses));
        await _node.RestoredAsync(_before);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task CrashAsync(string place, Victims victims)
    {
        await Eventually.Async(
            () => File.Exists(Node.HostPath($"{Pauses}/{place}.reached")),
            s_patience,
            $"{place} is reached"
        );
        if (victims is Victims.Proxy or Victims.AllThree)
            await _node.KillAsync("cni-proxy");
        if (victims is Victims.Agent)
            await _node.KillAsync("agent");
        if (victims is Victims.Pod or Victims.AllThree)
            await KillPodAsync();
        File.Delete(Node.HostPath($"{Pauses}/{place}"));
        File.Delete(Node.HostPath($"{Pauses}/{place}.reached"));
        await UpAsync();

        // What was running is running, untouched; but a pod takes its machines along, which is told of them.
        if (victims is Victims.Proxy or Victims.Agent)
            Assert.Equal(_steady, await QemuOfAsync("steady"));
        else
            await StartFailedAsync("steady");
        _steady = await QemuOfAsync("steady");
    }

    /// <summary>The sandbox, libvirtd, the agent, QEMU, dnsmasq, and the namespace that they were in.</summary>
    private async Task KillPodAsync()
    {
        string name = (await Node.RunAsync("ip", "netns")).Split(' ')[0].Trim();
        await Node.RunAsync("bash", "-c", $"kill -KILL $(ip netns pids {name})");
        await Node.RunAsync("ip", "netns", "delete", name);
    }

    /// <summary>Everything on the node belongs to these machines, which run, or to the pod itself.</summary>
    private Task SettledAsync(params string[] machines) =>
        Eventually.SucceedsAsync(
            async () =>
            {
                JsonNode list = JsonNode.Parse(await FairleadAsync("get", "vm", "-o", "json"))!;
                Assert.Equal(
                    machines.Order().Select(m => $"{m} Running"),
                    list["items"]!
                        .AsArray()
                        .Select(vm => $"{vm!["metadata"]!["name"]} {vm["status"]!["phase"]}")
                        .Order()
                );
                JsonNode held = JsonNode.Parse(await FairleadAsync("proxy", "list", "-o", "json"))!;
                JsonArray attachments = held["attachments"]!.AsArray();
                Assert.All(attachments, a => Assert.Equal("Attached", (string?)a!["state"]));
                Assert.Equal(machines.Length, attachments.Count);
                Assert.Equal(machines.Length, FilesIn("/var/lib/fairlead/cni-proxy/attachments"));
                Assert.Equal(machines.Length, FilesIn("/var/lib/fairlead/agent/attachments"));
                Assert.Equal(1, FilesIn("/run/fairlead/cni-proxy/netns"));
                // One more for the pod's own eth0.
                Assert.Equal(machines.Length + 1, _node.Reservations().Count);
                Assert.Equal(machines.Length + 1, await CountAsync("ip -br link | grep -c ^veth"));
                string pod = (await Node.RunAsync("ip", "netns")).Split(' ')[0].Trim();
                Assert.Equal(pod, (await Node.RunAsync("ip", "netns")).Split(' ', '\n')[0]);
                foreach (string kind in (string[])["vmi", "vbr", "tap"])
                    Assert.Equal(machines.Length, await CountAsync($"ip -n {pod} -br link | grep -c ^{kind}"));
                Assert.Equal(machines.Length, await CountAsync("pgrep -x qemu-system-x86 | wc -l"));
                // libvirt starts two for each network.
                Assert.Equal(2 * machines.Length, await CountAsync("pgrep -x dnsmasq | wc -l"));
                Assert.Equal(0, await CountAsync("pgrep -x 'bridge|host-local' | wc -l"));
            },
            s_patience,
            $"the node has {string.Join(" and ", machines)}, and nothing else"
        );

    private async Task StartFailedAsync(string machine)
    {
        await Eventually.SucceedsAsync(
            async () =>
                Assert.Contains(" Failed ", await FairleadAsync("get", "vm", machine), StringComparison.Ordinal),
            s_patience,
            $"{machine} is known to have ended with its pod"
        );
        await FairleadAsync("start", machine);
    }

    private async Task<string> QemuOfAsync(string machine)
    {
        string qemu = "";
        await Eventually.SucceedsAsync(
            async () => qemu = await Node.RunAsync("pgrep", "-f", $"guest=default_{machine}"),
            s_patience,
            $"{machine} runs"
        );
        return qemu;
    }

    private async Task ApplyAsync(string machine) =>
        (
            await Node.ExecAsync([StandaloneNode.Program, "apply", "-f", "-"], StandaloneNode.ManifestOf(machine))
        ).Output();

    // The proxy that this starts inherits where its pauses are.
    private async Task UpAsync() =>
        (
            await Node.ExecAsync(
                ["env", $"FAIRLEAD_TEST_PAUSES={Pauses}", StandaloneNode.Program, "up"],
                input: null,
                s_patience
            )
        ).Output();

    private Task<string> FairleadAsync(params string[] arguments) => _node.RunAsync(arguments);

    private void PauseAt(string place) => File.WriteAllText(Node.HostPath($"{Pauses}/{place}"), "");

    private int FilesIn(string directory) => Directory.GetFiles(Node.HostPath(directory)).Length;

    private async Task<int> CountAsync(string command) =>
        int.Parse(
            (await Node.ExecAsync("bash", "-c", command)).StandardOutput,
            System.Globalization.CultureInfo.InvariantCulture
        );
}
