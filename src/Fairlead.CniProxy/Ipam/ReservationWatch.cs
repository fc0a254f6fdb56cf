using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Fairlead.Cni;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Verbs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.CniProxy.Ipam;

/// <summary>
/// Looks whether the addresses of our attachments are still ours. Another runtime on the same network that calls CNI GC with
/// its own attachments alone has all others freed, ours among them; the next pod would get a guest's address. With host-local
/// the reservation is put back; where somebody has the address by now, that is said, and nothing is taken away.
/// </summary>
internal sealed partial class ReservationWatch(
    AttachmentJournal journal,
    KeyedLock locks,
    TimeProvider time,
    ILogger<ReservationWatch> logger
) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    // Reading a configuration and a result for each attachment at each look would be most of the work.
    private readonly ConditionalWeakTable<JournalRecord, IReadOnlyList<HostLocalReservation>> _reservations = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(s_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await LookAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next run looks again.
        }
    }

    private async Task LookAsync()
    {
        foreach (JournalRecord record in journal.List().Where(r => r.State == JournalState.Attached))
        {
            try
            {
                if (ReservationsOf(record).Any(r => r.Owner() != record.ContainerId))
                    await MendAsync(record);
            }
            catch (Exception e)
                when (e is IOException or UnauthorizedAccessException or CniFormatException or JsonException)
            {
                LogCannotLook(logger, record.DisplayName, e.Message);
            }
        }
    }

    private IReadOnlyList<HostLocalReservation> ReservationsOf(JournalRecord record) =>
        _reservations.GetValue(record, HostLocalReservation.Of);

    private async Task MendAsync(JournalRecord seen)
    {
        // Under the key's turn: what is being released has no reservation, and is to have none.
        using IDisposable? turn = locks.TryEnter(seen.LockKey);
        if (turn is null || journal.Find(seen.SandboxId, seen.Key) is not { State: JournalState.Attached } record)
            return;
        foreach (HostLocalReservation reservation in ReservationsOf(record))
        {
            if (Mend(reservation, record) is not { } message || message == record.Message)
                continue;
            LogLost(logger, record.DisplayName, message);
            ProxyMetrics.ReservationsLost.Add(1, new KeyValuePair<string, object?>("network", record.Network));
            record = record with { Message = message };
            await journal.SaveAsync(record);
        }
    }

    /// <summary>What was wrong and what was done, in a sentence; null when nothing was or when the plugin is at work.</summary>
    private static string? Mend(HostLocalReservation reservation, JournalRecord record)
    {
        Directory.CreateDirectory(reservation.Directory);
        using IDisposable? held = HostLocalLock.TryTake(reservation.Directory);
        if (held is null)
            return null; // looked at again in a moment
        switch (reservation.Owner())
        {
            case null:
                Write(reservation, record);
                return $"the reservation of {reservation.Address} was freed by somebody else, as CNI GC of another runtime does, and was put back";
            case { } owner when owner != record.ContainerId:
                return $"{reservation.Address} was freed by somebody else and given to container {owner}: two have the same address now; restart this virtual machine, and set disableGC in the network's configuration";
            default:
                return null;
        }
    }

    private static void Write(HostLocalReservation reservation, JournalRecord record)
    {
        using FileStream file = new(reservation.Path, FileMode.CreateNew, FileAccess.Write);
        file.Write(Encoding.ASCII.GetBytes($"{record.ContainerId}\r\n{record.InterfaceName}"));
    }

    [LoggerMessage(EventId = 70, Level = LogLevel.Error, Message = "{Attachment}: {Message}")]
    private static partial void LogLost(ILogger logger, string attachment, string message);

    [LoggerMessage(
        EventId = 71,
        Level = LogLevel.Warning,
        Message = "{Attachment}: whether its addresses are still reserved cannot be told: {Reason}"
    )]
    private static partial void LogCannotLook(ILogger logger, string attachment, string reason);
}
