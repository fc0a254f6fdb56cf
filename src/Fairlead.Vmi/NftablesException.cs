namespace Fairlead.Vmi;

/// <summary>nftables refused a ruleset; the message is its own.</summary>
public sealed class NftablesException(string message, Exception? innerException = null)
    : Exception($"nftables: {message}", innerException);
