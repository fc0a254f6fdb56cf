namespace Fairlead.Vmi;

/// <summary>A vNIC could not be set up, for a reason found on the node.</summary>
public sealed class VnicSetupException(VnicNames names, string message)
    : Exception($"vNIC {names.Vnic} of {names.Vm}: {message}");

/// <summary>Tear-down did all its steps, and some failed. What failed is kept on record and tried again.</summary>
public sealed class VnicTeardownException(VnicNames names, IReadOnlyCollection<Exception> failures)
    : AggregateException(
        $"vNIC {names.Vnic} of {names.Vm} is not wholly released: {string.Join("; ", failures.Select(f => f.Message))}",
        failures
    )
{
    // An AggregateException's own appends every failure's message, which this one has already.
    /// <inheritdoc/>
    public override string Message { get; } =
        $"vNIC {names.Vnic} of {names.Vm} is not wholly released: {string.Join("; ", failures.Select(f => f.Message))}";
}
