using System.Diagnostics;
using System.Globalization;

namespace Fairlead.Cni.RecordingPlugin;

/// <summary>The ways in which a plugin can misbehave.</summary>
internal static class FailureModes
{
    /// <param name="mode">
    /// <c>error N</c>: the specification's error with that code. <c>exit N</c>: ends silently. <c>throw</c>: an exception
    /// of no kind. <c>garbage N</c>: no JSON on stdout, and that exit status. <c>hang</c>: never ends. <c>fork</c>: a child
    /// that holds stdout and stays. <c>fork-hang</c>: both. <c>huge</c>: 100 MB on stdout. <c>noise</c>: much on stderr.
    /// </param>
    public static async Task EnterAsync(string mode, CancellationToken cancellationToken)
    {
        string[] words = mode.Split(' ');
        int number = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        switch (words[0])
        {
            case "error":
                throw new CniPluginException((CniErrorCode)number, "told to fail", "by its configuration");
            case "exit":
                Environment.Exit(number);
                break;
            case "throw":
                throw new InvalidOperationException("told to throw");
            case "garbage":
                await Console.Out.WriteAsync("panic: runtime error \u0001");
                Environment.Exit(number);
                break;
            case "hang":
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case "fork":
                HoldOutput();
                break;
            case "fork-hang":
                HoldOutput();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case "huge":
                for (int i = 0; i < 100; i++)
                    await Console.Out.WriteAsync(new string('x', 1_000_000));
                break;
            case "noise":
                for (int i = 0; i < 20; i++)
                    await Console.Error.WriteAsync(new string('x', 1_000_000));
                break;
        }
    }

    public static void CloseStandardInput() => Native.Close(0);

    // Not redirected: it inherits our stdout. Longer than the runtime listens, and soon gone.
    private static void HoldOutput() => Process.Start(new ProcessStartInfo("sleep", "2") { UseShellExecute = false });
}
