using System.Globalization;

namespace Fairlead.Standalone.Recipes;

/// <summary>A line a step, with the time since the beginning.</summary>
internal sealed class StepLog(TextWriter output, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public void Line(string text) =>
        Detail(string.Create(CultureInfo.InvariantCulture, $"[{Elapsed.TotalSeconds, 6:0.00} s] {text}"));

    /// <summary>Text without a time: what belongs to the line before.</summary>
    public void Detail(string text)
    {
        try
        {
            output.WriteLine(text);
        }
        catch (IOException)
        {
            // Whoever read it has gone, as in `fairlead up | head -1`. That is no reason to stop half-way.
        }
    }
}
