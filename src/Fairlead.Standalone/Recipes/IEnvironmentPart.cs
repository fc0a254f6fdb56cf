namespace Fairlead.Standalone.Recipes;

/// <summary>
/// One thing that an environment consists of. Parts compare what there is with what there should be, so that the same
/// calls make an environment, mend it, and clear away what is left of it.
/// </summary>
internal interface IEnvironmentPart
{
    /// <summary>As messages call it.</summary>
    string Name { get; }

    /// <summary>Log that may explain a failure, or null.</summary>
    string? LogPath { get; }

    /// <summary>Makes it be there and ready. Returns what was done, or null when all was in order.</summary>
    Task<string?> EnsureAsync(CancellationToken cancellationToken);

    /// <summary>Makes it be gone, from any state. Returns what was done, or null when nothing was there.</summary>
    Task<string?> RemoveAsync(CancellationToken cancellationToken);

    /// <summary>Looks, and changes nothing.</summary>
    Task<PartStatus> CheckAsync(CancellationToken cancellationToken);
}
