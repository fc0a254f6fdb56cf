using System.Globalization;
using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Netlink;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Recovery;

/// <summary>A pass over machines that are as they should be looks, and touches nothing.</summary>
public sealed class UnchangedPassTests(GuestEnvironment environment) : GuestTest(environment)
{
    // Everything that the agent, the proxy and libvirt write but logs.
    private static readonly string[] s_directories =
    [
        "/var/lib/fairlead/agent",
        "/var/lib/fairlead/manifests",
        "/var/lib/fairlead/cni-proxy",
        "/var/lib/fairlead/cni",
        "/var/lib/fairlead/libvirt/etc",
        "/var/lib/fairlead/libvirt/lib",
        "/run/fairlead/libvirt/network",
        "/run/fairlead/libvirt/qemu",
    ];

    [Fact]
    public async Task MachinesThatNobodyTouched_NoChangeOfLinksRulesOrFiles()
    {
        GuestMachine running = NewMachine("untouched");
        GuestMachine parked = NewMachine("parked");
        await running.ApplyAsync("name: a", "name: b, addressPolicy: Retain", "name: c, link: {state: down}");
        await parked.ApplyAsync("name: a, addressPolicy: Retain");
        await parked.WaitForPhaseAsync(VirtualMachinePhase.Running);
        await Environment.FairleadAsync("stop", parked.Name, "--wait");
        await running.WaitForPhaseAsync(VirtualMachinePhase.Running);
        await using (GuestConsole console = await running.OpenConsoleAsync())
            await Eventually.Async(
                async () => (await console.RunAsync("ip -4 -o addr")).Contains("eth1", StringComparison.Ordinal),
                GuestEnvironment.Patience,
                "the guest has its lease"
            );

        using NetworkNamespace pod = NetworkNamespace.Open(Environment.Node.HostPath(Environment.LibvirtPodNamespace));
        await using RouteMonitor monitor = await RouteMonitor.OpenAsync(
            pod,
            RouteGroups.Links | RouteGroups.Addresses | RouteGroups.Routes,
            cancellationToken: TestContext.Current.CancellationToken
        );
        using CancellationTokenSource end = new();
        Task<List<RouteEvent>> changes = CollectAsync(monitor, end.Token);
        (string Rules, string[] Files) before = (await RulesAsync(), Files());
        // Two machines, each looked at three times at least; the first look may have begun before.
        double passes = await PassesAsync();
        await Eventually.Async(
            async () => await PassesAsync() >= passes + 8,
            GuestEnvironment.Patience,
            "they were looked at again"
        );

        Assert.Equal(before.Files, Files());
        Assert.Equal(before.Rules, await RulesAsync());
        await end.CancelAsync();
        Assert.Empty(await changes);
    }

    private static async Task<List<RouteEvent>> CollectAsync(RouteMonitor monitor, CancellationToken cancellationToken)
    {
        List<RouteEvent> events = [];
        try
        {
            await foreach (RouteEvent happened in monitor.ReadAllAsync(cancellationToken))
                events.Add(happened);
        }
        catch (OperationCanceledException) { }

        return events;
    }

    /// <summary>With their handles, which are new when a rule is made anew, and without what they have counted.</summary>
    private Task<string> RulesAsync() =>
        Environment.Node.RunAsync(
            "nsenter",
            $"--net={Environment.LibvirtPodNamespace}",
            "nft",
            "--handle",
            "--stateless",
            "list",
            "ruleset"
        );

    /// <summary>A rewritten file is another one, or has another time.</summary>
    private string[] Files() =>
        [
            .. s_directories
                .Select(Environment.Node.HostPath)
                .SelectMany(path => Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
                .Select(path =>
                    string.Create(CultureInfo.InvariantCulture, $"{path} {File.GetLastWriteTimeUtc(path):O}")
                )
                .Order(StringComparer.Ordinal),
        ];

    private async Task<double> PassesAsync()
    {
        Scrape scrape = await Scrape.GetAsync(Environment.Node.HostPath("/run/fairlead/agent/http.sock"), "/metrics");
        return scrape.Value("fairlead_reconcile_duration_seconds_count") ?? 0;
    }
}
