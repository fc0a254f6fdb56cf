namespace Fairlead.Standalone.Parts;

/// <summary>Whether a process does its work.</summary>
/// <param name="Reason">Why it does not; null when it does.</param>
/// <param name="NeedsRestart">Whether waiting is in vain: it looks for what it lacks at its start only.</param>
internal readonly record struct Readiness(string? Reason, bool NeedsRestart = false)
{
    public static Readiness Ready => default;

    public bool IsReady => Reason is null;

    public static Readiness NotYet(string reason) => new(reason);
}
