using System.Text;
using System.Text.RegularExpressions;
using Fairlead.Agent.V1;
using Fairlead.Testing;
using Google.Protobuf;
using Grpc.Core;

namespace Fairlead.Guest.Tests.Fixture;

/// <summary>The root shell on a guest's serial console, spoken to through the agent.</summary>
public sealed partial class GuestConsole : IAsyncDisposable
{
    private readonly AsyncDuplexStreamingCall<ConsoleRequest, ConsoleResponse> _call;
    private readonly StringBuilder _text = new();
    private readonly Task _reading;
    private int _commands;

    private GuestConsole(AsyncDuplexStreamingCall<ConsoleRequest, ConsoleResponse> call)
    {
        _call = call;
        _reading = ReadAsync();
    }

    /// <summary>Opens the console and waits for the shell.</summary>
    public static async Task<GuestConsole> OpenAsync(VirtualMachines.VirtualMachinesClient agent, string machine)
    {
        GuestConsole? opened = null;
        // One command is not enough: what is typed before the shell is there is lost. Nor is one session: libvirt may not
        // have seen the end of the one before.
        await Eventually.SucceedsAsync(
            async () =>
            {
                if (opened?._reading.IsCompleted == true)
                {
                    await opened.DisposeAsync();
                    opened = null;
                }

                opened ??= await ConnectAsync(agent, machine);
                await opened.RunAsync("true", TimeSpan.FromSeconds(3));
            },
            GuestEnvironment.Patience,
            $"there is a shell on the console of {machine}"
        );
        GuestConsole console = opened!;
        // Or the shell breaks the echo of a long command in two lines.
        await console.RunAsync("stty cols 1000");
        return console;
    }

    private static async Task<GuestConsole> ConnectAsync(VirtualMachines.VirtualMachinesClient agent, string machine)
    {
        GuestConsole console = new(agent.Console(cancellationToken: CancellationToken.None));
        ConsoleTarget target = new() { Namespace = "default", Name = machine };
        await console._call.RequestStream.WriteAsync(
            new ConsoleRequest { Target = target },
            TestContext.Current.CancellationToken
        );
        return console;
    }

    /// <summary>Runs one short command, and returns what it prints.</summary>
    public Task<string> RunAsync(string command) => RunAsync(command, GuestEnvironment.Patience);

    /// <summary>Types something and waits for nothing.</summary>
    public Task TypeAsync(string text) =>
        _call.RequestStream.WriteAsync(
            new ConsoleRequest { Input = ByteString.CopyFromUtf8(text) },
            TestContext.Current.CancellationToken
        );

    /// <summary>Waits until the guest has printed something since <paramref name="from"/>.</summary>
    public Task WaitForTextAsync(string text, int from) => WaitForTextAsync(text, from, GuestEnvironment.Patience);

    /// <summary>How much the guest has printed up to now.</summary>
    public int Position
    {
        get
        {
            lock (_text)
                return _text.Length;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _reading;
    }

    private async Task<string> RunAsync(string command, TimeSpan timeout)
    {
        int from = Position;
        // The shell echoes the sum and prints its value.
        int number = ++_commands;
        string end = $"@{1000 + number}@";
        string separator = command.EndsWith('&') ? " " : "; ";
        await TypeAsync($"{command}{separator}echo @$((1000+{number}))@\n");
        await WaitForTextAsync(end, from, timeout);
        string printed = TextSince(from);
        int begin = printed.IndexOf('\n', StringComparison.Ordinal) + 1;
        return printed[begin..printed.IndexOf(end, StringComparison.Ordinal)];
    }

    private Task WaitForTextAsync(string text, int from, TimeSpan timeout) =>
        Eventually.SucceedsAsync(
            () =>
            {
                string printed = TextSince(from);
                Assert.Contains(text, printed, StringComparison.Ordinal);
                return Task.CompletedTask;
            },
            timeout,
            $"the guest prints {text}"
        );

    // busybox's line editor asks where the cursor is (ESC [6n) with each prompt.
    private string TextSince(int from)
    {
        lock (_text)
            return Noise().Replace(_text.ToString(from, _text.Length - from), "");
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (ConsoleResponse response in _call.ResponseStream.ReadAllAsync(CancellationToken.None))
            {
                lock (_text)
                    _text.Append(response.Output.ToStringUtf8());
            }
        }
        catch (Exception e) when (e is RpcException or ObjectDisposedException)
        {
            lock (_text)
                _text.Append($"\n[the console ended: {e.Message}]\n");
        }
    }

    [GeneratedRegex(@"\r|\x1b\[\d*[A-Za-z]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Noise();
}
