namespace Fairlead.Cni;

/// <summary>Thrown in a plugin: what the plugin host prints as the specification's error (section 5).</summary>
/// <param name="code">One of the specification's, or from 100 on one of the plugin's own.</param>
/// <param name="message">A short message (<c>msg</c>).</param>
/// <param name="details">A longer one (<c>details</c>); null for none.</param>
public sealed class CniPluginException(CniErrorCode code, string message, string? details = null) : Exception(message)
{
    /// <summary>The code.</summary>
    public CniErrorCode Code { get; } = code;

    /// <summary>The longer message; null if none.</summary>
    public string? Details { get; } = details;
}
