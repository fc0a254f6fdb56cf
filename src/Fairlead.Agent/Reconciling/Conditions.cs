using Fairlead.Crds;

namespace Fairlead.Agent.Reconciling;

/// <summary>Conditions with Kubernetes' rule: lastTransitionTime moves only when the status does.</summary>
internal static class Conditions
{
    /// <summary>The list with one condition set; the others stay, in order.</summary>
    public static IReadOnlyList<VirtualMachineCondition> Set(
        IReadOnlyList<VirtualMachineCondition> conditions,
        string type,
        bool status,
        string reason,
        string message,
        DateTimeOffset now
    )
    {
        ConditionStatus wanted = status ? ConditionStatus.True : ConditionStatus.False;
        VirtualMachineCondition? old = conditions.FirstOrDefault(c => c.Type == type);
        VirtualMachineCondition set = new()
        {
            Type = type,
            Status = wanted,
            Reason = reason,
            Message = message,
            LastTransitionTime = old?.Status == wanted ? old.LastTransitionTime : now,
        };
        return old is null ? [.. conditions, set] : [.. conditions.Select(c => c.Type == type ? set : c)];
    }

    /// <summary>The list without the condition of that type.</summary>
    public static IReadOnlyList<VirtualMachineCondition> Remove(
        IReadOnlyList<VirtualMachineCondition> conditions,
        string type
    ) => [.. conditions.Where(c => c.Type != type)];
}

/// <summary>Reasons in conditions and events: one word each, stable, for programs.</summary>
internal static class Reasons
{
    public const string Accepted = "Accepted";
    public const string SettingUp = "SettingUp";
    public const string NetworkAttached = "NetworkAttached";
    public const string NetworkNotReady = "NetworkNotReady";
    public const string AttachFailed = "AttachFailed";
    public const string Started = "Started";
    public const string StartFailed = "StartFailed";
    public const string FileMissing = "FileMissing";
    public const string HypervisorMissing = "HypervisorMissing";
    public const string Released = "Released";
    public const string ReleaseFailed = "ReleaseFailed";
    public const string Stopping = "Stopping";
    public const string Stopped = "Stopped";
    public const string Moving = "Moving";
    public const string Drained = "Drained";
    public const string GuestPoweredOff = "GuestPoweredOff";
    public const string GuestCrashed = "GuestCrashed";
    public const string EndUnknown = "EndUnknown";
    public const string Destroyed = "Destroyed";
    public const string DomainGone = "DomainGone";
    public const string InvalidManifest = "InvalidManifest";
    public const string Repaired = "Repaired";
    public const string RepairFailed = "RepairFailed";
    public const string VnicPlugged = "VnicPlugged";
    public const string VnicUnplugged = "VnicUnplugged";
    public const string AddressLost = "AddressLost";
    public const string MacIgnored = "MacIgnored";
    public const string UnplugPending = "UnplugPending";
    public const string LinkChanged = "LinkChanged";
    public const string ReadinessProbeFailed = "ReadinessProbeFailed";
    public const string RestartRequired = "RestartRequired";
    public const string Synchronized = "Synchronized";
    public const string Running = "Running";
}
