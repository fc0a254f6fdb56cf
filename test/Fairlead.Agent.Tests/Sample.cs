using Fairlead.Agent.Reconciling;
using Fairlead.Crds;

namespace Fairlead.Agent.Tests;

/// <summary>Manifests and records.</summary>
internal static class Sample
{
    public static DateTimeOffset Time { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static VirtualMachineKey Key(string name) => new("default", name);

    public static string Manifest(string name, string spec = "{}") =>
        $"apiVersion: fairlead.dev/v1alpha1\nkind: VirtualMachine\nmetadata:\n  name: {name}\nspec: {spec}\n";

    public static string WithMac(string name, string mac) =>
        Manifest(name, $"{{domain: {{devices: {{interfaces: [{{mac: {{address: \"{mac}\"}}}}]}}}}}}");

    public static VirtualMachine Vm(string name, string spec = "{}")
    {
        ManifestFile file = ManifestReader.Read(Manifest(name, spec), "vm.yaml");
        Assert.Empty(file.AllErrors);
        return file.Documents[0].VirtualMachine!;
    }

    public static VmRecord Record(string name, string spec = "{}", string uid = "6a1f2e7c-55b0-4c49-9d5e-0f6f0f9d0001")
    {
        VirtualMachine vm = Vm(name, spec);
        return new VmRecord
        {
            Version = VmRecord.CurrentVersion,
            Digest = SpecDigest.Of(vm),
            Vm = vm with { Metadata = vm.Metadata with { Uid = uid, Generation = 1, CreationTimestamp = Time } },
        };
    }
}

/// <summary>A directory that goes with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fl-agent-").FullName;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(Of(name), text);
        return Of(name);
    }

    public string Read(string name) => File.ReadAllText(Of(name));

    /// <summary>Names of the files, ordered.</summary>
    public string[] Names() =>
        [.. Directory.GetFiles(Path).Select(p => System.IO.Path.GetFileName(p)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
