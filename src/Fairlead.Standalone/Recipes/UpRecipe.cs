using Fairlead.Standalone.Processes;

namespace Fairlead.Standalone.Recipes;

/// <summary>Makes the parts in order; on a failure undoes what it began and says what failed.</summary>
internal static class UpRecipe
{
    /// <summary>Returns how many parts something had to be done for.</summary>
    /// <param name="parts">In order: each may rely on those before it.</param>
    /// <param name="undo">What has to be undone when a part fails, given those that were begun, the failing one last.</param>
    /// <param name="log">Receives a line a step.</param>
    /// <param name="cancellationToken">Cancelling is a failure of the step at hand.</param>
    /// <exception cref="EnvironmentException">A part failed; what was begun is undone.</exception>
    public static async Task<int> RunAsync(
        IReadOnlyList<IEnvironmentPart> parts,
        Func<IReadOnlyList<IEnvironmentPart>, IEnumerable<TeardownStep>> undo,
        StepLog log,
        CancellationToken cancellationToken
    )
    {
        List<IEnvironmentPart> begun = [];
        foreach (IEnvironmentPart part in parts)
        {
            try
            {
                if (await part.EnsureAsync(cancellationToken) is not { } done)
                    continue;
                begun.Add(part);
                log.Line(done);
            }
#pragma warning disable CA1031 // Whatever went wrong, what was begun has to be undone.
            catch (Exception e)
#pragma warning restore CA1031
            {
                begun.Add(part);
                await FailAsync(part, e, undo(begun), log);
                cancellationToken.ThrowIfCancellationRequested();
                throw new EnvironmentException($"{part.Name}: {e.Message}", e);
            }
        }
        return begun.Count;
    }

    /// <summary>The parts in reverse: the last begun is the first undone.</summary>
    public static IEnumerable<TeardownStep> Reversed(IReadOnlyList<IEnvironmentPart> begun) =>
        begun.Reverse().Select(TeardownStep.Remove);

    private static async Task FailAsync(
        IEnvironmentPart part,
        Exception failure,
        IEnumerable<TeardownStep> undo,
        StepLog log
    )
    {
        bool cancelled = failure is OperationCanceledException;
        log.Line(cancelled ? $"interrupted at {part.Name}" : $"FAILED {part.Name}: {failure.Message}");
        if (!cancelled && part.LogPath is { } path && LogFile.Tail(path) is { Length: > 0 } tail)
            log.Detail($"{path} ends with:\n{tail}");
        log.Line("undoing what was begun");
        IReadOnlyList<StepFailure> failures = await Teardown.RunAsync(undo, log);
        log.Line(
            failures.All(left => left.IsCourtesy)
                ? "undone"
                : "not all of it could be undone; what is left is recorded, and 'fairlead down' tries again"
        );
    }
}
