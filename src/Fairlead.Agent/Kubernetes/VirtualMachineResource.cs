using Fairlead.Crds;
using Fairlead.Kubernetes;

namespace Fairlead.Agent.Kubernetes;

/// <summary>VirtualMachine as a type of the API.</summary>
public static class VirtualMachineResource
{
    /// <summary>Who owns the fields of status that the agent writes.</summary>
    public const string FieldManager = "fairlead-agent";

    /// <summary>On the lease of an agent: the name of its node.</summary>
    public const string LeaseLabel = "fairlead.dev/agent-of";

    public static ResourceType<VirtualMachine> Type { get; } =
        new(
            VirtualMachine.Group,
            VirtualMachine.Version,
            "virtualmachines",
            CrdsJson.VirtualMachine,
            vm => new ObjectIdentity(KeyOf(vm.Key), vm.Metadata.Uid, vm.Metadata.ResourceVersion)
        );

    public static ObjectKey KeyOf(VirtualMachineKey key) => new(key.Namespace, key.Name);

    public static VirtualMachineKey KeyOf(ObjectKey key) => new(key.Namespace, key.Name);

    public static ObjectReference ReferenceTo(VirtualMachineKey key, string? uid) =>
        new()
        {
            ApiVersion = VirtualMachine.GroupVersion,
            Kind = VirtualMachine.KindName,
            Namespace = key.Namespace,
            Name = key.Name,
            Uid = uid,
        };
}
