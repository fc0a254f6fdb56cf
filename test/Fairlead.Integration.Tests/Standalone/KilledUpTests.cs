using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Standalone;

/// <summary><c>up</c> itself may be killed at any time; what it has begun is known to whoever comes next.</summary>
public sealed class KilledUpTests
{
    [Fact]
    public async Task UpThatIsKilledAfterEachStep_CanBeTakenDown()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        NodeSnapshot before = await node.SnapshotAsync();
        for (int lines = 1; lines <= 8; lines++)
        {
            await KillAfterAsync(node, lines);

            await node.RunAsync("down", "--purge");

            await node.RestoredAsync(before);
        }
    }

    [Fact]
    public async Task UpThatIsKilledAfterEachStep_CanBeFinished()
    {
        await using StandaloneNode node = await StandaloneNode.StartAsync();
        for (int lines = 2; lines <= 8; lines += 2)
        {
            await KillAfterAsync(node, lines);

            await node.RunAsync("up");

            await node.ReadyAsync();
            await node.RunAsync("down");
            Assert.Empty(node.Reservations());
        }
    }

    // It goes on while it is watched, so it is killed somewhere in the step after that line.
    private static Task<string> KillAfterAsync(StandaloneNode node, int lines) =>
        node.Node.RunAsync(
            "bash",
            "-c",
            $$"""
            log=$(mktemp)
            {{StandaloneNode.Program}} up > "$log" 2>&1 &
            until [[ $(wc -l < "$log") -ge {{lines}} ]]; do sleep 0.005; done
            kill -KILL $!
            wait
            rm "$log"
            """
        );
}
