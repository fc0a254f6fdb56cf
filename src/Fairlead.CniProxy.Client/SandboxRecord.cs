using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.CniProxy.Client;

/// <summary>
/// A pod of the standalone environment, as <c>fairlead up</c> records it for the CNI proxy: the proxy serves only
/// peers whose network namespace is the recorded one.
/// </summary>
/// <param name="Id">The sandbox's ID, as a container runtime would make it; part of every CNI container ID.</param>
/// <param name="PodName">Becomes K8S_POD_NAME.</param>
/// <param name="PodNamespace">Becomes K8S_POD_NAMESPACE.</param>
/// <param name="PodUid">Becomes K8S_POD_UID.</param>
/// <param name="NetnsPath">Where the pod's network namespace is mounted, in the host's mount namespace.</param>
public sealed record SandboxRecord(string Id, string PodName, string PodNamespace, string PodUid, string NetnsPath)
{
    /// <summary>Reads a record, or null when the file does not exist.</summary>
    /// <exception cref="InvalidDataException">The file is not a sandbox record.</exception>
    public static SandboxRecord? Read(string path)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json, SandboxRecordJson.Default.SandboxRecord)
                ?? throw new InvalidDataException($"{path}: not a sandbox record: null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: not a sandbox record: {e.Message}", e);
        }
    }

    /// <summary>The record as JSON, one object.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SandboxRecordJson.Default.SandboxRecord);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(SandboxRecord))]
internal sealed partial class SandboxRecordJson : JsonSerializerContext;
