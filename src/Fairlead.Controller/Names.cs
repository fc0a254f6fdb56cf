namespace Fairlead.Controller;

/// <summary>Names that the controller leaves in the cluster.</summary>
internal static class Names
{
    public const string FieldManager = "fairlead-controller";

    /// <summary>Holds a VM until its attachments are released.</summary>
    public const string Finalizer = "fairlead.dev/network";

    /// <summary>Kept by the agent on its node.</summary>
    public const string AgentLabel = "fairlead.dev/agent";

    public const string AgentReady = "ready";

    /// <summary>On an agent's lease: the name of its node.</summary>
    public const string AgentOfLabel = "fairlead.dev/agent-of";

    /// <summary>Marks launcher pods, with the VM's UID.</summary>
    public const string LauncherLabel = "fairlead.dev/launcher-of";

    /// <summary>Name of the VM, on its launcher pod: by it an affinity finds other VMs.</summary>
    public const string VmLabel = "fairlead.dev/vm";

    /// <summary>On a VM whose guest has ended: when somebody asked for another run.</summary>
    public const string StartAnnotation = "fairlead.dev/start";

    /// <summary>On a Service without selector: which VMs are its endpoints.</summary>
    public const string SelectorAnnotation = "fairlead.dev/selector";

    /// <summary>In the label endpointslice.kubernetes.io/managed-by.</summary>
    public const string SlicesManager = "controller.fairlead.dev";

    public static string LauncherOf(string vm) => vm + "-launcher";
}
