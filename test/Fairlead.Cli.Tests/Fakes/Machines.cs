using Fairlead.Crds;

namespace Fairlead.Cli.Tests.Fakes;

/// <summary>Virtual machines as an agent would show them at <see cref="Now"/>.</summary>
internal static class Machines
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    public static VirtualMachine Web { get; } =
        new()
        {
            Metadata = new ObjectMeta
            {
                Name = "web",
                Uid = "7d2f3b7e-3a43-4c8b-9d0f-1f3a5b6c7d8e",
                Generation = 1,
                Labels = new Dictionary<string, string> { ["app"] = "web", ["tier"] = "front" },
                CreationTimestamp = Now.AddSeconds(-192),
            },
            Status = new VirtualMachineStatus
            {
                Phase = VirtualMachinePhase.Running,
                Node = "node1",
                Hypervisor = "qemu",
                ObservedGeneration = 1,
                Conditions =
                [
                    Condition(ConditionTypes.Ready, "GuestRunning", "the guest runs"),
                    Condition(ConditionTypes.NetworkReady, "Attached", "1 of 1 interfaces"),
                ],
                Interfaces =
                [
                    new InterfaceStatus
                    {
                        Name = "net0",
                        Mac = "00:11:22:33:44:55",
                        IpAddress = "10.88.0.4",
                        IpAddresses = ["10.88.0.4", "fd00::4"],
                        PodInterfaceName = "vmi3f2a9c10b1",
                        LinkState = "up",
                        Network = "podnet",
                    },
                ],
            },
        };

    /// <summary>The same, and it keeps its address while it is stopped.</summary>
    public static VirtualMachine WebRetained { get; } =
        Web with
        {
            Spec = new VirtualMachineSpec
            {
                Domain = new DomainSpec
                {
                    Devices = new DomainDevices
                    {
                        Interfaces = [new DomainInterface { AddressPolicy = AddressPolicies.Retain }],
                    },
                },
            },
        };

    /// <summary>Has just been accepted: no status yet.</summary>
    public static VirtualMachine Db { get; } =
        new()
        {
            Metadata = new ObjectMeta
            {
                Name = "db",
                Uid = "0b8f4d8c-2a60-4a6e-8a53-4a5a8f3f9a10",
                Labels = new Dictionary<string, string> { ["app"] = "db" },
                CreationTimestamp = Now.AddSeconds(-5),
            },
        };

    public static VirtualMachine InShop { get; } =
        Db with
        {
            Metadata = Db.Metadata with { Namespace = "shop", Uid = "1f8f4d8c-2a60-4a6e-8a53-4a5a8f3f9a11" },
        };

    private static VirtualMachineCondition Condition(string type, string reason, string message) =>
        new()
        {
            Type = type,
            Status = ConditionStatus.True,
            Reason = reason,
            Message = message,
            LastTransitionTime = Now.AddSeconds(-130),
        };
}
