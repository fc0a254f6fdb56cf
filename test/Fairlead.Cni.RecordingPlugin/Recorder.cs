using System.Collections;
using System.Text.Json;

namespace Fairlead.Cni.RecordingPlugin;

/// <summary>
/// A plugin that records each call in the directory that its configuration names (<c>record</c>), and then does what
/// <c>modes</c> says for the verb: see <see cref="FailureModes"/>. Without a mode it passes the previous result on, or
/// answers <c>result</c>, or asks the delegate that <c>delegate</c> names.
/// </summary>
internal sealed class Recorder : CniPlugin
{
    public override async Task<CniResult> AddAsync(PluginInvocation invocation, CancellationToken cancellationToken)
    {
        await ActAsync(invocation, "ADD", cancellationToken);
        if (Text(invocation, "delegate") is { } type)
            return (await invocation.DelegateAsync(type, cancellationToken))!;
        if (invocation.Configuration.TryGetProperty("result", out JsonElement result))
            return CniResult.Parse(System.Text.Encoding.UTF8.GetBytes(result.GetRawText()), invocation.CniVersion);
        return invocation.PreviousResult
            ?? CniResult.Create(CniVersion.V1_1_0, [], [new(CidrAddress.Parse("10.1.2.3/24"))]);
    }

    public override async Task DeleteAsync(PluginInvocation invocation, CancellationToken cancellationToken)
    {
        await ActAsync(invocation, "DEL", cancellationToken);
        if (Text(invocation, "delegate") is { } type)
            await invocation.DelegateAsync(type, cancellationToken);
    }

    public override Task CheckAsync(PluginInvocation invocation, CancellationToken cancellationToken) =>
        ActAsync(invocation, "CHECK", cancellationToken);

    public override Task GarbageCollectAsync(PluginInvocation invocation, CancellationToken cancellationToken) =>
        ActAsync(invocation, "GC", cancellationToken);

    public override Task StatusAsync(PluginInvocation invocation, CancellationToken cancellationToken) =>
        ActAsync(invocation, "STATUS", cancellationToken);

    private static async Task ActAsync(PluginInvocation invocation, string command, CancellationToken cancellationToken)
    {
        string type = Text(invocation, "type") ?? "";
        if (Text(invocation, "record") is { } directory)
        {
            string path = Path.Combine(directory, $"{type}.{command}");
            await File.WriteAllBytesAsync($"{path}.stdin", invocation.Input.ToArray(), cancellationToken);
            IEnumerable<string> environment = Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .Select(e => $"{e.Key}={e.Value}");
            await File.WriteAllLinesAsync($"{path}.env", environment, cancellationToken);
            await File.AppendAllTextAsync(Path.Combine(directory, "log"), $"{type} {command}\n", cancellationToken);
        }
        if (
            invocation.Configuration.TryGetProperty("modes", out JsonElement modes)
            && modes.TryGetProperty(command, out JsonElement mode)
        )
            await FailureModes.EnterAsync(mode.GetString()!, cancellationToken);
    }

    private static string? Text(PluginInvocation invocation, string name) =>
        invocation.Configuration.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
