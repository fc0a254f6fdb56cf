using System.Text.Json.Nodes;
using Fairlead.Crds;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Testing;
using Fairlead.Vmi;

namespace Fairlead.Guest.Tests.Diagnosis;

/// <summary>
/// What drifts is named by <c>fairlead doctor</c>: one guest, whose breaks nobody repairs, and one break after the other.
/// </summary>
public sealed class DoctorTests(GuestEnvironment environment) : GuestTest(environment)
{
    private readonly List<string> _wrong = [];
    private GuestMachine? _machine;

    [Fact]
    public async Task EachBreak_WithRepairOff_IsTheLikelyCause()
    {
        _machine = NewMachine("patient");
        await ApplyWithoutRepairAsync();
        VirtualMachine vm = await _machine.WaitForGuestAsync();
        VnicNames names = new(vm.Metadata.Uid!, vm.Key, "net");
        InterfaceStatus vnic = Assert.Single(vm.Status!.Interfaces);
        await Eventually.SucceedsAsync(HealthyAsync, GuestEnvironment.Patience, "the whole chain holds");

        await BreakAsync("bridge", "is down", () => IpAsync($"link set {names.Bridge} down"));
        await IpAsync($"link set {names.Bridge} up");
        await BreakAsync("bridge", "is not a port of", () => IpAsync($"link set {names.VmInterface} nomaster"));
        await IpAsync($"link set {names.VmInterface} master {names.Bridge}");
        await BreakAsync("vmi-interface", "is down", () => IpAsync($"link set {names.VmInterface} down"));
        await IpAsync($"link set {names.VmInterface} up");
        await BreakAsync(
            "vmi-interface",
            $"has an address again: {vnic.IpAddress}",
            () => IpAsync($"address add {vnic.IpAddress}/16 dev {names.VmInterface}")
        );
        await IpAsync($"address flush dev {names.VmInterface}");
        await BreakAsync("tap", "is not a port of", () => IpAsync($"link set {names.Tap} nomaster"));
        await IpAsync($"link set {names.Tap} master {names.Bridge}");
        await BreakAsync("mtu", "has an MTU of 1300", () => IpAsync($"link set {names.VmInterface} mtu 1300"));
        await IpAsync($"link set {names.VmInterface} mtu 1500");
        await Eventually.SucceedsAsync(HealthyAsync, GuestEnvironment.Patience, "it is whole again");

        await BreakAsync(
            "dhcp-server",
            "does not run",
            () => Environment.KillByPidFileAsync($"/run/fairlead/libvirt/network/{names.LibvirtNetwork}.pid")
        );
        // A libvirtd that starts looks for the servers of its networks, and starts those that are missing.
        await BreakAsync("libvirt-network", "", () => Environment.KillAsync("libvirtd"));
        await BreakAsync("cni-proxy", "cannot be reached", () => Environment.KillAsync("cni-proxy"));
        await Environment.KillAsync("agent");
        JsonNode withoutAgent = (await DoctorAsync()).Report;
        JsonNode silent = withoutAgent["environment"]!.AsArray().Last()!;
        Assert.Equal(("agent", "broken"), ((string?)silent["check"], (string?)silent["verdict"]));
        await Environment.UpAsync();
        await Eventually.SucceedsAsync(HealthyAsync, GuestEnvironment.Patience, "fairlead up has mended it");

        await using (GuestConsole console = await _machine.OpenConsoleAsync())
            await BreakAsync("guest-arp", "nobody in the guest", () => console.RunAsync("ip address flush dev eth0"));
        await BreakAsync("firewall", "no rule", () => InPodAsync("nft", "delete", "table", "bridge", "fairlead"));
        await BreakAsync("vmi-interface", "is gone", () => IpAsync($"link delete {names.VmInterface}"));

        Assert.Empty(_wrong);
    }

    /// <summary>Breaks something; what doctor then says is remembered if it is not the link's name.</summary>
    private async Task BreakAsync(string check, string seen, Func<Task> breakIt)
    {
        await breakIt();
        (int exitCode, JsonNode report) = await DoctorAsync();
        JsonNode? cause = report["machines"]?[0]?["likelyCause"];
        bool isNamed =
            exitCode == 1
            && (string?)cause?["check"] == check
            && ((string?)cause["seen"])!.Contains(seen, StringComparison.Ordinal)
            && (string?)cause["verdict"] == "broken"
            && (string?)cause["remedy"] is { Length: > 0 };
        if (!isNamed)
            _wrong.Add($"{check} ({seen}): exit status {exitCode}, {report}");
    }

    private async Task HealthyAsync()
    {
        (_, JsonNode report) = await DoctorAsync();
        JsonNode[] findings = [.. report["machines"]![0]!["vnics"]![0]!["findings"]!.AsArray()!];
        Assert.Equal(19, findings.Length);
        // Whether the machine's DNS server can be reached from here is the machine's affair.
        Assert.All(
            findings.Where(finding => (string?)finding["check"] is not "dns"),
            finding => Assert.True((string?)finding["verdict"] == "ok", finding.ToString())
        );
    }

    private async Task<(int ExitCode, JsonNode Report)> DoctorAsync()
    {
        CommandResult result = await Environment.TryFairleadAsync("doctor", "vm", _machine!.Name, "-o", "json");
        return (result.ExitCode, JsonNode.Parse(result.StandardOutput)!);
    }

    private Task ApplyWithoutRepairAsync() =>
        Environment.FairleadWithInputAsync(
            $$$"""
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata:
              name: {{{_machine!.Name}}}
              annotations: {fairlead.dev/repair: "off"}
            spec:
              domain:
                devices:
                  interfaces:
                  - {type: pod-network, name: net, model: {type: virtio}, rom: {enabled: no}}
            """,
            "apply",
            "-f",
            "-"
        );

    private Task IpAsync(string arguments) => InPodAsync(["ip", .. arguments.Split(' ')]);

    private Task InPodAsync(params string[] command) =>
        Environment.Node.RunAsync(["nsenter", $"--net={Environment.LibvirtPodNamespace}", .. command]);
}
