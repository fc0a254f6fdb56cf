using Fairlead.Agent.V1;
using Fairlead.Guest.Tests.Fixture;
using Fairlead.Guest.Tests.Network;
using Fairlead.Testing;
using Grpc.Core;

namespace Fairlead.Guest.Tests.Diagnosis;

/// <summary>What a real guest says when it boots, as <c>fairlead trace</c> tells it.</summary>
[Collection(nameof(TwoMachines))]
public sealed class TraceTests(GuestEnvironment environment, TwoMachines machines) : GuestTest(environment)
{
    public override async ValueTask InitializeAsync() => await machines.StartAsync();

    [Fact]
    public async Task GuestReboots_ItsQuestionsAndTheAnswersAreTold()
    {
        string address = await machines.Second.AddressAsync();
        TraceRequest request = new() { Namespace = "default", Name = machines.Second.Name };
        using AsyncServerStreamingCall<TraceEvent> trace = Environment.Agent.Trace(
            request,
            cancellationToken: CancellationToken.None
        );
        await trace.ResponseHeadersAsync;
        List<TraceEvent> told = [];
        Task reading = ReadAsync(trace, told);

        await using (GuestConsole console = await machines.Second.OpenConsoleAsync())
        {
            int from = console.Position;
            await console.TypeAsync("reboot -f\n");
            // A console that is closed at once takes along what was typed.
            await console.WaitForTextAsync("FAIRLEAD-GUEST READY", from);
        }

        await Eventually.Async(
            () =>
            {
                lock (told)
                    return told.Any(e => e.Type == "ACK");
            },
            GuestEnvironment.Patience,
            "the guest has got its address"
        );
        await machines.Second.WaitForGuestAsync();

        trace.Dispose();
        await reading;
        TraceEvent[] dhcp = [.. told.Where(e => e.Protocol == "dhcp")];
        Assert.Equal(["DISCOVER", "OFFER", "REQUEST", "ACK"], dhcp.Select(e => e.Type).Distinct());
        Assert.All(told, e => Assert.Equal("net", e.Vnic));
        Assert.DoesNotContain(told, e => e.Odd);
        Assert.StartsWith("guest asks for an address (DISCOVER", dhcp[0].Text, StringComparison.Ordinal);
        string given = dhcp.First(e => e.Type == "ACK").Text;
        Assert.StartsWith($"server gives {address}, router ", given, StringComparison.Ordinal);
        Assert.EndsWith("lease infinite (ACK)", given, StringComparison.Ordinal);
        // The pod that fetched a page from the guest had to ask where it is, or the guest where the pod is.
        Assert.Contains(told, e => e.Protocol == "arp");
    }

    [Fact]
    public async Task UnknownInterface_IsRefusedWithTheKnownOnes()
    {
        CommandResult result = await Environment.TryFairleadAsync("trace", "vm", machines.First.Name, "-i", "eth9");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "has no pod-network interface \"eth9\"; it has net",
            result.StandardError,
            StringComparison.Ordinal
        );
    }

    private static async Task ReadAsync(AsyncServerStreamingCall<TraceEvent> trace, List<TraceEvent> told)
    {
        try
        {
            await foreach (TraceEvent happened in trace.ResponseStream.ReadAllAsync(CancellationToken.None))
            {
                lock (told)
                    told.Add(happened);
            }
        }
        catch (Exception e) when (e is RpcException or ObjectDisposedException) { } // by the test, which has heard enough
    }
}
