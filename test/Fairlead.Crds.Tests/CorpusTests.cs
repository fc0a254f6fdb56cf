using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Fairlead.Crds.Tests;

public sealed class CorpusTests
{
    [Theory]
    [MemberData(nameof(Corpus.GoodFiles), MemberType = typeof(Corpus))]
    public void GoodManifest_HasNoErrors(string file)
    {
        ManifestFile read = ManifestReader.ReadFile(Corpus.PathOf(file));

        Assert.Empty(read.AllErrors);
        Assert.All(read.Documents, document => Assert.NotNull(document.VirtualMachine));
    }

    [Theory]
    [MemberData(nameof(Corpus.GoodFiles), MemberType = typeof(Corpus))]
    public void GoodManifest_WrittenAndReadAgain_IsTheSame(string file)
    {
        foreach (ManifestDocument document in ManifestReader.ReadFile(Corpus.PathOf(file)).Documents)
        {
            VirtualMachine vm = document.VirtualMachine!;
            Manifests.AssertSame(vm, Manifests.ReadOne(ManifestWriter.ToYaml(vm)));
            Manifests.AssertSame(vm, Manifests.ReadOne(ManifestWriter.ToJson(vm)));
        }
    }

    [Theory]
    [MemberData(nameof(Corpus.BadFiles), MemberType = typeof(Corpus))]
    public void BadManifest_HasExactlyTheErrorsThatItWants(string file)
    {
        string text = File.ReadAllText(Corpus.PathOf(file));

        ManifestFile read = ManifestReader.Read(text, "f");

        Assert.NotEmpty(Corpus.WantedErrors(text));
        Assert.Equal(Corpus.WantedErrors(text), read.AllErrors.Select(error => error.ToString()["f:".Length..]));
    }

    [Fact]
    public void ProposalsManifest_IsReadWordForWord()
    {
        VirtualMachine vm = Manifests.ReadOne(File.ReadAllText(Corpus.PathOf("examples/pod-network.yaml")));

        DomainInterface vnic = Assert.Single(vm.Spec.Domain.Devices.Interfaces);
        Assert.Equal(InterfaceTypes.PodNetwork, vnic.Type);
        Assert.Equal("00:11:22:33:44:55", vnic.Mac?.Address);
        Assert.Equal("virtio", vnic.Model?.Type);
        Assert.Equal("default/demo", vm.Key.ToString());
        Assert.True(vm.Spec.Running);
    }

    [Fact]
    public void EveryFieldOfTheTypes_IsReadAndWritten()
    {
        SortedSet<string> written = new(StringComparer.Ordinal);
        foreach (
            ManifestDocument document in Corpus.Good.SelectMany(file =>
                ManifestReader.ReadFile(Corpus.PathOf(file)).Documents
            )
        )
            CollectPaths(
                JsonSerializer.SerializeToNode(document.VirtualMachine!, CrdsJson.VirtualMachine),
                "",
                written
            );
        SortedSet<string> declared = new(StringComparer.Ordinal);
        CollectPaths(CrdsJson.VirtualMachine, "", declared);

        declared.ExceptWith([".metadata.deletionTimestamp", ".metadata.resourceVersion", ".metadata.finalizers"]); // the server's, in no file
        Assert.Empty(declared.Except(written, StringComparer.Ordinal));
        Assert.Empty(written.Except(declared, StringComparer.Ordinal));
    }

    [Fact]
    public void Values_AreReadAsWritten()
    {
        VirtualMachine vm = Manifests.ReadOne(File.ReadAllText(Corpus.PathOf("good/everything.yaml")));

        Assert.Equal("console=ttyS0 root=LABEL=\"x y\" quiet", vm.Spec.Domain.Os!.Cmdline);
        Assert.Equal(ConditionStatus.True, vm.Status!.Conditions[0].Status);
        Assert.Equal(VirtualMachinePhase.Running, vm.Status.Phase);
        Assert.Equal("two\nlines\n", vm.Metadata.Annotations["example.com/note"]);
        Assert.Equal("0123", vm.Metadata.Labels["number"]);
        Assert.False(vm.Spec.Domain.Devices.Interfaces[0].Rom!.Enabled);
        Assert.False(vm.Spec.Domain.Devices.Interfaces[0].Rom!.Bar);
        Assert.Equal(1L << 30, vm.Spec.Domain.Memory!.Bytes);
    }

    private static void CollectPaths(JsonNode? node, string path, SortedSet<string> paths)
    {
        if (node is JsonArray array)
        {
            foreach (JsonNode? item in array)
                CollectPaths(item, path, paths);
        }
        else if (node is JsonObject value && !IsMap(path))
        {
            foreach ((string name, JsonNode? field) in value)
            {
                paths.Add($"{path}.{name}");
                CollectPaths(field, $"{path}.{name}", paths);
            }
        }
    }

    private static void CollectPaths(JsonTypeInfo type, string path, SortedSet<string> paths)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            // [JsonIgnore] leaves a property without a getter in the contract.
            if (property.Get is null)
                continue;
            string at = $"{path}.{property.Name}";
            paths.Add(at);
            Type inner = property.PropertyType.IsGenericType
                ? property.PropertyType.GetGenericArguments()[0]
                : property.PropertyType;
            if (!IsMap(at) && CrdsJson.Compact.TryGetTypeInfo(inner, out JsonTypeInfo? field))
                CollectPaths(field, at, paths);
        }
    }

    private static bool IsMap(string path) => path is ".metadata.labels" or ".metadata.annotations" or ".spec.nodeSelector" or ".spec.affinity";
}
