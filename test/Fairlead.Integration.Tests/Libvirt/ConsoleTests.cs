using System.Diagnostics;
using System.Text;
using Fairlead.Libvirt;
using Fairlead.Testing;

namespace Fairlead.Integration.Tests.Libvirt;

public sealed class ConsoleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Console_CarriesBothWaysAndEndsWithTheGuest()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        Domain guest = await connection.CreateDomainAsync(Xmls.Guest("web"), DomainStartFlags.Paused, Cancellation);
        await using DomainConsole console = await guest.OpenConsoleAsync(cancellationToken: Cancellation);
        await guest.ResumeAsync(Cancellation);

        await ReadUntilAsync(console, "Press ESC for boot menu");
        await console.WriteAsync(new byte[] { 0x1b }, Cancellation);
        await ReadUntilAsync(console, "Select boot device");

        await guest.DestroyAsync(cancellationToken: Cancellation);
        await ReadToEndAsync(console);
    }

    [Fact]
    public async Task ManyConsoles_AreOpenAtOnceAndReopenAfterClosing()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        List<DomainConsole> consoles = [];
        List<Domain> guests = [];
        for (int i = 0; i < 6; i++)
        {
            guests.Add(await connection.CreateDomainAsync(Xmls.Guest($"g{i}"), DomainStartFlags.Paused, Cancellation));
            consoles.Add(await guests[i].OpenConsoleAsync("serial0", cancellationToken: Cancellation));
        }
        await Task.WhenAll(guests.Select(guest => guest.ResumeAsync(Cancellation)));
        await Task.WhenAll(consoles.Select(console => ReadUntilAsync(console, "SeaBIOS")));

        foreach (Domain guest in guests)
        {
            foreach (DomainConsole console in consoles.ToArray())
            {
                await console.DisposeAsync();
                consoles.Remove(console);
            }
            consoles.Add(await guest.OpenConsoleAsync(cancellationToken: Cancellation));
        }
    }

    [Fact]
    public async Task OpenedTwice_IsRefusedAndForceTakesItOver()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        Domain guest = await connection.CreateDomainAsync(Xmls.Guest("web"), DomainStartFlags.Paused, Cancellation);
        await using DomainConsole first = await guest.OpenConsoleAsync(cancellationToken: Cancellation);

        LibvirtException e = await Assert.ThrowsAsync<LibvirtException>(() =>
            guest.OpenConsoleAsync(cancellationToken: Cancellation)
        );
        Assert.Equal(LibvirtErrorCode.VIR_ERR_OPERATION_FAILED, e.Code);

        await using DomainConsole second = await guest.OpenConsoleAsync(
            flags: DomainConsoleFlags.Force,
            cancellationToken: Cancellation
        );
        e = await Assert.ThrowsAsync<LibvirtException>(() => ReadToEndAsync(first));
        Assert.Equal(LibvirtErrorDomain.VIR_FROM_STREAMS, e.Domain);
        await guest.ResumeAsync(Cancellation);
        await ReadUntilAsync(second, "SeaBIOS");
    }

    [Fact]
    public async Task GuestThatReadsNothing_HoldsUpItsOwnConsoleOnly()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        LibvirtConnection connection = await node.OpenAsync(
            new LibvirtConnectionOptions { KeepAliveInterval = TimeSpan.FromSeconds(1), KeepAliveCount = 2 }
        );
        Domain guest = await connection.CreateDomainAsync(Xmls.Guest("web"), DomainStartFlags.Paused, Cancellation);
        DomainConsole console = await guest.OpenConsoleAsync(cancellationToken: Cancellation);

        // More than the daemon keeps: the write waits until keepalive ends the console's connection.
        Task writing = console.WriteAsync(new byte[4 << 20], Cancellation).AsTask();
        LibvirtException e = await Assert.ThrowsAsync<LibvirtException>(() =>
            writing.WaitAsync(TimeSpan.FromSeconds(15), Cancellation)
        );
        Assert.True(e.IsConnectionLost, e.Message);
        Assert.False(connection.Closed.IsCompleted);
        Assert.Equal(DomainState.Paused, (await guest.GetStateAsync(Cancellation)).State);
        await console.DisposeAsync();
        // Without force: libvirtd 9.0.0 was seen to crash when it took a console from a client that was just going.
        await Eventually.SucceedsAsync(
            async () => await (await guest.OpenConsoleAsync(cancellationToken: Cancellation)).DisposeAsync(),
            TimeSpan.FromSeconds(10),
            "the daemon has let the console go"
        );
        await connection.DisposeAsync();
        Assert.Equal(ConnectionCloseReason.Client, await connection.Closed);
    }

    [Fact]
    public async Task ConsoleOfAStuckGuest_ClosesWithinItsDeadline()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        Domain guest = await connection.CreateDomainAsync(Xmls.Guest("web"), DomainStartFlags.Paused, Cancellation);
        DomainConsole console = await guest.OpenConsoleAsync(cancellationToken: Cancellation);
        Task writing = console.WriteAsync(new byte[4 << 20], Cancellation).AsTask();
        await Task.Delay(500, Cancellation);
        Assert.False(writing.IsCompleted);

        var watch = Stopwatch.StartNew();
        await console.DisposeAsync();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        await guest.DestroyAsync(cancellationToken: Cancellation);
        _ = await Assert.ThrowsAnyAsync<Exception>(() => writing);
    }

    [Fact]
    public async Task GuestWithoutConsole_FailsByCode()
    {
        await using LibvirtNode node = await LibvirtNode.StartAsync();
        await using LibvirtConnection connection = await node.OpenAsync();
        Domain guest = await connection.CreateDomainAsync(Xmls.Guest("web"), DomainStartFlags.Paused, Cancellation);
        LibvirtException e = await Assert.ThrowsAsync<LibvirtException>(() =>
            guest.OpenConsoleAsync("serial9", cancellationToken: Cancellation)
        );
        Assert.Equal(LibvirtErrorCode.VIR_ERR_INTERNAL_ERROR, e.Code);
        await guest.DestroyAsync(cancellationToken: Cancellation);
        e = await Assert.ThrowsAsync<LibvirtException>(() => guest.OpenConsoleAsync(cancellationToken: Cancellation));
        Assert.True(e.IsAbsent);
    }

    private static async Task ReadUntilAsync(DomainConsole console, string text)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        StringBuilder seen = new();
        byte[] buffer = new byte[4096];
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await console.ReadAsync(buffer, limit.Token);
            Assert.True(count > 0, $"ended without \"{text}\": {seen}");
            seen.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
    }

    private static async Task ReadToEndAsync(DomainConsole console)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        byte[] buffer = new byte[4096];
        while (await console.ReadAsync(buffer, limit.Token) > 0) { }
    }
}
