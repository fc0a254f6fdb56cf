namespace Fairlead.Cni;

/// <summary>Which of the two forms a network configuration is written in.</summary>
public enum ConfigurationFormat
{
    /// <summary>A single plugin if there is a <c>type</c> and no <c>plugins</c>, else a list.</summary>
    Detect,

    /// <summary>A list of plugins, as in <c>*.conflist</c>.</summary>
    List,

    /// <summary>One plugin, as in <c>*.conf</c> and <c>*.json</c>; read as a list of one.</summary>
    SinglePlugin,
}
