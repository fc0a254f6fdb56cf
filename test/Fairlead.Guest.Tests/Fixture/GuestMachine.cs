using System.Text.Json;
using Fairlead.Agent.V1;
using Fairlead.Crds;
using Fairlead.Testing;

namespace Fairlead.Guest.Tests.Fixture;

/// <summary>One virtual machine of a test, by its name.</summary>
public sealed class GuestMachine(GuestEnvironment environment, string name)
{
    /// <summary>Where an echo server listens after <see cref="ServeEchoAsync"/>.</summary>
    public const int EchoPort = 7;

    public string Name { get; } = name;

    /// <summary>The manifest's annotations, in YAML.</summary>
    public string Annotations { get; set; } = "{}";

    /// <summary>More fields of the spec, in YAML's flow style: <c>hostname: web</c>.</summary>
    public IReadOnlyList<string> Spec { get; set; } = [];

    /// <summary>More fields of the domain: <c>vcpu: 2</c>.</summary>
    public IReadOnlyList<string> Domain { get; set; } = [];

    /// <summary>Applies a manifest with these vNICs, virtio ones on the default network unless they say more.</summary>
    public async Task ApplyAsync(params string[] vnics)
    {
        string printed = await environment.FairleadWithInputAsync(ManifestOf(vnics), "apply", "-f", "-");
        Assert.Contains($"{Name} created", printed, StringComparison.Ordinal);
    }

    /// <summary>Gives the machine another set of vNICs.</summary>
    public async Task ReapplyAsync(params string[] vnics)
    {
        string printed = await environment.FairleadWithInputAsync(ManifestOf(vnics), "apply", "-f", "-");
        Assert.Contains($"{Name} configured", printed, StringComparison.Ordinal);
    }

    private string ManifestOf(string[] vnics)
    {
        string interfaces = string.Concat(
            (vnics is [] ? ["name: net"] : vnics).Select(vnic =>
                // Without a ROM there is no wait for a network boot.
                $"\n      - {{model: {{type: virtio}}, rom: {{enabled: no}}, {vnic}}}"
            )
        );
        string manifest = $"""
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata:
              name: {Name}
              annotations: {Annotations}
            spec:{string.Concat(Spec.Select(field => $"\n  {field}"))}
              domain:{string.Concat(Domain.Select(field => $"\n    {field}"))}
                devices:
                  interfaces:
            """;
        return manifest + interfaces;
    }

    /// <summary>The object as the agent has it, or null.</summary>
    public async Task<VirtualMachine?> FindAsync()
    {
        ListRequest request = new() { Namespace = "default" };
        ListResponse response = await environment.Agent.ListAsync(
            request,
            cancellationToken: TestContext.Current.CancellationToken
        );
        return response
            .Items.Select(item => JsonSerializer.Deserialize(item, CrdsJson.VirtualMachine)!)
            .FirstOrDefault(vm => vm.Metadata.Name == Name);
    }

    public async Task<VirtualMachine> GetAsync()
    {
        VirtualMachine? vm = await FindAsync();
        Assert.NotNull(vm);
        return vm;
    }

    public Task<VirtualMachine> WaitForPhaseAsync(VirtualMachinePhase phase) =>
        WaitForAsync(vm => vm.Status?.Phase == phase, $"{Name} is {phase}");

    public async Task<VirtualMachine> WaitForAsync(Func<VirtualMachine, bool> condition, string because)
    {
        VirtualMachine? found = null;
        await Eventually.SucceedsAsync(
            async () =>
            {
                VirtualMachine vm = await GetAsync();
                Assert.True(condition(vm), JsonSerializer.Serialize(vm, CrdsJson.VirtualMachine));
                found = vm;
            },
            GuestEnvironment.Patience,
            because
        );
        return found!;
    }

    /// <summary>Waits until the guest itself answers at its address, and returns the machine as it is then.</summary>
    public async Task<VirtualMachine> WaitForGuestAsync()
    {
        VirtualMachine vm = await WaitForPhaseAsync(VirtualMachinePhase.Running);
        foreach (InterfaceStatus vnic in vm.Status!.Interfaces)
        {
            await Eventually.SucceedsAsync(
                () => environment.Pod.GetAsync(vnic.IpAddress!, "/"),
                GuestEnvironment.Patience,
                $"the guest of {Name} answers at {vnic.IpAddress}"
            );
        }
        return vm;
    }

    /// <summary>The address of the machine's only vNIC.</summary>
    public async Task<string> AddressAsync() => Assert.Single((await GetAsync()).Status!.Interfaces).IpAddress!;

    public Task<GuestConsole> OpenConsoleAsync() => GuestConsole.OpenAsync(environment.Agent, Name);

    /// <summary>Has the guest echo what comes to <see cref="EchoPort"/>, and returns a connection to it.</summary>
    public async Task<TcpStream> ServeEchoAsync()
    {
        await using (GuestConsole console = await OpenConsoleAsync())
            await console.RunAsync($"nc -ll -p {EchoPort} -e cat &");
        string address = await AddressAsync();
        TcpStream? connection = null;
        await Eventually.SucceedsAsync(
            async () => connection = await environment.Pod.ConnectAsync(address, EchoPort),
            GuestEnvironment.Patience,
            $"the guest of {Name} listens"
        );
        return connection!;
    }

    public Task<string> DeleteAsync() => environment.FairleadAsync("delete", "vm", Name);
}
