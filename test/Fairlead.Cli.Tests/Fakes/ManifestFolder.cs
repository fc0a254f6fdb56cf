namespace Fairlead.Cli.Tests.Fakes;

/// <summary>A directory for manifests that is gone after the test.</summary>
internal sealed class ManifestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fl-cli-").FullName;

    /// <returns>The file's path.</returns>
    public string Write(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string WriteMachine(string name) =>
        Write(
            name + ".yaml",
            $"""
            apiVersion: fairlead.dev/v1alpha1
            kind: VirtualMachine
            metadata:
              name: {name}
            """
        );

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
