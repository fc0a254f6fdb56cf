using System.Text.Json.Nodes;
using Fairlead.Controller.Objects;
using Fairlead.Controller.Placement;

namespace Fairlead.Controller.Tests;

public sealed class LauncherPodTests
{
    [Fact]
    public void Pod_CarriesTheSchedulingFieldsAndTheOwner_ButNotTheLabels()
    {
        VmSpec spec = new()
        {
            NodeSelector = new JsonObject { ["disk"] = "ssd" },
            Tolerations = new JsonArray(new JsonObject { ["operator"] = "Exists" }),
            Affinity = new JsonObject { ["podAffinity"] = new JsonObject() },
            PriorityClassName = "high",
            TerminationGracePeriodSeconds = 60,
        };

        JsonObject pod = LauncherPod.Build(Sample.Vm(spec: spec), "image:1");

        JsonNode podSpec = pod["spec"]!;
        Assert.Equal("""{"disk":"ssd","fairlead.dev/agent":"ready"}""", podSpec["nodeSelector"]!.ToJsonString());
        Assert.Equal("""[{"operator":"Exists"}]""", podSpec["tolerations"]!.ToJsonString());
        Assert.Equal("""{"podAffinity":{}}""", podSpec["affinity"]!.ToJsonString());
        Assert.Equal("high", (string?)podSpec["priorityClassName"]);
        Assert.Equal(70, (long?)podSpec["terminationGracePeriodSeconds"]);
        Assert.Equal("vm-1", (string?)pod["metadata"]!["ownerReferences"]![0]!["uid"]);
        Assert.Null(pod["metadata"]!["labels"]!["app"]);
    }

    [Theory]
    [InlineData(1024, "MiB", 1, 1024 + 2 + 160 + 8)]
    [InlineData(2, "GiB", 4, 2048 + 4 + 160 + 32)]
    [InlineData(1048576, null, 1, 1024 + 2 + 160 + 8)]
    public void Memory_IsTheGuestsAndItsEmulators(long value, string? unit, int vcpus, long mebibytes)
    {
        VmDomain domain = new()
        {
            Memory = new VmMemory { Value = value, Unit = unit },
            Vcpu = vcpus,
        };

        Assert.Equal(mebibytes << 20, LauncherPod.MemoryBytes(domain));
    }

    [Fact]
    public void NothingSaid_IsTheManifestsDefault() =>
        Assert.Equal((256L << 20) + (1 << 19) + (168L << 20), LauncherPod.MemoryBytes(new VmDomain()));
}
