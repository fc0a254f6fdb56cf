using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Controller.Objects;

namespace Fairlead.Controller.Placement;

/// <summary>
/// The pod that kube-scheduler places for a virtual machine, and that keeps the resources reserved while it runs. The
/// guest itself runs in the node's libvirt pod.
/// </summary>
internal static class LauncherPod
{
    private const long Mebibyte = 1 << 20;

    // What a manifest means that names no memory.
    private const long DefaultGuestBytes = 256 * Mebibyte;

    // What QEMU takes beside the guest's memory: itself and its devices, a stack and caches for each vCPU, and the page
    // tables of the guest's memory (8 bytes for each 4096). The fixed part is generous on purpose: memory that is not
    // requested here is missing when the node is full.
    private const long EmulatorBytes = 160 * Mebibyte;
    private const long BytesPerVcpu = 8 * Mebibyte;
    private const int PageTableShare = 512;

    // libvirt's own units (virDomainMemory): k and KiB, MB and MiB are not the same.
    private static readonly Dictionary<string, long> s_units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["b"] = 1,
        ["bytes"] = 1,
        ["KB"] = 1000,
        ["k"] = 1024,
        ["KiB"] = 1024,
        ["MB"] = 1000 * 1000,
        ["M"] = Mebibyte,
        ["MiB"] = Mebibyte,
        ["GB"] = 1000L * 1000 * 1000,
        ["G"] = 1024 * Mebibyte,
        ["GiB"] = 1024 * Mebibyte,
        ["TB"] = 1000L * 1000 * 1000 * 1000,
        ["T"] = 1024 * 1024 * Mebibyte,
        ["TiB"] = 1024 * 1024 * Mebibyte,
    };

    /// <summary>The whole object. The VM's labels are not on it: no Service or policy shall take it for the VM.</summary>
    public static JsonObject Build(VirtualMachineView vm, string image)
    {
        VmSpec spec = vm.Spec;
        JsonObject nodeSelector = spec.NodeSelector?.DeepClone().AsObject() ?? [];
        nodeSelector[Names.AgentLabel] = Names.AgentReady;
        JsonObject podSpec = new()
        {
            ["nodeSelector"] = nodeSelector,
            ["affinity"] = spec.Affinity?.DeepClone(),
            ["tolerations"] = spec.Tolerations?.DeepClone(),
            ["priorityClassName"] = spec.PriorityClassName,
            // While the guest shuts down the pod stands, and with it whoever drains the node waits for the guest.
            ["terminationGracePeriodSeconds"] = spec.TerminationGracePeriodSeconds + 10,
            ["automountServiceAccountToken"] = false,
            ["enableServiceLinks"] = false,
            ["restartPolicy"] = "Always",
            ["securityContext"] = new JsonObject
            {
                ["runAsNonRoot"] = true,
                ["runAsUser"] = 65532,
                ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" },
            },
            ["containers"] = new JsonArray(Container(vm, image)),
        };
        foreach (string empty in podSpec.Where(field => field.Value is null).Select(field => field.Key).ToArray())
            podSpec.Remove(empty);
        return new JsonObject { ["metadata"] = Metadata(vm), ["spec"] = podSpec };
    }

    /// <summary>What the guest and its QEMU need.</summary>
    public static long MemoryBytes(VmDomain domain)
    {
        long guest = domain.Memory is { } memory
            ? memory.Value * s_units.GetValueOrDefault(memory.Unit ?? "KiB", 1024)
            : DefaultGuestBytes;
        return guest + (guest / PageTableShare) + EmulatorBytes + (Vcpus(domain) * BytesPerVcpu);
    }

    private static int Vcpus(VmDomain domain) => Math.Max(domain.Vcpu ?? domain.Cpu?.Topology?.Vcpus ?? 1, 1);

    private static JsonObject Metadata(VirtualMachineView vm) =>
        new()
        {
            ["labels"] = new JsonObject
            {
                ["app.kubernetes.io/managed-by"] = "fairlead",
                [Names.LauncherLabel] = vm.Metadata.Uid,
                [Names.VmLabel] = vm.Metadata.Name,
            },
            ["ownerReferences"] = new JsonArray(
                new JsonObject
                {
                    ["apiVersion"] = VirtualMachineView.Resource.ApiVersion,
                    ["kind"] = "VirtualMachine",
                    ["name"] = vm.Metadata.Name,
                    ["uid"] = vm.Metadata.Uid,
                    ["controller"] = true,
                    ["blockOwnerDeletion"] = false,
                }
            ),
        };

    private static JsonObject Container(VirtualMachineView vm, string image)
    {
        string grace = vm.Spec.TerminationGracePeriodSeconds.ToString(CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["name"] = "launcher",
            ["image"] = image,
            ["command"] = new JsonArray("/bin/busybox", "sleep", "infinity"),
            ["resources"] = new JsonObject
            {
                ["requests"] = new JsonObject
                {
                    ["cpu"] = Vcpus(vm.Spec.Domain).ToString(CultureInfo.InvariantCulture),
                    ["memory"] = MemoryBytes(vm.Spec.Domain).ToString(CultureInfo.InvariantCulture),
                },
            },
            ["lifecycle"] = new JsonObject
            {
                ["preStop"] = new JsonObject
                {
                    ["exec"] = new JsonObject { ["command"] = new JsonArray("/bin/busybox", "sleep", grace) },
                },
            },
            ["securityContext"] = new JsonObject
            {
                ["allowPrivilegeEscalation"] = false,
                ["readOnlyRootFilesystem"] = true,
                ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
            },
        };
    }
}
