using System.Diagnostics;

namespace Fairlead.Testing;

/// <summary>Waits for what comes true a little later, by polling.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the condition holds; fails the test with <paramref name="because"/> if it does not in time.</summary>
    /// <param name="condition">Asked every 50 ms.</param>
    /// <param name="timeout">How long to go on asking; it is asked at least once.</param>
    /// <param name="because">What is waited for, as "the VM web is Running".</param>
    public static Task Async(Func<Task<bool>> condition, TimeSpan timeout, string because) =>
        SucceedsAsync(
            async () =>
            {
                if (!await condition())
                    Assert.Fail("it is not so");
            },
            timeout,
            because
        );

    /// <inheritdoc cref="Async(Func{Task{bool}}, TimeSpan, string)"/>
    public static Task Async(Func<bool> condition, TimeSpan timeout, string because) =>
        Async(() => Task.FromResult(condition()), timeout, because);

    /// <summary>
    /// Waits until the assertion throws nothing; fails the test with the last exception's message if it does not in time.
    /// </summary>
    public static async Task SucceedsAsync(Func<Task> assertion, TimeSpan timeout, string because)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                if (watch.Elapsed >= timeout)
                    Assert.Fail($"after {watch.Elapsed.TotalSeconds:F1} s still not: {because}\n{e.Message}");
            }
            await Task.Delay(Interval, cancellationToken);
        }
    }
}
