using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>What was asked for cannot be done, found out before any plugin ran.</summary>
/// <param name="code">The specification's code that fits best.</param>
/// <param name="message">What is wrong, and with what.</param>
/// <param name="details">What helps to put it right; null if nothing.</param>
internal sealed class CniRequestException(CniErrorCode code, string message, string? details = null)
    : Exception(message)
{
    public CniErrorCode Code { get; } = code;

    public string? Details { get; } = details;
}
