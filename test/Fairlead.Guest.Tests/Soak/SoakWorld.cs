using System.Text.Json;
using Fairlead.Agent.V1;
using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Libvirt;

namespace Fairlead.Guest.Tests.Soak;

/// <summary>The machines of a soak, and everything that may happen to them.</summary>
internal sealed class SoakWorld
{
    private static readonly string[] s_daemons = ["agent", "cni-proxy", "libvirtd"];

    private readonly GuestEnvironment _environment;
    private readonly Random _random;
    private readonly Action<string> _say;
    private readonly HashSet<string> _present = [];
    private readonly (int Weight, Func<Task> Act)[] _actions;

    public SoakWorld(GuestEnvironment environment, Random random, Action<string> say)
    {
        (_environment, _random, _say) = (environment, random, say);
        _actions =
        [
            (10, ApplyAsync),
            (3, () => SetRunningAsync(running: false)),
            (3, () => SetRunningAsync(running: true)),
            (3, DeleteAsync),
            (2, DestroyDomainAsync),
            (3, BreakLinkAsync),
            (2, KillDhcpServerAsync),
            (2, KillDaemonAsync),
        ];
    }

    public static IReadOnlyList<string> Names { get; } = [.. Enumerable.Range(0, 10).Select(i => $"soak{i}")];

    /// <summary>Something happens, and a while passes.</summary>
    public async Task StepAsync()
    {
        int number = _random.Next(_actions.Sum(a => a.Weight));
        Func<Task> act = _actions.First(a => (number -= a.Weight) < 0).Act;
        await act();
        await Task.Delay(_random.Next(1000), TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until every machine runs and is whole.</summary>
    public async Task SettleAsync()
    {
        foreach (string name in _present)
        {
            await StartAsync(name); // it may have ended, when its domain was destroyed
            await new GuestMachine(_environment, name).WaitForAsync(
                vm => vm.Status!.Conditions.Any(c => c is { Type: "Ready", Status: ConditionStatus.True }),
                $"{name} is Ready"
            );
        }
    }

    public async Task DeleteAllAsync()
    {
        _say("delete all");
        await _environment.FairleadAsync(["delete", "vm", "--ignore-not-found", .. Names]);
    }

    private async Task ApplyAsync()
    {
        string name = Pick(Names);
        string manifest = SoakManifest.Make(name, isRealGuest: name == Names[0], _random);
        _say($"apply {name}: {manifest.ReplaceLineEndings(" ")}");
        ApplyResponse response = await _environment.Agent.ApplyAsync(
            new ApplyRequest { Manifest = manifest, Source = "soak" },
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Empty(response.Errors);
        _present.Add(name);
    }

    private async Task SetRunningAsync(bool running)
    {
        if (_present.Count == 0)
            return;
        string name = Pick([.. _present]);
        _say($"{(running ? "start" : "stop")} {name}");
        await SetRunningAsync(name, running);
    }

    private Task StartAsync(string name) => SetRunningAsync(name, running: true);

    private async Task SetRunningAsync(string name, bool running) =>
        await _environment.Agent.SetRunningAsync(
            new SetRunningRequest
            {
                Namespace = "default",
                Name = name,
                Running = running,
            },
            cancellationToken: TestContext.Current.CancellationToken
        );

    private async Task DeleteAsync()
    {
        if (_present.Count == 0)
            return;
        string name = Pick([.. _present]);
        _say($"delete {name}");
        _present.Remove(name);
        await _environment.Agent.DeleteAsync(
            new DeleteRequest { Namespace = "default", Name = name },
            cancellationToken: TestContext.Current.CancellationToken
        );
    }

    private async Task DestroyDomainAsync()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string name = Pick(Names);
        _say($"destroy the domain of {name}");
        await using LibvirtConnection libvirt = await _environment.ConnectToLibvirtAsync();
        try
        {
            if (await libvirt.FindDomainAsync($"default_{name}", cancellationToken) is { } domain)
                await domain.DestroyAsync(cancellationToken: cancellationToken);
        }
        catch (LibvirtException e) when (e.IsAbsent || e.Code is LibvirtErrorCode.VIR_ERR_OPERATION_INVALID)
        {
            // It does not run.
        }
    }

    private async Task BreakLinkAsync()
    {
        InterfaceStatus[] vnics = [.. (await ListAsync()).SelectMany(vm => vm.Status?.Interfaces ?? [])];
        if (vnics is [] || Pick(vnics).PodInterfaceName is not { } link)
            return;
        string[][] ways =
        [
            ["link", "del", link],
            ["link", "set", link, "nomaster"],
            ["link", "set", link.Replace("vmi", "vbr", StringComparison.Ordinal), "down"],
            ["link", "del", link.Replace("vmi", "vbr", StringComparison.Ordinal)],
        ];
        string[] way = Pick(ways);
        _say($"ip {string.Join(' ', way)}");
        // It may be gone by now.
        await _environment.Node.ExecAsync(["nsenter", $"--net={_environment.LibvirtPodNamespace}", "ip", .. way]);
    }

    private async Task KillDhcpServerAsync()
    {
        // driver.pid, beside them, is libvirtd itself.
        string directory = _environment.Node.HostPath("/run/fairlead/libvirt/network");
        string[] files = [.. Directory.GetFiles(directory, "default_*.pid").Order(StringComparer.Ordinal)];
        if (files is [])
            return;
        string file = Path.GetFileName(Pick(files));
        _say($"kill the DHCP server of {file}");
        await _environment.Node.ExecAsync("sh", "-c", $"kill -KILL $(cat /run/fairlead/libvirt/network/{file})");
    }

    private async Task KillDaemonAsync()
    {
        string daemon = Pick(s_daemons);
        _say($"kill {daemon}");
        await _environment.KillAsync(daemon);
        await Task.Delay(_random.Next(1000), TestContext.Current.CancellationToken);
        await _environment.UpAsync();
    }

    private async Task<IEnumerable<VirtualMachine>> ListAsync()
    {
        ListResponse response = await _environment.Agent.ListAsync(
            new ListRequest { Namespace = "default" },
            cancellationToken: TestContext.Current.CancellationToken
        );
        return response.Items.Select(item => JsonSerializer.Deserialize(item, CrdsJson.VirtualMachine)!);
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
