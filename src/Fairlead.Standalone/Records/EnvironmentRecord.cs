using System.Text.Json.Serialization;

namespace Fairlead.Standalone.Records;

/// <summary>
/// What an environment is and what was made for it, as far as it cannot be seen later by looking. Written before each
/// effect that it announces, so that whoever comes next can undo that effect, half-done or not.
/// </summary>
internal sealed record EnvironmentRecord
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    /// <summary>The boot in which it was made: after another one nothing but files is left.</summary>
    public required string BootId { get; init; }

    public required EnvironmentSettings Settings { get; init; }

    /// <summary>The pod's ID as a container runtime would make it: 64 hexadecimal digits. It outlives reboots.</summary>
    public required string SandboxId { get; init; }

    public required string PodUid { get; init; }

    /// <summary>CNI configuration directory in use: the one that was asked for, or the bundled one.</summary>
    public string? ConfigDirectory { get; init; }

    /// <summary>Bridge of the bundled network; null when another network is used.</summary>
    public string? BundledBridge { get; init; }

    /// <summary>Directories of the host that were made to be mounted upon in the pod.</summary>
    public IReadOnlyList<string> CreatedDirectories { get; init; } = [];

    /// <summary>The pod interface's attachment; null when there is none, not even half of one.</summary>
    public PodInterfaceRecord? PodInterface { get; init; }
}

/// <summary>What was asked of <c>fairlead up</c>, with the defaults filled in; paths are absolute.</summary>
internal sealed record EnvironmentSettings
{
    public required string NodeName { get; init; }
    public required string CniConfDirectory { get; init; }
    public required IReadOnlyList<string> CniBinDirectories { get; init; }

    /// <summary>Null: the default network.</summary>
    public string? Network { get; init; }
    public string? GuestKernel { get; init; }
    public string? GuestInitrd { get; init; }
    public string? GuestCommandLine { get; init; }
}

/// <summary>The CNI attachment behind eth0: enough to release it with nothing else left.</summary>
internal sealed record PodInterfaceRecord
{
    public required string Network { get; init; }
    public required string ContainerId { get; init; }
    public required string NetnsPath { get; init; }

    /// <summary>The network configuration list at the time of ADD, byte for byte.</summary>
    public required byte[] Configuration { get; init; }

    /// <summary>Whether ADD has succeeded; before that it may have run in part.</summary>
    public required bool Attached { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(EnvironmentRecord))]
internal sealed partial class EnvironmentRecordJson : JsonSerializerContext;
