using System.Text.Json;
using Fairlead.Controller.Objects;

namespace Fairlead.Controller.Tests;

public sealed class ViewTests
{
    [Fact]
    public void ObjectThatSaysNothing_HasItsDefaults()
    {
        VirtualMachineView vm = JsonSerializer.Deserialize(
            """{"spec":{"domain":{}}}""",
            ControllerJson.Default.VirtualMachineView
        )!;
        PodView pod = JsonSerializer.Deserialize("""{"spec":{}}""", ControllerJson.Default.PodView)!;
        NodeView node = JsonSerializer.Deserialize("""{"spec":{}}""", ControllerJson.Default.NodeView)!;

        Assert.True(vm.Spec.Running);
        Assert.Equal(30, vm.Spec.TerminationGracePeriodSeconds);
        Assert.Empty(vm.Status.Conditions);
        Assert.False(pod.HasEnded);
        Assert.Empty(node.Spec.Taints);
    }
}
