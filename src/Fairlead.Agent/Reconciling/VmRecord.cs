using System.Text.Json.Serialization;
using Fairlead.Crds;
using Fairlead.Vmi;

namespace Fairlead.Agent.Reconciling;

/// <summary>What the agent remembers of one virtual machine: its identity, the spec it was last given, and how far it is.</summary>
internal sealed record VmRecord
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    /// <summary>The last accepted object, with UID, generation, creation time and status.</summary>
    public required VirtualMachine Vm { get; init; }

    /// <summary>Digest of the manifest that <see cref="Vm"/> was made from.</summary>
    public required string Digest { get; init; }

    /// <summary>File that the manifest was last read from; null for a record of an earlier release.</summary>
    public string? Source { get; init; }

    public RunState Run { get; init; }

    /// <summary>Spec that the domain was started from.</summary>
    public VirtualMachineSpec? StartedSpec { get; init; }

    /// <summary>What its vNICs keep for as long as it exists, by their names.</summary>
    public IReadOnlyDictionary<string, KeptVnic> Identities { get; init; } = new Dictionary<string, KeptVnic>();

    /// <summary>When the domain was started last.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the guest ended by itself last.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How often it was run again lately, as its strategy says.</summary>
    public int Reruns { get; init; }

    /// <summary>How long the steps of the domain's last start took.</summary>
    public IReadOnlyList<StepDuration> StartSteps { get; init; } = [];

    [JsonIgnore]
    public VirtualMachineKey Key => Vm.Key;

    [JsonIgnore]
    public string Uid => Vm.Metadata.Uid!;

    /// <summary>On a cluster: by which placement it is here.</summary>
    [JsonIgnore]
    public string? Placement => Vm.Status?.Placement?.Id;

    /// <summary>On a cluster: nothing of the placement is left, and it is not begun again.</summary>
    [JsonIgnore]
    public bool IsReleased => Placement is { } placement && Vm.Status!.Released == placement;
}

[JsonConverter(typeof(JsonStringEnumConverter<RunState>))]
internal enum RunState
{
    /// <summary>There is no domain, or none that has run; one is wanted if the spec says so.</summary>
    NotStarted,

    /// <summary>The domain is about to be started, or runs.</summary>
    Started,

    /// <summary>The guest has ended by itself; it is not started again unless somebody asks.</summary>
    Ended,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(VmRecord))]
internal sealed partial class VmRecordJson : JsonSerializerContext;
