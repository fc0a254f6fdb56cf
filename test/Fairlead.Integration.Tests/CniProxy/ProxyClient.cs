using System.Diagnostics;
using Fairlead.CniProxy.V1;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>What the proxy answered to a refused or failed request.</summary>
internal sealed record Refusal(string Reason, string Message);

/// <summary>A process in some network namespace of the node that talks to the proxy.</summary>
internal sealed class ProxyClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ProxyClient(Process process) => _process = process;

    /// <summary>As the node counts.</summary>
    public string ProcessId { get; private set; } = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts one behind the programs of <paramref name="launcher"/>; behind none it is in the host's context as the proxy sees it.</summary>
    public static async Task<ProxyClient> StartAsync(TestNode node, string socket, params string[] launcher)
    {
        ProxyClient client = new(node.Start([.. launcher, BuiltProgram.TestClient, socket]));
        client.ProcessId = await client.ReadLineAsync();
        return client;
    }

    public async Task<Attachment> AddAsync(string key, string interfaceName, string network = "", string mac = "") =>
        Attachment.Parser.ParseJson(await OkAsync("add", key, network, interfaceName, mac));

    /// <summary>ADD with a request as protobuf's JSON.</summary>
    public async Task<Attachment> SendAddAsync(string request) =>
        Attachment.Parser.ParseJson(await OkAsync("send-add", request));

    /// <summary>Any request that succeeds.</summary>
    public Task<string> AnswerAsync(params string[] request) => OkAsync(request);

    public async Task<CheckResponse> CheckAsync(string key) =>
        CheckResponse.Parser.ParseJson(await OkAsync("check", key));

    public async Task<IReadOnlyList<Network>> NetworksAsync() =>
        ListNetworksResponse.Parser.ParseJson(await OkAsync("networks")).Networks;

    /// <summary>Moves the process into a network namespace of its own; connections that it has stay.</summary>
    public Task UnshareAsync() => OkAsync("unshare");

    public async Task DeleteAsync(string key) => await OkAsync("delete", key);

    public async Task<IReadOnlyList<Attachment>> ListAsync() =>
        ListAttachmentsResponse.Parser.ParseJson(await OkAsync("list")).Attachments;

    public async Task<StatusResponse> StatusAsync() => StatusResponse.Parser.ParseJson(await OkAsync("status"));

    public async Task<IReadOnlyList<ReapedAttachment>> ReapAsync(string key = "", string sandbox = "") =>
        ReapResponse.Parser.ParseJson(await OkAsync("reap", key, sandbox)).Attachments;

    public async Task<Refusal> RefusedAsync(params string[] request)
    {
        string answer = await AskAsync(request);
        Assert.StartsWith("no ", answer, StringComparison.Ordinal);
        string[] words = answer.Split(' ', 3);
        return new Refusal(words[1], words[2]);
    }

    /// <summary>Sends a request whose answer nobody will read.</summary>
    public async Task SendAsync(params string[] request)
    {
        await _process.StandardInput.WriteLineAsync(string.Join('\t', request));
        await _process.StandardInput.FlushAsync(Cancellation);
    }

    /// <summary>Ends the process in order; with the last one its namespace may go.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(Cancellation).WaitAsync(s_patience, Cancellation);
    }

    /// <summary>Waits until a process that was killed is gone.</summary>
    public Task EndedAsync() => _process.WaitForExitAsync(Cancellation).WaitAsync(s_patience, Cancellation);

    public void Dispose() => _process.Dispose();

    private async Task<string> OkAsync(params string[] request)
    {
        string answer = await AskAsync(request);
        Assert.StartsWith("ok ", answer, StringComparison.Ordinal);
        return answer[3..];
    }

    /// <summary>The answer as it came: "ok JSON", or "no REASON MESSAGE".</summary>
    public async Task<string> AskAsync(params string[] request)
    {
        await SendAsync(request);
        return await ReadLineAsync();
    }

    private async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(s_patience, Cancellation)
        ?? throw new InvalidOperationException(
            $"the client ended: {await _process.StandardError.ReadToEndAsync(Cancellation)}"
        );
}
