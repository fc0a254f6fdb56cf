using System.Globalization;

namespace Fairlead.Standalone.Recipes;

/// <summary>A line a step, with the time since the beginning.</summary>
internal sealed class StepLog(TextWriter output, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public void Line(string text) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{Elapsed.TotalSeconds, 6:0.00} s] {text}"));

    /// <summary>Text without a time: what belongs to the line before.</summary>
    public void Detail(string text) => output.WriteLine(text);
}
