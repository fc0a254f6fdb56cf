using System.Text.Json.Serialization;

namespace Fairlead.Crds;

/// <summary>A virtual machine whose vNICs are endpoints of the pod network; the one kind of API fairlead.dev/v1alpha1.</summary>
public sealed record VirtualMachine
{
    public const string Group = "fairlead.dev";
    public const string Version = "v1alpha1";
    public const string GroupVersion = Group + "/" + Version;
    public const string KindName = "VirtualMachine";

    public string ApiVersion { get; set; } = GroupVersion;

    public string Kind { get; set; } = KindName;

    public ObjectMeta Metadata { get; set; } = new();

    public VirtualMachineSpec Spec { get; set; } = new();

    public VirtualMachineStatus? Status { get; set; }

    /// <summary>What names this object among all others: namespace and name.</summary>
    [JsonIgnore]
    public VirtualMachineKey Key => new(Metadata.Namespace, Metadata.Name);

    /// <summary>The same object with <see cref="Defaults"/> where the manifest is silent.</summary>
    public VirtualMachine Defaulted() => this with { Spec = Defaults.Apply(Spec) };
}

/// <summary>Namespace and name, written <c>default/web</c>.</summary>
public readonly record struct VirtualMachineKey(string Namespace, string Name)
{
    public override string ToString() => Namespace + "/" + Name;
}

/// <summary>The part of Kubernetes' ObjectMeta that Fairlead uses.</summary>
public sealed record ObjectMeta
{
    public string Name { get; set; } = "";

    public string Namespace { get; set; } = Defaults.Namespace;

    public IReadOnlyDictionary<string, string> Labels { get; set; } = NoStrings.Instance;

    public IReadOnlyDictionary<string, string> Annotations { get; set; } = NoStrings.Instance;

    public string? Uid { get; set; }

    public long? Generation { get; set; }

    public DateTimeOffset? CreationTimestamp { get; set; }

    public DateTimeOffset? DeletionTimestamp { get; set; }

    /// <summary>On a cluster: other after every change.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>On a cluster: what must be done before the object may go.</summary>
    public IReadOnlyList<string> Finalizers { get; set; } = [];
}

/// <summary>What the user wants.</summary>
public sealed record VirtualMachineSpec
{
    /// <summary>Whether the machine should run; <c>fairlead stop</c> sets false.</summary>
    public bool Running { get; set; } = true;

    /// <summary>How long the guest gets to power off by itself before it is destroyed.</summary>
    public int TerminationGracePeriodSeconds { get; set; } = Defaults.TerminationGracePeriodSeconds;

    /// <summary>What the guest is told that it is called, a DNS label; null: the VM's name.</summary>
    public string? Hostname { get; set; }

    /// <summary><see cref="DnsPolicies"/>; null: what the vNIC's network says, else the libvirt pod's own resolver.</summary>
    public string? DnsPolicy { get; set; }

    public DnsConfig? DnsConfig { get; set; }

    /// <summary><see cref="NetworkDataFormats"/>: how the guest is told its network beside DHCP; null: not at all.</summary>
    public string? NetworkData { get; set; }

    /// <summary>The machine, in the words of libvirt's domain XML.</summary>
    public DomainSpec Domain { get; set; } = new();
}

/// <summary>Added to what the DNS policy gives, as a pod's dnsConfig is.</summary>
public sealed record DnsConfig
{
    /// <summary>IP addresses.</summary>
    public IReadOnlyList<string> Nameservers { get; set; } = [];

    /// <summary>Search domains.</summary>
    public IReadOnlyList<string> Searches { get; set; } = [];
}

internal static class NoStrings
{
    public static readonly IReadOnlyDictionary<string, string> Instance = new Dictionary<string, string>(0);
}
