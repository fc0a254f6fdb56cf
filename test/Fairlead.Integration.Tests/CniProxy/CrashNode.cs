using Fairlead.CniProxy.V1;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>Who is killed, as words of a test's name.</summary>
public enum Victims
{
    Proxy,
    Agent,
    Pod,
    AllThree,
}

/// <summary>
/// A proxy with a pod in which one attachment runs steadily, and plugins that stop at a place of the test's choice. A client
/// of the pod stands for its agent.
/// </summary>
internal sealed class CrashNode : IAsyncDisposable
{
    private const string Bridge =
        """{"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,"ipam":{"type":"host-local","subnet":"10.77.0.0/24"}}""";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ProxyNode _node;
    private ProxyClient _administrator = null!;
    private NodeSnapshot _before = null!;
    private string? _steadyAddress;
    private int _sandboxes = 1;

    private CrashNode(ProxyNode node) => _node = node;

    /// <summary>The steps of ADD, in order: those of the proxy, and between them those of the chain bridge, host-local, tuning.</summary>
    public static string[] AddPlaces { get; } =
    ["add-intent", "add-held", "add-before-ipam", "add-ipam", "add-link", "add-plugins", "add-done"];

    /// <summary>The steps of DEL; bridge frees the address first and then takes the link away.</summary>
    public static string[] DeletePlaces { get; } =
    [
        "delete-intent",
        "delete-first",
        "delete-before-ipam",
        "delete-ipam",
        "delete-plugins",
        "delete-let-go",
        "delete-done",
    ];

    public static async Task<CrashNode> StartAsync()
    {
        Privileged.Require("bridge", "host-local", "tuning");
        CrashNode crash = new(await ProxyNode.StartAsync());
        string pause = $$"""
            pause() {
                p={{crash._node.Pauses}}/$1
                [ -e $p ] || return 0
                : > $p.reached
                while [ -e $p ]; do sleep 0.02; done
            }
            """;
        crash._node.AddPlugin(
            "host-local",
            $"""
            {pause}
            verb=$(echo $CNI_COMMAND | sed 's/ADD/add/; s/DEL/delete/')
            pause $verb-before-ipam
            answer=$(/usr/lib/cni/host-local); status=$?
            pause $verb-ipam
            echo "$answer"; exit $status
            """
        );
        crash._node.AddPlugin(
            "last",
            $"""
            {pause}
            case $CNI_COMMAND in ADD) pause add-link ;; DEL) pause delete-first ;; esac
            exec /usr/lib/cni/tuning
            """
        );
        crash._node.Configure("10-podnet", "podnet", Bridge, """{"type":"last"}""");
        ProxyClient pod = await crash._node.ClientAsync("pod");
        await pod.AddAsync("first", "vmi0"); // the bridge and host-local's directory stay
        await pod.DeleteAsync("first");
        await pod.EndAsync();
        crash._before = await NodeSnapshot.CaptureAsync(crash._node.Node);
        crash._administrator = await crash._node.ClientAsync(netns: null);
        return crash;
    }

    /// <summary>Kills at one place, starts again what was killed, and looks that nothing is left and that all works.</summary>
    public async Task KillAtAsync(string place, Victims victims)
    {
        bool isAdd = place.StartsWith("add", StringComparison.Ordinal);
        ProxyClient agent = await _node.ClientAsync("pod");
        await RunSteadyAsync(agent);
        if (!isAdd)
            await agent.AddAsync(place, "vmi1");
        _node.PauseAt(place);
        await agent.SendAsync(isAdd ? ["add", place, "", "vmi1", ""] : ["delete", place]);
        await _node.PausedAtAsync(place);

        await KillAsync(agent, victims);
        _node.Resume(place);
        if (victims is Victims.Proxy or Victims.AllThree)
            await _node.StartProxyAsync();
        await SettledAsync();

        if (victims is Victims.Pod or Victims.AllThree)
            await NextPodAsync();
        await DoAgainAsync(place, isAdd);
    }

    /// <summary>Ends the steady attachment too; the node is then as it was before everything.</summary>
    public async Task EndAsync()
    {
        ProxyClient agent = await _node.ClientAsync("pod");
        if (_steadyAddress is not null)
            await agent.DeleteAsync("steady");
        await agent.EndAsync();
        await _administrator.EndAsync();
        await NodeSnapshot.RestoredAsync(_node.Node, _before, s_patience);
        Assert.Empty(_node.Journal());
        Assert.Empty(_node.HeldNamespaces());
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task RunSteadyAsync(ProxyClient agent)
    {
        Attachment steady = await agent.AddAsync("steady", "vmi0");
        string address = steady.Result.Addresses[0].Cidr;
        // What was running is running: the same attachment, or the first one of a new pod.
        Assert.Equal(_steadyAddress ?? address, address);
        _steadyAddress = address;
    }

    private async Task KillAsync(ProxyClient agent, Victims victims)
    {
        if (victims is Victims.Proxy or Victims.AllThree)
            await _node.KillProxyAsync();
        if (victims is not Victims.Proxy)
            await _node.Node.RunAsync("kill", "-KILL", agent.ProcessId);
        else
            await agent.EndAsync(); // its call has failed, and it will ask again later
        await agent.EndedAsync();
        if (victims is Victims.Pod or Victims.AllThree)
        {
            await _node.Node.RunAsync("ip", "netns", "delete", "pod");
            _steadyAddress = null;
        }
    }

    /// <summary>Every trace belongs to an attachment that a living pod has, and every such attachment is whole.</summary>
    private Task SettledAsync() =>
        Eventually.SucceedsAsync(
            async () =>
            {
                IReadOnlyList<Attachment> owned = await _administrator.ListAsync();
                Assert.All(owned, a => Assert.Equal(AttachmentState.Attached, a.State));
                Assert.Equal(_steadyAddress is not null, owned.Any(a => a.Key == "steady"));
                Assert.Equal(
                    owned.Select(a => a.Result.Addresses[0].Cidr.Split('/')[0]).Order(),
                    _node.Reservations().Order()
                );
                Assert.Equal(owned.Count, _node.Journal().Length);
                Assert.Equal(owned.Count == 0 ? 0 : 1, _node.HeldNamespaces().Length);
                Assert.Equal(owned.Count, Count(await _node.NodeLinksAsync(), "veth"));
                Assert.Equal(owned.Count, Count(await RulesAsync(), ":CNI-"));
                if (_steadyAddress is not null)
                    Assert.Equal(owned.Count, Count(await _node.LinksAsync(), "vmi"));
                Assert.Empty(
                    (await _node.Node.ExecAsync("pgrep", "-x", "bridge|host-local|last|tuning|sleep")).StandardOutput
                );
            },
            s_patience,
            "nothing is left that nobody owns"
        );

    private async Task NextPodAsync()
    {
        await _node.Node.RunAsync("ip", "netns", "add", "pod");
        await _node.RecordSandboxAsync($"sandbox-{++_sandboxes}");
    }

    /// <summary>The agent, or the next one, brings the attachment to where it was to be, and then gives it back.</summary>
    private async Task DoAgainAsync(string key, bool isAdd)
    {
        ProxyClient agent = await _node.ClientAsync("pod");
        if (isAdd)
            Assert.Equal(AttachmentState.Attached, (await agent.AddAsync(key, "vmi1")).State);
        await agent.DeleteAsync(key);
        await SettledAsync();
        await agent.EndAsync();
    }

    private Task<string> RulesAsync() => _node.Node.RunAsync("iptables-save", "-t", "nat");

    private static int Count(string text, string start) =>
        text.Split('\n').Count(line => line.StartsWith(start, StringComparison.Ordinal));
}
