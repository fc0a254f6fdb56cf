using System.Text.Json;

namespace Fairlead.VnicBenchmarks;

/// <summary>What the agent has on record of each attachment's set-up.</summary>
internal static class AttachmentSteps
{
    /// <summary>The medians of the steps, in their order.</summary>
    public static IReadOnlyList<(string Step, double Milliseconds)> Medians()
    {
        List<string> order = [];
        Dictionary<string, List<double>> steps = new(StringComparer.Ordinal);
        foreach (string path in Directory.GetFiles($"{FairleadEnvironment.StateDirectory}/agent/attachments", "*.json"))
        {
            using JsonDocument record = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (JsonElement step in record.RootElement.GetProperty("setUp").EnumerateArray())
            {
                string name = step.GetProperty("step").GetString()!;
                if (!steps.TryGetValue(name, out List<double>? values))
                {
                    order.Add(name);
                    steps[name] = values = [];
                }

                values.Add(step.GetProperty("duration").Deserialize<TimeSpan>().TotalMilliseconds);
            }
        }

        return [.. order.Select(name => (name, new Timings(steps[name], default).Percentile(0.5)))];
    }
}
