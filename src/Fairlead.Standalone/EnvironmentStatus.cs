namespace Fairlead.Standalone;

/// <summary>How one part of an environment is.</summary>
/// <param name="Name">The part.</param>
/// <param name="Ready">Whether it does its work.</param>
/// <param name="Message">What it is, or why it is not ready.</param>
public sealed record PartStatus(string Name, bool Ready, string Message)
{
    /// <summary>Its process; null for what is no process, or when there is none.</summary>
    public int? Pid { get; init; }

    /// <summary>Its log; null when it has none.</summary>
    public string? LogPath { get; init; }
}

/// <summary>How an environment is.</summary>
/// <param name="StateDirectory">The environment's persistent directory.</param>
/// <param name="NodeName">Null when there is no environment.</param>
/// <param name="Parts">In the order in which they are made.</param>
/// <param name="Components">What the agent says of itself; empty when it does not answer.</param>
public sealed record EnvironmentStatus(
    string StateDirectory,
    string? NodeName,
    IReadOnlyList<PartStatus> Parts,
    IReadOnlyList<PartStatus> Components
)
{
    /// <summary>Whether all parts and all of the agent's components are.</summary>
    public bool Ready => Parts.Count > 0 && Parts.All(part => part.Ready) && Components.All(part => part.Ready);

    /// <summary>What to do when it is not ready: command lines.</summary>
    public IReadOnlyList<string> Remedies { get; init; } = [];
}
