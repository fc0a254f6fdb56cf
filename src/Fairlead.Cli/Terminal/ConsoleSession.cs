using System.Threading.Channels;
using Fairlead.Agent.V1;
using Fairlead.Cli.AgentAccess;
using Fairlead.Cli.CommandLine;
using Google.Protobuf;
using Grpc.Core;

namespace Fairlead.Cli.Terminal;

/// <summary>A guest's serial console on our standard input and output.</summary>
internal sealed class ConsoleSession(CliInvocation invocation, AgentConnection agent, ConsoleTarget target)
{
    /// <summary>Ctrl-], as telnet and virsh have it.</summary>
    private const byte Escape = 0x1d;

    private const int BufferBytes = 4096;

    // The agent answers an opened console with nothing but the guest's output, a failed one with its error at once.
    private static readonly TimeSpan Opening = TimeSpan.FromMilliseconds(250);

    private long _lastOutput;
    private int _isOpen;

    /// <summary>Called once the console is ours, before any output.</summary>
    public Action Opened { get; init; } = () => { };

    /// <summary>Without a terminal: how long the guest must have been silent after the end of the input.</summary>
    public required TimeSpan Silence { get; init; }

    /// <summary>Without a terminal: how long to go on after the end of the input at most; null: until it is silent.</summary>
    public required TimeSpan? Limit { get; init; }

    /// <summary>Ends by the escape key, by the guest's end, or, without a terminal, when the answer is out.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using AsyncDuplexStreamingCall<ConsoleRequest, ConsoleResponse> call = agent.Client.Console(
            cancellationToken: end.Token
        );
        Task output = CopyOutputAsync(call, end.Token);
        Task input = CopyInputAsync(call, end.Token);
        try
        {
            await Task.WhenAny(output, input, Task.Delay(Opening, end.Token));
            if (!output.IsCompleted && !input.IsFaulted)
                Open();
            Task first = await Task.WhenAny(output, input);
            // A failure of the call shows on both sides; the output's has the agent's words.
            if (first == input && !input.IsFaulted)
                await input;
            else
                await output;
        }
        catch (RpcException e)
        {
            throw agent.Translate(e, cancellationToken);
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(Quiet(input), Quiet(output));
        }
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task CopyOutputAsync(
        AsyncDuplexStreamingCall<ConsoleRequest, ConsoleResponse> call,
        CancellationToken cancellationToken
    )
    {
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            ReadOnlyMemory<byte> bytes = call.ResponseStream.Current.Output.Memory;
            Open();
            Volatile.Write(ref _lastOutput, invocation.Time.GetTimestamp());
            invocation.OutputBytes.Write(bytes.Span);
        }
        await invocation.OutputBytes.FlushAsync(cancellationToken);
    }

    private void Open()
    {
        if (Interlocked.Exchange(ref _isOpen, 1) == 0)
            Opened();
    }

    private async Task CopyInputAsync(
        AsyncDuplexStreamingCall<ConsoleRequest, ConsoleResponse> call,
        CancellationToken cancellationToken
    )
    {
        await call.RequestStream.WriteAsync(new ConsoleRequest { Target = target }, cancellationToken);
        await foreach (byte[] typed in ReadInput().Reader.ReadAllAsync(cancellationToken))
        {
            int escape = invocation.InputIsTerminal ? Array.IndexOf(typed, Escape) : -1;
            int length = escape < 0 ? typed.Length : escape;
            if (length > 0)
                await call.RequestStream.WriteAsync(
                    new ConsoleRequest { Input = ByteString.CopyFrom(typed, 0, length) },
                    cancellationToken
                );
            if (escape >= 0)
                return;
        }
        if (!invocation.InputIsTerminal)
            await WaitForSilenceAsync(cancellationToken);
    }

    private async Task WaitForSilenceAsync(CancellationToken cancellationToken)
    {
        long inputEnd = invocation.Time.GetTimestamp();
        while (true)
        {
            long quietSince = Math.Max(inputEnd, Volatile.Read(ref _lastOutput));
            TimeSpan left = Silence - invocation.Time.GetElapsedTime(quietSince);
            if (Limit is { } limit)
                left = TimeSpan.FromTicks(
                    Math.Min(left.Ticks, (limit - invocation.Time.GetElapsedTime(inputEnd)).Ticks)
                );
            if (left <= TimeSpan.Zero)
                return;
            await Task.Delay(left, invocation.Time, cancellationToken);
        }
    }

    // A read of a terminal cannot be cancelled: it gets a thread of its own, which the process's end takes along.
    private Channel<byte[]> ReadInput()
    {
        Channel<byte[]> channel = Channel.CreateBounded<byte[]>(16);
        Thread thread = new(() =>
        {
            byte[] buffer = new byte[BufferBytes];
            try
            {
                while (invocation.Input.Read(buffer) is > 0 and int read)
                    channel.Writer.WriteAsync(buffer[..read]).AsTask().GetAwaiter().GetResult();
                channel.Writer.Complete();
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                channel.Writer.TryComplete(e);
            }
        })
        {
            IsBackground = true,
            Name = "console input",
        };
        thread.Start();
        return channel;
    }

    private static async Task Quiet(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException or IOException)
        {
            // The first failure has been told; this one follows from it.
        }
    }
}
