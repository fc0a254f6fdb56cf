using Fairlead.Standalone.Recipes;

namespace Fairlead.Standalone.Tests;

public sealed class RecipeTests
{
    private readonly List<string> _calls = [];
    private readonly StringWriter _output = new();

    private StepLog Log => new(_output, TimeProvider.System);

    private sealed class Part(string name, List<string> calls) : IEnvironmentPart
    {
        public string Name { get; } = name;

        public string? LogPath { get; init; }

        public Exception? EnsureFailure { get; init; }

        public Exception? RemoveFailure { get; init; }

        public bool IsThere { get; init; }

        public Task<string?> EnsureAsync(CancellationToken cancellationToken)
        {
            calls.Add($"+{Name}");
            return EnsureFailure is { } failure
                ? Task.FromException<string?>(failure)
                : Task.FromResult(IsThere ? null : $"made {Name}");
        }

        public Task<string?> RemoveAsync(CancellationToken cancellationToken)
        {
            calls.Add($"-{Name}");
            return RemoveFailure is { } failure
                ? Task.FromException<string?>(failure)
                : Task.FromResult<string?>($"removed {Name}");
        }

        public Task<PartStatus> CheckAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private Task<int> UpAsync(params Part[] parts) =>
        UpRecipe.RunAsync(parts, UpRecipe.Reversed, Log, TestContext.Current.CancellationToken);

    [Fact]
    public async Task AllParts_AreMadeInOrder()
    {
        Assert.Equal(2, await UpAsync(new Part("a", _calls), new Part("b", _calls)));

        Assert.Equal(["+a", "+b"], _calls);
        Assert.Matches(@"^\[  \d\.\d\d s\] made a\n\[  \d\.\d\d s\] made b\n$", _output.ToString());
    }

    private sealed class BrokenWriter : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("broken pipe");
    }

    [Fact]
    public async Task ReaderThatHasGone_StopsNothing()
    {
        int changes = await UpRecipe.RunAsync(
            [new Part("a", _calls), new Part("b", _calls)],
            UpRecipe.Reversed,
            new StepLog(new BrokenWriter(), TimeProvider.System),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(2, changes);
    }

    [Fact]
    public async Task PartsThatWereThere_CountForNothing() =>
        Assert.Equal(
            0,
            await UpAsync(new Part("a", _calls) { IsThere = true }, new Part("b", _calls) { IsThere = true })
        );

    [Fact]
    public async Task FailingPart_IsUndoneFirst_ThenThoseBeforeIt()
    {
        EnvironmentException e = await Assert.ThrowsAsync<EnvironmentException>(() =>
            UpAsync(
                new Part("a", _calls),
                new Part("b", _calls),
                new Part("c", _calls) { EnsureFailure = new IOException("no space") },
                new Part("d", _calls)
            )
        );

        Assert.Equal(["+a", "+b", "+c", "-c", "-b", "-a"], _calls);
        Assert.Equal("c: no space", e.Message);
        Assert.Contains("FAILED c: no space", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWasThereBefore_IsNotUndone()
    {
        await Assert.ThrowsAsync<EnvironmentException>(() =>
            UpAsync(
                new Part("a", _calls) { IsThere = true },
                new Part("b", _calls),
                new Part("c", _calls) { EnsureFailure = new IOException("no space") }
            )
        );

        Assert.Equal(["+a", "+b", "+c", "-c", "-b"], _calls);
    }

    [Fact]
    public async Task FailureOfOneUndoing_StopsNoOther()
    {
        await Assert.ThrowsAsync<EnvironmentException>(() =>
            UpAsync(
                new Part("a", _calls),
                new Part("b", _calls) { RemoveFailure = new IOException("busy") },
                new Part("c", _calls) { EnsureFailure = new IOException("no space") }
            )
        );

        Assert.Equal(["-c", "-b", "-a"], _calls[3..]);
        Assert.Contains("FAILED b: busy", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("not all of it could be undone", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogOfTheFailingPart_IsShown()
    {
        using TemporaryDirectory directory = new();
        string log = directory.Of("c.log");
        await File.WriteAllTextAsync(log, "address in use\n", TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<EnvironmentException>(() =>
            UpAsync(new Part("c", _calls) { EnsureFailure = new IOException("ended"), LogPath = log })
        );

        Assert.Contains($"{log} ends with:\n    address in use\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CtrlC_UndoesWhatWasBegun()
    {
        using CancellationTokenSource source = new();
        Part cancelled = new("b", _calls) { EnsureFailure = new OperationCanceledException() };
        await source.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            UpRecipe.RunAsync([new Part("a", _calls), cancelled], UpRecipe.Reversed, Log, source.Token)
        );

        Assert.Equal(["+a", "+b", "-b", "-a"], _calls);
    }

    [Fact]
    public async Task Teardown_RunsAllStepsAndReportsAllFailures()
    {
        IReadOnlyList<StepFailure> failures = await Teardown.RunAsync(
            [
                TeardownStep.Remove(new Part("a", _calls) { RemoveFailure = new IOException("busy") }),
                TeardownStep.Remove(new Part("b", _calls)),
                TeardownStep.Remove(new Part("c", _calls) { RemoveFailure = new InvalidOperationException("odd") }),
                TeardownStep.Remove(new Part("record", _calls)) with
                {
                    OnlyWhenNothingIsLeft = true,
                },
            ],
            Log
        );

        Assert.Equal(["-a", "-b", "-c"], _calls);
        Assert.Equal([new StepFailure("a", "busy", false), new StepFailure("c", "odd", false)], failures);
    }

    [Fact]
    public async Task FailedCourtesy_LeavesNothingThatTheRecordWouldBeNeededFor()
    {
        IReadOnlyList<StepFailure> failures = await Teardown.RunAsync(
            [
                TeardownStep.Remove(new Part("drain", _calls) { RemoveFailure = new IOException("slow") }) with
                {
                    IsCourtesy = true,
                },
                TeardownStep.Remove(new Part("record", _calls)) with
                {
                    OnlyWhenNothingIsLeft = true,
                },
            ],
            Log
        );

        Assert.Equal(["-drain", "-record"], _calls);
        Assert.True(Assert.Single(failures).IsCourtesy);
    }

    [Fact]
    public async Task StepThatTakesTooLong_IsAFailureAndTheNextIsRun()
    {
        TeardownStep slow = new(
            "slow",
            async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return null;
            }
        )
        {
            Timeout = TimeSpan.FromMilliseconds(20),
        };

        IReadOnlyList<StepFailure> failures = await Teardown.RunAsync(
            [slow, TeardownStep.Remove(new Part("next", _calls))],
            Log
        );

        Assert.Equal("slow", Assert.Single(failures).Step);
        Assert.Equal(["-next"], _calls);
    }
}
