using Fairlead.Cni.Tests.Fakes;

namespace Fairlead.Cni.Tests.Execution;

/// <summary>Counts what the whole process has, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
public sealed class LeakTestsCollection;

[Collection(nameof(LeakTests))]
public sealed class LeakTests : IDisposable
{
    private readonly FakePlugins _plugins = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _plugins.Dispose();

    [Fact]
    public async Task ManyAtOnceGoodAndBad_LeaveNoDescriptorAndNoZombie()
    {
        _plugins.Add("good");
        _plugins.Add("bad").Fails("DEL", 100, "no");
        _plugins.Add("slow").OnRun("DEL", "sleep 60");
        await RunAsync(1);
        int descriptors = CountDescriptors();

        await RunAsync(20);

        // 80 runs: one descriptor lost in each would be 80. The .NET runtime itself opens a few, when it likes.
        Assert.InRange(CountDescriptors(), 0, descriptors + 20);
        Assert.Empty(Zombies());
    }

    private async Task RunAsync(int count)
    {
        CniRuntime runtime = _plugins.Runtime(o =>
            o with
            {
                CacheDirectory = null,
                PluginTimeout = TimeSpan.FromSeconds(1),
            }
        );
        string[] types = ["good", "bad", "slow", "missing"];
        await Task.WhenAll(
            Enumerable.Range(0, count * types.Length).Select(i => DeleteAsync(types[i % types.Length], i))
        );

        async Task DeleteAsync(string type, int i)
        {
            try
            {
                CniAttachment attachment = Sample.Attachment with { ContainerId = $"c{i}" };
                await runtime.DeleteAsync(Sample.List("1.0.0", type), attachment, cancellationToken: Cancellation);
            }
            catch (CniException e)
            {
                // On a busy machine the limit may strike the good one too.
                Assert.NotEqual(CniFailure.PluginNotStarted, e.Failure);
            }
        }
    }

    private static int CountDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static List<string> Zombies()
    {
        List<string> zombies = [];
        foreach (string process in Directory.GetDirectories("/proc").Where(p => char.IsAsciiDigit(p[6])))
        {
            try
            {
                string stat = File.ReadAllText($"{process}/stat");
                string[] rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (rest[0] == "Z" && int.Parse(rest[1], null) == Environment.ProcessId)
                    zombies.Add(stat);
            }
            catch (IOException)
            {
                // gone meanwhile
            }
        }
        return zombies;
    }
}
