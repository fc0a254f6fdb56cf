using Fairlead.Agent.Reconciling;
using Fairlead.Crds;
using Fairlead.Vmi;
using Grpc.Core;

namespace Fairlead.Agent.Api;

/// <summary>Which vNICs a trace is about.</summary>
internal static class TracedVnics
{
    /// <param name="machine">The machine, running or not: the names of its links are known beforehand.</param>
    /// <param name="vnic">One of its vNICs, or empty for all.</param>
    /// <exception cref="RpcException">It has no such pod-network vNIC.</exception>
    public static IReadOnlyList<VnicNames> Of(VmRecord machine, string vnic)
    {
        string[] own =
        [
            .. machine
                .Vm.Defaulted()
                .Spec.Domain.Devices.Interfaces.Where(nic => nic.Type == InterfaceTypes.PodNetwork)
                .Select(nic => nic.Name!),
        ];
        string[] traced = [.. own.Where(name => vnic.Length == 0 || name == vnic)];
        if (traced is [])
            throw new RpcException(
                new Status(
                    StatusCode.InvalidArgument,
                    own is []
                        ? $"{machine.Key} has no interface of type pod-network: there is nothing to trace"
                        : $"{machine.Key} has no pod-network interface \"{vnic}\"; it has {string.Join(", ", own)}"
                )
            );
        return [.. traced.Select(name => new VnicNames(machine.Uid, machine.Key, name))];
    }
}
