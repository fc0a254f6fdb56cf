using System.Net;
using System.Text.Json.Serialization;
using Fairlead.Crds;

namespace Fairlead.Vmi;

/// <summary>
/// What the agent remembers of one vNIC's attachment. Saved before the addresses leave the VMI interface: from then on
/// it is the only copy of what the kernel showed.
/// </summary>
public sealed record AttachmentRecord
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }
    public required string VmUid { get; init; }
    public required string VmNamespace { get; init; }
    public required string VmName { get; init; }
    public required string Vnic { get; init; }

    /// <summary>The CNI network's name; null until the proxy has said which one the default network is.</summary>
    public string? Network { get; init; }

    /// <summary>Address of the bridge in its /30, from which DHCP answers.</summary>
    public required IPAddress BridgeAddress { get; init; }

    /// <summary>What CNI was asked for in the ADD that is under way or done; null before the first.</summary>
    public EndpointWish? Asked { get; init; }

    /// <summary>Why the endpoint has not the addresses that it had before, as a sentence; null when it has, or had none.</summary>
    public string? AddressesLost { get; init; }

    /// <summary>Its VM does not run: the endpoint is kept, and nothing else of the vNIC is there.</summary>
    public bool IsParked { get; init; }

    /// <summary>Null while no result of CNI is known.</summary>
    public VnicEndpoint? Endpoint { get; init; }

    /// <summary>The endpoint is of an interface that is gone, and another one is being asked for.</summary>
    public bool IsStale { get; init; }

    /// <summary>What the manifest has the guest told; null in a record of before there was anything but the VM's name.</summary>
    public GuestFacts? Facts { get; init; }

    /// <summary>Whether the guest may send from other MACs and addresses than its own: <c>antiSpoofing: false</c>.</summary>
    public bool MaySpoof { get; init; }

    /// <summary>How long the steps of its last set-up took, in order; empty before it was complete once.</summary>
    public IReadOnlyList<StepDuration> SetUp { get; init; } = [];

    [JsonIgnore]
    public VnicNames Names => new(VmUid, new VirtualMachineKey(VmNamespace, VmName), Vnic);

    [JsonIgnore]
    public string Key => Names.AttachmentKey;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(IPAddressConverter),
        typeof(IPNetworkConverter),
        typeof(InterfaceAddressConverter),
        typeof(MacAddressConverter),
    ]
)]
[JsonSerializable(typeof(AttachmentRecord))]
internal sealed partial class AttachmentRecordJson : JsonSerializerContext;
