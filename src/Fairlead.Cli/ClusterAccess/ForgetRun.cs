using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Agent.Kubernetes;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.CommandLine;
using Fairlead.Crds;
using Fairlead.Kubernetes;

namespace Fairlead.Cli.ClusterAccess;

/// <summary>
/// Says in the agent's stead that a placement is over: status.released, as in ADR 19. The controller then does what it always
/// does: it takes the placement back, and places the VM anew or lets it go.
/// </summary>
internal sealed class ForgetRun(ParseResult parseResult)
{
    // A clock that differs by less than this does no harm.
    private static readonly TimeSpan s_alive = TimeSpan.FromMinutes(2);

    private static readonly WriteOptions s_status = new() { FieldManager = "fairlead-cli", Subresource = "status" };

    private readonly CliInvocation _invocation = CliInvocation.Of(parseResult);

    public required bool Force { get; init; }

    public async Task ForgetAsync(VirtualMachineKey key, CancellationToken cancellationToken)
    {
        using KubernetesClient client = ClusterTarget.Connect(parseResult);
        try
        {
            VirtualMachine vm =
                await client.FindAsync(
                    VirtualMachineResource.Type,
                    VirtualMachineResource.KeyOf(key),
                    cancellationToken
                ) ?? throw new CliException(GetQuery.NotFound(key.Name, key.Namespace));
            if (vm.Status is not { Node: { } node, Placement.Id: { } placement })
            {
                await _invocation.Output.WriteLineAsync(
                    $"{ResourceArguments.QualifiedKind}/{key.Name} unchanged (it is on no node)"
                );
                return;
            }

            if (!Force)
                await RefuseIfAliveAsync(client, key, node, cancellationToken);
            await client.MergePatchAsync(
                VirtualMachineResource.Type,
                VirtualMachineResource.KeyOf(key),
                PatchOf(vm, placement),
                s_status,
                cancellationToken
            );
            await _invocation.Output.WriteLineAsync(
                $"{ResourceArguments.QualifiedKind}/{key.Name} forgotten on {node}"
            );
        }
        catch (KubernetesException e)
        {
            throw new CliException(e.Message);
        }
    }

    private async Task RefuseIfAliveAsync(
        KubernetesClient client,
        VirtualMachineKey key,
        string node,
        CancellationToken cancellationToken
    )
    {
        Selection selection = new() { LabelSelector = $"{VirtualMachineResource.LeaseLabel}={node}" };
        ResourceList<Lease> leases = await client.ListAsync(Lease.Resource, selection, cancellationToken);
        DateTimeOffset? renewed = leases.Items.Max(lease => lease.Spec.RenewTime);
        if (renewed is { } last && _invocation.Time.GetUtcNow() - last < s_alive)
            throw new CliException(
                $"{key}: the agent of {node} was there at {last.UtcDateTime:HH:mm:ss} UTC and will release it by itself; "
                    + "--force if you know that it does not run there"
            );
    }

    /// <summary>Only if the object is as it was seen; its addresses and its readiness are nobody's.</summary>
    private static JsonObject PatchOf(VirtualMachine vm, string placement)
    {
        VirtualMachinePhase? phase = vm.Status!.Phase;
        bool hasEnded = phase is VirtualMachinePhase.Succeeded or VirtualMachinePhase.Failed;
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = vm.Metadata.Uid,
                ["resourceVersion"] = vm.Metadata.ResourceVersion,
            },
            ["status"] = new JsonObject
            {
                ["phase"] = hasEnded ? phase.ToString() : nameof(VirtualMachinePhase.Pending),
                ["released"] = placement,
                ["interfaces"] = null,
                ["hypervisor"] = null,
                ["conditions"] = null,
            },
        };
    }
}
