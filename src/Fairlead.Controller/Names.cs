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

    /// <summary>Marks launcher pods, with the VM's UID.</summary>
    public const string LauncherLabel = "fairlead.dev/launcher-of";

    /// <summary>On a Service without selector: which VMs are its endpoints.</summary>
    public const string SelectorAnnotation = "fairlead.dev/selector";

    /// <summary>In the label endpointslice.kubernetes.io/managed-by.</summary>
    public const string SlicesManager = "controller.fairlead.dev";

    public static string LauncherOf(string vm) => vm + "-launcher";
}
