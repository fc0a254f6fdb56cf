using System.Runtime.InteropServices;

namespace Fairlead.Cli.CommandLine;

/// <summary>
/// Turns the first SIGINT or SIGTERM into a cancellation, so that a command can leave things in order; the second one
/// has its usual effect. System.CommandLine's own handling is off: it kills a daemon that needs over two seconds to stop.
/// </summary>
internal sealed class SignalCancellation : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signal;

    public SignalCancellation() =>
        _registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Cancel(context, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Cancel(context, 15)),
        ];

    public CancellationToken Token => _source.Token;

    public int ExitCode => ExitCodes.Signalled + _signal;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Cancel(PosixSignalContext context, int signal)
    {
        if (Interlocked.CompareExchange(ref _signal, signal, 0) != 0)
            return;
        context.Cancel = true;
        _source.Cancel();
    }
}
