namespace Fairlead.Cni;

/// <summary>
/// Error codes of the CNI specification (section 5, "Error"). Plugins may use any number from 100 on for their own; cast
/// between this type and <see cref="uint"/>.
/// </summary>
public enum CniErrorCode : uint
{
    /// <summary>The plugin named no code, or the failure is not a plugin's: see <see cref="CniFailure"/>.</summary>
    None = 0,

    /// <summary>The plugin does not speak the configuration's version.</summary>
    IncompatibleVersion = 1,

    /// <summary>A field of the configuration is not supported; the message says which.</summary>
    UnsupportedField = 2,

    /// <summary>Container unknown, or it does not exist. After this the runtime need not call DEL.</summary>
    UnknownContainer = 3,

    /// <summary>An environment variable is missing or wrong.</summary>
    InvalidEnvironment = 4,

    /// <summary>Input or output failed.</summary>
    InputOutput = 5,

    /// <summary>Content could not be decoded.</summary>
    DecodingFailure = 6,

    /// <summary>The network configuration is not valid.</summary>
    InvalidConfiguration = 7,

    /// <summary>The network namespace is not valid. Go's plugin skeleton uses it; the specification does not list it.</summary>
    InvalidNetworkNamespace = 8,

    /// <summary>A temporary condition: try again later.</summary>
    TryAgainLater = 11,

    /// <summary>STATUS: the plugin cannot serve ADD.</summary>
    NotAvailable = 50,

    /// <summary>STATUS: the plugin cannot serve ADD, and existing containers may have limited connectivity.</summary>
    NotAvailableLimitedConnectivity = 51,

    /// <summary>Go's plugin skeleton: an error without a code of its own.</summary>
    Internal = 999,
}
