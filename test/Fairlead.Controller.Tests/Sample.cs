using Fairlead.Controller.Objects;
using Fairlead.Kubernetes;

namespace Fairlead.Controller.Tests;

/// <summary>Virtual machines and launchers in the states that the tests need.</summary>
internal static class Sample
{
    public const string VmUid = "vm-1";
    public const string LauncherUid = "pod-1";

    public static VirtualMachineView Vm(VmStatus? status = null, VmSpec? spec = null, string name = "web") =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Namespace = "default",
                Name = name,
                Uid = VmUid,
                Generation = 1,
                Finalizers = [Names.Finalizer],
                Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["app"] = "web" },
            },
            Spec = spec ?? new VmSpec(),
            Status = status ?? new VmStatus(),
        };

    public static VmStatus Placed(string? stop = null, string? released = null) =>
        new()
        {
            Node = "worker",
            Placement = new VmPlacement(LauncherUid, stop),
            Released = released,
        };

    public static VirtualMachineView Deleting(this VirtualMachineView vm) =>
        vm with
        {
            Metadata = vm.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch },
        };

    public static PodView Launcher(string? node = null, string uid = LauncherUid, string ownerUid = VmUid) =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Namespace = "default",
                Name = "web-launcher",
                Uid = uid,
                OwnerReferences =
                [
                    new OwnerReference
                    {
                        ApiVersion = "fairlead.dev/v1alpha1",
                        Kind = "VirtualMachine",
                        Name = "web",
                        Uid = ownerUid,
                    },
                ],
            },
            Spec = new PodViewSpec { NodeName = node },
        };

    public static PodView Deleting(this PodView pod, long grace = 40) =>
        pod with
        {
            Metadata = pod.Metadata with
            {
                DeletionTimestamp = DateTimeOffset.UnixEpoch,
                DeletionGracePeriodSeconds = grace,
            },
        };
}
