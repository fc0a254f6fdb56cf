namespace Fairlead.Cni;

/// <summary>What kind of failure a <see cref="CniException"/> reports.</summary>
public enum CniFailure
{
    /// <summary>The plugin said so, with an error in the specification's form.</summary>
    PluginError,

    /// <summary>The plugin failed and printed no error in the specification's form.</summary>
    NoDiagnostic,

    /// <summary>The plugin printed something that is not what the verb demands.</summary>
    InvalidOutput,

    /// <summary>The plugin printed more than the limit and was killed.</summary>
    TooMuchOutput,

    /// <summary>The plugin did not end within its time limit; its process group was killed.</summary>
    TimedOut,

    /// <summary>No plugin directory has an executable of that name.</summary>
    PluginNotFound,

    /// <summary>The executable could not be started.</summary>
    PluginNotStarted,

    /// <summary>A name or argument is not allowed; no plugin was run.</summary>
    InvalidRequest,

    /// <summary>The configuration's version does not have this verb.</summary>
    UnsupportedVerb,

    /// <summary>The cached or supplied result cannot be used for this request.</summary>
    InvalidPreviousResult,

    /// <summary>The cache could not be read or written.</summary>
    Cache,

    /// <summary>Several things failed: see the inner exceptions.</summary>
    Several,
}
