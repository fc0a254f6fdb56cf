namespace Fairlead.Crds.Reading;

/// <summary>The fields of a virtual machine by their names in manifests. <c>spec.domain</c> is in the other part.</summary>
internal static partial class VirtualMachineBinder
{
    public static VirtualMachine VirtualMachine(ObjectReader reader)
    {
        VirtualMachine vm = new()
        {
            ApiVersion = reader.String("apiVersion", Crds.VirtualMachine.GroupVersion) ?? "",
            Kind = reader.String("kind", Crds.VirtualMachine.KindName) ?? "",
            Metadata = reader.Object("metadata", "{name: web}", Metadata) ?? new ObjectMeta(),
            Spec = reader.Object("spec", "{running: true}", Spec) ?? new VirtualMachineSpec(),
            Status = reader.Object("status", "{phase: Running}", Status),
        };
        reader.Finish();
        return vm;
    }

    private static ObjectMeta Metadata(ObjectReader reader) =>
        new()
        {
            Name = reader.String("name", "web") ?? "",
            Namespace = reader.String("namespace", Defaults.Namespace) ?? Defaults.Namespace,
            Labels = reader.Map("labels", "{app: web}"),
            Annotations = reader.Map("annotations", "{example.com/owner: me}"),
            Uid = reader.String("uid", "3f2c1b7e-0000-4000-8000-000000000000"),
            Generation = reader.Long("generation", 1),
            CreationTimestamp = reader.Time("creationTimestamp"),
            DeletionTimestamp = reader.Time("deletionTimestamp"),
        };

    private static VirtualMachineSpec Spec(ObjectReader reader) =>
        new()
        {
            Running = reader.Bool("running", example: true) ?? true,
            RunStrategy = reader.String("runStrategy", RunStrategies.Always),
            NodeSelector = reader.Map("nodeSelector", "{kubernetes.io/hostname: node-1}"),
            Affinity = reader.Json("affinity", "{nodeAffinity: {}}"),
            Tolerations = reader.List("tolerations", "{key: dedicated, operator: Exists}", Toleration),
            PriorityClassName = reader.String("priorityClassName", "high"),
            TerminationGracePeriodSeconds =
                reader.Int("terminationGracePeriodSeconds", 30) ?? Defaults.TerminationGracePeriodSeconds,
            ReadinessProbe = reader.Object("readinessProbe", "{tcpSocket: {port: 80}}", ReadinessProbe),
            Hostname = reader.String("hostname", "web"),
            DnsPolicy = reader.String("dnsPolicy", DnsPolicies.None),
            DnsConfig = reader.Object("dnsConfig", "{nameservers: [10.0.0.53], searches: [example.com]}", DnsConfig),
            NetworkData = reader.String("networkData", NetworkDataFormats.CloudInit),
            Domain = reader.Object("domain", "{vcpu: 2}", Domain) ?? new DomainSpec(),
        };

    private static ReadinessProbe ReadinessProbe(ObjectReader reader) =>
        new()
        {
            TcpSocket = reader.Object("tcpSocket", "{port: <80>}", TcpSocket),
            GuestPing = reader.Object("guestPing", "{}", _ => new GuestPingAction()),
            InitialDelaySeconds = reader.Int("initialDelaySeconds", 5),
            PeriodSeconds = reader.Int("periodSeconds", 10),
            TimeoutSeconds = reader.Int("timeoutSeconds", 1),
            SuccessThreshold = reader.Int("successThreshold", 1),
            FailureThreshold = reader.Int("failureThreshold", 3),
        };

    private static TcpSocketAction TcpSocket(ObjectReader reader) => new() { Port = reader.Int("port", 80) };

    private static Toleration Toleration(ObjectReader reader) =>
        new()
        {
            Key = reader.String("key", "dedicated"),
            Operator = reader.String("operator", "Exists"),
            Value = reader.String("value", "vms"),
            Effect = reader.String("effect", "NoSchedule"),
            TolerationSeconds = reader.Long("tolerationSeconds", 300),
        };

    private static DnsConfig DnsConfig(ObjectReader reader) =>
        new()
        {
            Nameservers = reader.Strings("nameservers", "10.0.0.53"),
            Searches = reader.Strings("searches", "example.com"),
        };

    private static VirtualMachineStatus Status(ObjectReader reader) =>
        new()
        {
            Phase = reader.Word<VirtualMachinePhase>("phase"),
            Conditions = reader.List("conditions", "{type: Ready, status: \"True\"}", Condition),
            Interfaces = reader.List("interfaces", "{name: net0}", InterfaceStatus),
            Node = reader.String("node", "node-1"),
            Placement = reader.Object("placement", "{id: 3f2c1b7e-0000-4000-8000-000000000000}", Placement),
            Released = reader.String("released", "3f2c1b7e-0000-4000-8000-000000000000"),
            Hypervisor = reader.String("hypervisor", DomainTypes.Kvm),
            ObservedGeneration = reader.Long("observedGeneration", 1),
        };

    private static VirtualMachinePlacement Placement(ObjectReader reader) =>
        new()
        {
            Id = reader.String("id", "3f2c1b7e-0000-4000-8000-000000000000") ?? "",
            Stop = reader.String("stop", "the launcher pod is being deleted"),
        };

    private static VirtualMachineCondition Condition(ObjectReader reader) =>
        new()
        {
            Type = reader.String("type", ConditionTypes.Ready) ?? "",
            Status = reader.Word<ConditionStatus>("status") ?? ConditionStatus.Unknown,
            Reason = reader.String("reason", "AddressAssigned"),
            Message = reader.String("message", "all interfaces have their addresses"),
            LastTransitionTime = reader.Time("lastTransitionTime"),
            ObservedGeneration = reader.Long("observedGeneration", 1),
        };

    private static InterfaceStatus InterfaceStatus(ObjectReader reader) =>
        new()
        {
            Name = reader.String("name", "net0") ?? "",
            Mac = reader.String("mac", "52:54:00:12:34:56"),
            IpAddress = reader.String("ipAddress", "10.88.0.4"),
            IpAddresses = reader.Strings("ipAddresses", "10.88.0.4"),
            PodInterfaceName = reader.String("podInterfaceName", "net1"),
            LinkState = reader.String("linkState", "up"),
            Network = reader.String("network", "pod-network"),
        };
}
