namespace Fairlead.Cni;

/// <summary>The operations of a plugin (<c>CNI_COMMAND</c>, CNI spec section 2).</summary>
public enum CniVerb
{
    /// <summary>ADD: make an attachment.</summary>
    Add,

    /// <summary>DEL: release it.</summary>
    Delete,

    /// <summary>CHECK: is it still as it should be? Since 0.4.0.</summary>
    Check,

    /// <summary>GC: release all attachments but the named ones. Since 1.1.0.</summary>
    GarbageCollect,

    /// <summary>STATUS: can the plugin perform ADD now? Since 1.1.0.</summary>
    Status,

    /// <summary>VERSION: which versions of the specification does the plugin speak?</summary>
    Version,
}

internal static class CniVerbNames
{
    public static string ToCommand(this CniVerb verb) =>
        verb switch
        {
            CniVerb.Add => "ADD",
            CniVerb.Delete => "DEL",
            CniVerb.Check => "CHECK",
            CniVerb.GarbageCollect => "GC",
            CniVerb.Status => "STATUS",
            CniVerb.Version => "VERSION",
            _ => throw new ArgumentOutOfRangeException(nameof(verb)),
        };
}
