using System.Text.Json.Serialization;
using Fairlead.Crds;

namespace Fairlead.Agent.Reconciling;

/// <summary>A pod-network vNIC that somebody wants on a libvirt domain of their own.</summary>
internal sealed record DomainVnicRecord
{
    public const int CurrentVersion = 1;

    // A capital: no manifest's namespace can be this one.
    private const string Namespace = "Domain";

    public required int Version { get; init; }

    public required Guid DomainUuid { get; init; }

    /// <summary>As it was called when the vNIC was attached; it tells people more than the UUID.</summary>
    public required string DomainName { get; init; }

    /// <summary>The vNIC's name, unique in its domain.</summary>
    public required string Vnic { get; init; }

    /// <summary>The CNI network; null for the default one.</summary>
    public string? Network { get; init; }

    /// <summary>The MAC that was asked for, or null.</summary>
    public string? Mac { get; init; }

    /// <summary>The address that was asked for, or null.</summary>
    public string? Ip { get; init; }

    /// <summary>What it was given; the domain's configuration has its MAC, so it is asked for again at every set-up.</summary>
    public KeptVnic? Kept { get; init; }

    /// <summary>The guest has been asked to let it go, and it is to be released then.</summary>
    public bool IsLeaving { get; init; }

    [JsonIgnore]
    public string Id => $"{DomainUuid}/{Vnic}";

    [JsonIgnore]
    public VirtualMachineKey Key => KeyOf(DomainUuid);

    /// <summary>What stands for the domain where a virtual machine's key is wanted: queue, events, names.</summary>
    public static VirtualMachineKey KeyOf(Guid domain) => new(Namespace, domain.ToString());

    /// <summary>The domain of a key, or null when the key is a virtual machine's.</summary>
    public static Guid? DomainOf(VirtualMachineKey key) => key.Namespace == Namespace ? Guid.Parse(key.Name) : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(DomainVnicRecord))]
internal sealed partial class DomainVnicRecordJson : JsonSerializerContext;
