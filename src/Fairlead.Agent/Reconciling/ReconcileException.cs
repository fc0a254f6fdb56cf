namespace Fairlead.Agent.Reconciling;

/// <summary>A pass could not go on for a reason that the user is to read; it is tried again later.</summary>
internal sealed class ReconcileException(string reason, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>One of <see cref="Reasons"/>.</summary>
    public string Reason { get; } = reason;
}
