using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Controller.Objects;
using Fairlead.Controller.Placement;
using Fairlead.Kubernetes;

namespace Fairlead.Controller;

/// <summary>What the controller writes to the API server. Each write holds only for the object that the decision was made on.</summary>
internal sealed class Cluster(KubernetesClient client, string launcherImage, TimeProvider time)
{
    private static readonly WriteOptions s_own = new() { FieldManager = Names.FieldManager };
    private static readonly WriteOptions s_status = s_own with { Subresource = "status", Force = true };

    public async Task TakeAsync(VirtualMachineView vm, PodView? launcher, PlacementStep step, CancellationToken token)
    {
        switch (step)
        {
            case PlacementStep.AddFinalizer:
                await SetFinalizersAsync(vm, [.. vm.Metadata.Finalizers ?? [], Names.Finalizer], token);
                break;
            case PlacementStep.RemoveFinalizer:
                await SetFinalizersAsync(vm, (vm.Metadata.Finalizers ?? []).Where(f => f != Names.Finalizer), token);
                break;
            case PlacementStep.CreateLauncher:
                await client.ApplyAsync(
                    PodView.Resource,
                    KeyOfLauncher(vm),
                    "Pod",
                    LauncherPod.Build(vm, launcherImage),
                    s_own,
                    token
                );
                break;
            case PlacementStep.DeleteLauncher:
                DeleteOptions now = new() { Uid = launcher!.Metadata.Uid, GracePeriod = TimeSpan.Zero };
                await client.DeleteAsync(PodView.Resource, launcher.Metadata.Identity.Key, now, token);
                break;
            case PlacementStep.Place place:
                await ApplyStatusAsync(vm, PlacementFields(place.Node, place.Id, stop: null), token);
                break;
            case PlacementStep.RequestStop request:
                JsonObject stopping = PlacementFields(vm.Status.Node!, vm.Status.Placement!.Id, request.Why);
                await ApplyStatusAsync(vm, stopping, token);
                break;
            case PlacementStep.ClearPlacement clear:
                if (clear.IsLost)
                    await WriteLossAsync(vm, clear.Why, token);
                else
                    await ApplyStatusAsync(vm, [], token); // what was ours and is not given goes
                break;
        }
    }

    public Task ApplySliceAsync(EndpointSlice slice, CancellationToken token) =>
        client.ApplyAsync(
            EndpointSlice.Resource,
            slice.Metadata.Identity.Key,
            "EndpointSlice",
            System.Text.Json.JsonSerializer.SerializeToNode(slice, ControllerJson.Default.EndpointSlice)!.AsObject(),
            s_own with
            {
                Force = true,
            },
            token
        );

    public Task DeleteSliceAsync(EndpointSlice slice, CancellationToken token) =>
        client.DeleteAsync(
            EndpointSlice.Resource,
            slice.Metadata.Identity.Key,
            new DeleteOptions { Uid = slice.Metadata.Uid },
            token
        );

    public static ObjectKey KeyOfLauncher(VirtualMachineView vm) =>
        new(vm.Key.Namespace, Names.LauncherOf(vm.Key.Name));

    private static JsonObject PlacementFields(string node, string id, string? stop)
    {
        JsonObject placement = new() { ["id"] = id };
        if (stop is not null)
            placement["stop"] = stop;
        return new JsonObject { ["node"] = node, ["placement"] = placement };
    }

    private Task SetFinalizersAsync(VirtualMachineView vm, IEnumerable<string> finalizers, CancellationToken token)
    {
        JsonObject metadata = SameVersion(vm);
        metadata["finalizers"] = new JsonArray([.. finalizers.Select(f => JsonValue.Create(f))]);
        JsonObject patch = new() { ["metadata"] = metadata };
        return client.MergePatchAsync(VirtualMachineView.Resource, vm.Key, patch, s_own, token);
    }

    private Task ApplyStatusAsync(VirtualMachineView vm, JsonObject status, CancellationToken token)
    {
        JsonObject fields = new() { ["metadata"] = SameVersion(vm), ["status"] = status };
        return client.ApplyAsync(VirtualMachineView.Resource, vm.Key, "VirtualMachine", fields, s_status, token);
    }

    /// <summary>No agent will say any more what has become of it: its addresses and its readiness are nobody's.</summary>
    private Task WriteLossAsync(VirtualMachineView vm, string why, CancellationToken token)
    {
        JsonObject condition = new()
        {
            ["type"] = "Ready",
            ["status"] = "False",
            ["reason"] = "NodeLost",
            ["message"] = why,
            ["lastTransitionTime"] = time.GetUtcNow()
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        JsonObject status = new()
        {
            ["phase"] = "Pending",
            ["node"] = null,
            ["placement"] = null,
            ["interfaces"] = null,
            ["hypervisor"] = null,
            ["conditions"] = new JsonArray(condition),
        };
        JsonObject patch = new() { ["metadata"] = SameVersion(vm), ["status"] = status };
        WriteOptions options = s_own with { Subresource = "status" };
        return client.MergePatchAsync(VirtualMachineView.Resource, vm.Key, patch, options, token);
    }

    // Whoever was faster wins, and the decision is made anew: another leader, the agent, or the user.
    private static JsonObject SameVersion(VirtualMachineView vm) =>
        new() { ["uid"] = vm.Metadata.Uid, ["resourceVersion"] = vm.Metadata.ResourceVersion };
}
