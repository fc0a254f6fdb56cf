namespace Fairlead.Standalone.Recipes;

/// <summary>One step of a tear-down. It returns what was done, or null when nothing was there.</summary>
internal sealed record TeardownStep(string Name, Func<CancellationToken, Task<string?>> RunAsync)
{
    /// <summary>How long the step may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether its failure is made good by the steps after it: nothing is left behind.</summary>
    public bool IsCourtesy { get; init; }

    /// <summary>Whether it removes what a later try needs: not done when something was left behind.</summary>
    public bool OnlyWhenNothingIsLeft { get; init; }

    public static TeardownStep Remove(IEnvironmentPart part) => new(part.Name, part.RemoveAsync);
}

/// <summary>A step of a tear-down that failed.</summary>
/// <param name="Step">The step.</param>
/// <param name="Message">Why.</param>
/// <param name="IsCourtesy">As the step's: nothing is left behind by it.</param>
internal sealed record StepFailure(string Step, string Message, bool IsCourtesy);

/// <summary>Runs all steps of a tear-down, whatever becomes of each.</summary>
internal static class Teardown
{
    /// <summary>Returns the failures; they are in the log already.</summary>
    /// <remarks>No caller's token: a tear-down that was cut off by Ctrl-C leaves behind what nobody looks for.</remarks>
    public static async Task<IReadOnlyList<StepFailure>> RunAsync(IEnumerable<TeardownStep> steps, StepLog log)
    {
        List<StepFailure> failures = [];
        foreach (TeardownStep step in steps)
        {
            if (step.OnlyWhenNothingIsLeft && failures.Exists(failure => !failure.IsCourtesy))
                continue;
            using CancellationTokenSource deadline = new(step.Timeout);
            try
            {
                if (await step.RunAsync(deadline.Token) is { } done)
                    log.Line(done);
            }
#pragma warning disable CA1031 // House style, 5: the tear-down loop is one of the places that catch everything.
            catch (Exception e)
#pragma warning restore CA1031
            {
                string message =
                    e is OperationCanceledException && deadline.IsCancellationRequested
                        ? $"not done within {step.Timeout.TotalSeconds:0} s"
                        : e.Message;
                log.Line($"FAILED {step.Name}: {message}");
                failures.Add(new StepFailure(step.Name, message, step.IsCourtesy));
            }
        }
        return failures;
    }
}
