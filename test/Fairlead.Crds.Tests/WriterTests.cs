using System.Text.Json;
using CsCheck;

namespace Fairlead.Crds.Tests;

public sealed class WriterTests
{
    [Fact]
    public void WrittenMachine_ReadAgain_IsTheSame() =>
        VirtualMachineGen.Machines.Sample(
            vm =>
            {
                string wanted = ManifestWriter.ToJson(vm);
                return Written(ManifestWriter.ToYaml(vm)) == wanted && Written(wanted) == wanted;
            },
            iter: 1_000
        );

    [Fact]
    public void WrittenList_ReadAgain_IsTheSame() =>
        VirtualMachineGen
            .Machines.List[1, 4]
            .Sample(
                vms =>
                {
                    List<string> wanted = [.. vms.Select(vm => ManifestWriter.ToJson(vm))];
                    return All(ManifestWriter.ToYaml(vms)).SequenceEqual(wanted)
                        && All(ManifestWriter.ToJson(vms)).SequenceEqual(wanted);
                },
                iter: 150
            );

    [Fact]
    public void GeneratedContract_ReadsWhatItWrites() =>
        VirtualMachineGen.Machines.Sample(
            vm =>
            {
                string json = JsonSerializer.Serialize(vm, CrdsJson.VirtualMachine);
                VirtualMachine read = JsonSerializer.Deserialize(json, CrdsJson.VirtualMachine)!;
                return JsonSerializer.Serialize(read, CrdsJson.VirtualMachine) == json;
            },
            iter: 500
        );

    [Fact]
    public void JsonThatIsSilent_GetsTheDefaults()
    {
        VirtualMachine vm = JsonSerializer.Deserialize(
            """{"metadata":{"name":"a"},"spec":{}}""",
            CrdsJson.VirtualMachine
        )!;

        Assert.True(vm.Spec.Running);
        Assert.Equal(30, vm.Spec.TerminationGracePeriodSeconds);
        Assert.Equal("default", vm.Metadata.Namespace);
        Assert.Empty(vm.Spec.Domain.Devices.Interfaces);
        Assert.Empty(VirtualMachineValidator.Validate(vm));
    }

    [Fact]
    public void Yaml_KeepsTheOrderAndQuotesWhatOthersMisread()
    {
        VirtualMachine vm = new()
        {
            Metadata = new ObjectMeta
            {
                Name = "web",
                Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["z"] = "yes", ["a"] = "0123" },
            },
            Spec = new VirtualMachineSpec
            {
                Domain = new DomainSpec
                {
                    Devices = new DomainDevices
                    {
                        Interfaces = [new DomainInterface { Mac = new InterfaceMac { Address = "00:11:22:33:44:55" } }],
                    },
                },
            },
            Status = new VirtualMachineStatus { Phase = VirtualMachinePhase.Running, Node = "node-1" },
        };

        Assert.Equal(
            """
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata:
              name: web
              namespace: default
              labels:
                a: "0123"
                z: "yes"
            spec:
              running: true
              terminationGracePeriodSeconds: 30
              domain:
                devices:
                  interfaces:
                  - mac:
                      address: "00:11:22:33:44:55"
            status:
              phase: Running
              node: node-1

            """,
            ManifestWriter.ToYaml(vm)
        );
    }

    [Fact]
    public void EmptyList_IsWrittenAsOne() =>
        Assert.Equal("apiVersion: v1\nkind: List\nitems: []\n", ManifestWriter.ToYaml([]));

    private static string Written(string text) => ManifestWriter.ToJson(Manifests.ReadOne(text));

    private static IEnumerable<string> All(string text) =>
        Manifests.Read(text).Documents.Select(document => ManifestWriter.ToJson(document.VirtualMachine!));
}
