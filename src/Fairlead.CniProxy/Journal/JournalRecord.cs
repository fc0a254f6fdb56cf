using System.Text.Json.Serialization;
using Fairlead.CniProxy.Verbs;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Journal;

/// <summary>
/// One attachment as the journal keeps it: enough to release it with nothing else left, whatever became of the pod, the
/// network configuration and the proxy that made it. The format is in docs/journal.md.
/// </summary>
internal sealed record JournalRecord
{
    public const int CurrentVersion = 2;

    /// <summary>Version 1 has no boot ID, and says the namespace's identity in other words; it is read all the same.</summary>
    public const int OldestVersion = 1;

    public required int Version { get; init; }
    public required string Key { get; init; }
    public required string SandboxId { get; init; }
    public required string ContainerId { get; init; }
    public required string Network { get; init; }

    /// <summary>The name that the client asked for, where it is another: of a NetworkAttachmentDefinition.</summary>
    public string? RequestedNetwork { get; init; }

    /// <summary>On a cluster: NAMESPACE/NAME of the launcher pod of the machine.</summary>
    public string? Launcher { get; init; }
    public required string InterfaceName { get; init; }
    public required string NetnsPath { get; init; }

    /// <summary>Identity of the network namespace at the time of ADD, "device:inode"; tells a namespace from its successor at the same path.</summary>
    [JsonConverter(typeof(NetnsIdentityJson))]
    public required NetworkNamespaceId NetnsIdentity { get; init; }

    /// <summary>The kernel's cookie of that namespace, which comes only once in a boot; null when it was not known.</summary>
    public ulong? NetnsCookie { get; init; }

    /// <summary>The boot during which ADD was run, since the kernel counts namespaces anew at each; null in a record of version 1.</summary>
    public string? BootId { get; init; }
    public required string PodName { get; init; }
    public required string PodNamespace { get; init; }
    public required string PodUid { get; init; }

    /// <summary>MAC that the client asked for, or null.</summary>
    public string? Mac { get; init; }

    /// <summary>Addresses that the client asked for, or null.</summary>
    public IReadOnlyList<string>? Ips { get; init; }

    /// <summary>Limits that the client asked for, or null.</summary>
    public EndpointBandwidth? Bandwidth { get; init; }
    public required JournalState State { get; init; }

    /// <summary>The network configuration list at the time of ADD, byte for byte: DEL uses it though the file may have changed since.</summary>
    public required byte[] Configuration { get; init; }

    /// <summary>File that the configuration was read from, for messages.</summary>
    public required string ConfigurationPath { get; init; }

    /// <summary>CNI result of ADD, byte for byte; null before there is one.</summary>
    public byte[]? Result { get; init; }

    /// <summary>What went wrong last; null when nothing did.</summary>
    public string? Message { get; init; }

    /// <summary>How often its release has failed since it was begun.</summary>
    public int FailedReleases { get; init; }

    /// <summary>When the release is tried again; null when none has failed.</summary>
    public DateTimeOffset? NextTryAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What <see cref="Verbs.KeyedLock"/> knows it by: one at a time works on it.</summary>
    [JsonIgnore]
    public string LockKey => LockKeyOf(SandboxId, Key);

    public static string LockKeyOf(string sandboxId, string key) => $"{sandboxId}\n{key}";

    /// <summary>The client's name for it and the pod it belongs to, as messages call it.</summary>
    [JsonIgnore]
    public string DisplayName => $"{Key} of {PodNamespace}/{PodName}";
}

[JsonConverter(typeof(JsonStringEnumConverter<JournalState>))]
internal enum JournalState
{
    /// <summary>Intent: ADD may have run, in part or whole.</summary>
    Adding,

    /// <summary>ADD has succeeded and its result is recorded.</summary>
    Attached,

    /// <summary>DEL may have run, in part or whole.</summary>
    Releasing,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(JournalRecord))]
internal sealed partial class JournalJson : JsonSerializerContext;
