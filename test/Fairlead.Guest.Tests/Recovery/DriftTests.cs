using System.Diagnostics;
using Fairlead.Agent.V1;
using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Libvirt;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Recovery;

/// <summary>
/// What somebody takes from a running machine's network, piece by piece: it is put back within 10 s, an event says what
/// was found and done, and the guest notices nothing but lost frames.
/// </summary>
public sealed class DriftTests(GuestEnvironment environment) : GuestTest(environment)
{
    // As issue 5 asks, and as much again for a machine that is busy with other tests.
    private static readonly TimeSpan s_found = TimeSpan.FromSeconds(20);

    private GuestMachine _machine = null!;
    private Names _names = null!;

    [Fact]
    public async Task EachPartBroken_IsRepaired_AndTheGuestKeepsConnectionAndLink()
    {
        Footprint before = await Footprint.OfEverythingAsync(Environment);
        _machine = NewMachine("drifter");
        await _machine.ApplyAsync();
        await _machine.WaitForGuestAsync();
        _names = Names.Of(Assert.Single((await DescribeAsync()).Paths));
        await using TcpStream connection = await _machine.ServeEchoAsync();
        await connection.EchoAsync("before");
        string link = await GuestLinkAsync();

        await BreakAsync(
            connection,
            $"is not a port of bridge {_names.Bridge}: was put back",
            "ip",
            "link",
            "set",
            _names.VmInterface,
            "nomaster"
        );
        await BreakAsync(connection, $"tap {_names.Tap} is not a port", "ip", "link", "set", _names.Tap, "nomaster");
        await BreakAsync(
            connection,
            $"VMI interface {_names.VmInterface} is down: was set up",
            "ip",
            "link",
            "set",
            _names.VmInterface,
            "down"
        );
        await BreakAsync(
            connection,
            $"bridge {_names.Bridge} is down: was set up",
            "ip",
            "link",
            "set",
            _names.Bridge,
            "down"
        );
        await BreakAsync(
            connection,
            $"has an address again: {_names.Address}: was taken off",
            "ip",
            "addr",
            "add",
            _names.Address,
            "dev",
            _names.VmInterface
        );
        await BreakAsync(
            connection,
            $"VMI interface {_names.VmInterface} has an MTU of 1400",
            "ip",
            "link",
            "set",
            _names.VmInterface,
            "mtu",
            "1400"
        );
        await BreakAsync(connection, "network and bridge were made anew", "ip", "link", "del", _names.Bridge);
        await BreakAsync(connection, "network and bridge were made anew", DestroyNetworkAsync);
        await BreakAsync(
            connection,
            "does not run: was started",
            () => Environment.KillByPidFileAsync($"/run/fairlead/libvirt/network/{_names.LibvirtNetwork}.pid")
        );

        await BreakAsync(
            connection,
            $"VMI interface {_names.VmInterface} is gone: was made anew with the same address",
            "ip",
            "link",
            "del",
            _names.VmInterface
        );

        Assert.Equal(link, await GuestLinkAsync());
        await AssertServedAsync();
        await _machine.DeleteAsync();
        await before.RestoredAsync();
    }

    [Fact]
    public async Task RepairOff_FaultsAreSaidAndStay()
    {
        _machine = NewMachine("unrepaired");
        _machine.Annotations = """{fairlead.dev/repair: "off"}""";
        await _machine.ApplyAsync();
        await _machine.WaitForPhaseAsync(VirtualMachinePhase.Running);
        _names = Names.Of(Assert.Single((await DescribeAsync()).Paths));

        await InPodAsync("ip", "link", "set", _names.Bridge, "down");

        VirtualMachine vm = await _machine.WaitForAsync(
            vm => vm.Status!.Conditions.Any(c => c is { Type: "NetworkReady", Status: ConditionStatus.False }),
            "the fault is seen"
        );
        Assert.Equal(
            $"bridge {_names.Bridge} is down",
            vm.Status!.Conditions.Single(c => c.Type == "NetworkReady").Message
        );
        Assert.DoesNotContain((await DescribeAsync()).Events, e => e.Reason == "Repaired");
    }

    private Task BreakAsync(TcpStream connection, string repaired, params string[] command) =>
        BreakAsync(connection, repaired, () => InPodAsync(command));

    private async Task BreakAsync(TcpStream connection, string repaired, Func<Task> breakIt)
    {
        int before = await CountAsync(repaired);
        Stopwatch watch = Stopwatch.StartNew();
        await breakIt();
        await Eventually.SucceedsAsync(
            async () => Assert.Equal(before + 1, await CountAsync(repaired)),
            s_found,
            $"an event says \"{repaired}\""
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.Elapsed.TotalSeconds, 6:F2} s  {repaired}");
        await connection.EchoAsync(repaired);
        await _machine.WaitForAsync(
            vm => vm.Status!.Conditions.Any(c => c is { Type: "Ready", Status: ConditionStatus.True }),
            "the machine is Ready again"
        );
    }

    private async Task<int> CountAsync(string repaired) =>
        (await DescribeAsync())
            .Events.Where(e => e.Reason == "Repaired" && e.Message.Contains(repaired, StringComparison.Ordinal))
            .Sum(e => e.Count);

    private async Task<DescribeResponse> DescribeAsync() =>
        await Environment.Agent.DescribeAsync(
            new DescribeRequest { Namespace = "default", Name = _machine.Name },
            cancellationToken: TestContext.Current.CancellationToken
        );

    private async Task DestroyNetworkAsync()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await using LibvirtConnection libvirt = await Environment.ConnectToLibvirtAsync();
        Libvirt.Network? network = await libvirt.FindNetworkAsync(_names.LibvirtNetwork, cancellationToken);
        await network!.DestroyAsync(cancellationToken);
    }

    /// <summary>The server that was made anew gives the guest the same lease.</summary>
    private async Task AssertServedAsync()
    {
        await using GuestConsole console = await _machine.OpenConsoleAsync();
        string printed = await console.RunAsync("udhcpc -i eth0 -n -q -t 20 -T 1 -s /bin/true 2>&1");
        Assert.Contains($"lease of {_names.Address.Split('/')[0]} obtained", printed, StringComparison.Ordinal);
    }

    private async Task<string> GuestLinkAsync()
    {
        await using GuestConsole console = await _machine.OpenConsoleAsync();
        return await console.RunAsync("ip -4 -o addr; cat /sys/class/net/eth0/carrier_changes");
    }

    private Task InPodAsync(params string[] command) =>
        Environment.Node.RunAsync(["nsenter", $"--net={Environment.LibvirtPodNamespace}", "--", .. command]);

    private sealed record Names(string VmInterface, string Bridge, string Tap, string LibvirtNetwork, string Address)
    {
        public static Names Of(VnicPath path) =>
            new(path.VmiInterface, path.Bridge, path.Tap, path.LibvirtNetwork, path.Addresses.First());
    }
}
