namespace Fairlead.CniProxy.Client;

/// <summary>Machine-readable reasons that accompany a refusal or failure, in the trailer <see cref="TrailerKey"/>.</summary>
public static class CniProxyReason
{
    /// <summary>Name of the gRPC trailer.</summary>
    public const string TrailerKey = "fairlead-reason";

    /// <summary>Nobody the proxy knows: no identity, or another network namespace than the recorded one.</summary>
    public const string UnknownPeer = "UnknownPeer";

    /// <summary>Who asks cannot be told now: the identity source does not answer.</summary>
    public const string IdentityUnavailable = "IdentityUnavailable";

    /// <summary>A field of the request is malformed.</summary>
    public const string InvalidRequest = "InvalidRequest";

    /// <summary>No network of that name in the CNI configuration directory.</summary>
    public const string NetworkNotFound = "NetworkNotFound";

    /// <summary>The policy does not open that network to the caller's pod.</summary>
    public const string NetworkForbidden = "NetworkForbidden";

    /// <summary>The API server does not answer, or refuses; try again later.</summary>
    public const string ClusterUnavailable = "ClusterUnavailable";

    /// <summary>The policy does not let the caller's pod have any attachment.</summary>
    public const string PodForbidden = "PodForbidden";

    /// <summary>The policy does not let the caller's pod use that option.</summary>
    public const string OptionForbidden = "OptionForbidden";

    /// <summary>The network has no plugin with the capability that the option needs.</summary>
    public const string OptionUnsupported = "OptionUnsupported";

    /// <summary>The caller's pod has as many attachments as the policy lets it have.</summary>
    public const string QuotaExceeded = "QuotaExceeded";

    /// <summary>The caller has as many connections as it may have; only in the proxy's log.</summary>
    public const string TooManyConnections = "TooManyConnections";

    /// <summary>The message is longer than 64 KiB.</summary>
    public const string MessageTooLarge = "MessageTooLarge";

    /// <summary>The message is compressed: a short one may become a long one.</summary>
    public const string MessageCompressed = "MessageCompressed";

    /// <summary>The message did not arrive within 5 s.</summary>
    public const string MessageTooSlow = "MessageTooSlow";

    /// <summary>There is no attachment of that key.</summary>
    public const string AttachmentNotFound = "AttachmentNotFound";

    /// <summary>The key is in use with another network, interface name or options.</summary>
    public const string KeyConflict = "KeyConflict";

    /// <summary>The interface name is reserved, or exists already.</summary>
    public const string InterfaceNameTaken = "InterfaceNameTaken";

    /// <summary>A CNI plugin failed; the message is its own.</summary>
    public const string PluginFailed = "PluginFailed";

    /// <summary>A CNI plugin asks to try again later (code 11), or ran out of time.</summary>
    public const string PluginBusy = "PluginBusy";
}
