using System.Collections.Concurrent;
using System.Net.Sockets;
using Fairlead.Crds;
using Fairlead.Vmi;
using Fairlead.Vmi.Diagnosis;
using Microsoft.Extensions.Hosting;

namespace Fairlead.Agent.Reconciling;

/// <summary>Asks the guests whose manifest says so whether they are ready, and has a machine looked at when that changes.</summary>
internal sealed class ReadinessProber(
    VmStore store,
    AttachmentRecordStore attachments,
    GuestQuestion guest,
    ReconcileQueue queue,
    TimeProvider time
) : BackgroundService
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, ProbeRecord> _probes = new(StringComparer.Ordinal);

    /// <summary>Why the machine is not ready by its probe; null when it is, or has none.</summary>
    public string? ProblemOf(VmRecord machine)
    {
        if (machine.Vm.Spec.ReadinessProbe is null)
            return null;
        ProbeRecord probe = RecordOf(machine);
        return probe.IsReady ? null : probe.Problem;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            VmRecord[] probed =
            [
                .. store.List().Where(r => r is { Run: RunState.Started, Vm.Spec.ReadinessProbe: not null }),
            ];
            foreach (string gone in _probes.Keys.Except(probed.Select(r => r.Uid), StringComparer.Ordinal))
                _probes.TryRemove(gone, out _);
            VmRecord[] due = [.. probed.Where(r => RecordOf(r).Due <= time.GetUtcNow())];
            await Task.WhenAll([
                .. due.Select(r => AskAsync(r, stoppingToken)),
                Task.Delay(s_tick, time, stoppingToken),
            ]);
        }
    }

    private ProbeRecord RecordOf(VmRecord machine)
    {
        ReadinessProbe probe = machine.Vm.Spec.ReadinessProbe!;
        return _probes.AddOrUpdate(
            machine.Uid,
            _ => ProbeRecord.Begin(probe, machine.StartedAt, time.GetUtcNow()),
            (_, known) =>
                known.StartedAt == machine.StartedAt
                    ? known
                    : ProbeRecord.Begin(probe, machine.StartedAt, time.GetUtcNow())
        );
    }

    private async Task AskAsync(VmRecord machine, CancellationToken cancellationToken)
    {
        ReadinessProbe probe = machine.Vm.Spec.ReadinessProbe!;
        ProbeRecord before = RecordOf(machine);
        string? problem = await AnswerAsync(machine, probe, cancellationToken);
        ProbeRecord after = before.With(probe, problem, time.GetUtcNow());
        // A machine that was started anew meanwhile is asked anew.
        if (_probes.TryUpdate(machine.Uid, after, before) && before.IsReady != after.IsReady)
            queue.Enqueue(machine.Key);
    }

    private async Task<string?> AnswerAsync(VmRecord machine, ReadinessProbe probe, CancellationToken cancellationToken)
    {
        AttachmentRecord? first = attachments
            .OfVm(machine.Uid)
            .Values.FirstOrDefault(a => a.Endpoint?.Addresses is { Count: > 0 });
        if (first is null)
            return "no vNIC has an address";
        TimeSpan limit = TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1);
        return probe.TcpSocket is { Port: { } port }
            ? await ConnectAsync(first, port, limit, cancellationToken)
            : await guest.AskAsync(first, limit, cancellationToken);
    }

    private static async Task<string?> ConnectAsync(
        AttachmentRecord attachment,
        int port,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        System.Net.IPEndPoint target = new(attachment.Endpoint!.Addresses[0].Address, port);
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        using Socket socket = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target, timeout.Token);
            return null;
        }
        catch (SocketException e)
        {
            return $"{target}: {e.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{target}: no answer within {limit.TotalSeconds} s";
        }
    }
}
