namespace Fairlead.CniProxy;

/// <summary>
/// Places between two steps where a test may stop the proxy, to kill it or somebody else just there. Only with
/// FAIRLEAD_TEST_PAUSES in its environment, a directory of files named as the places are; otherwise nothing.
/// </summary>
internal static class PausePoint
{
    private static readonly string? s_directory = Environment.GetEnvironmentVariable("FAIRLEAD_TEST_PAUSES");

    /// <summary>Waits while the place's file is there, having said so by a file with ".reached" behind its name.</summary>
    public static Task ReachAsync(string place) => s_directory is null ? Task.CompletedTask : WaitAsync(place);

    private static async Task WaitAsync(string place)
    {
        string file = Path.Combine(s_directory!, place);
        if (!File.Exists(file))
            return;
        await File.WriteAllTextAsync($"{file}.reached", "");
        while (File.Exists(file))
            await Task.Delay(TimeSpan.FromMilliseconds(10));
    }
}
