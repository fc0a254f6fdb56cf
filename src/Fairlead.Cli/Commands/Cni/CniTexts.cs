namespace Fairlead.Cli.Commands.Cni;

/// <summary>Sentences that the help of several verbs has.</summary>
internal static class CniTexts
{
    private const string Error = """
        an error object as plugins print it: {"cniVersion", "code", "msg", "details"}, and the exit status is not 0. A
        terminal gets the error in one line on standard error besides.
        """;

    /// <summary>For verbs that answer.</summary>
    public const string Answer = $"""
        Standard output gets the JSON byte for byte as the plugin printed it; or, when something failed,
        {Error}
        """;

    /// <summary>For verbs that answer in words of this program.</summary>
    public const string OwnAnswer = $"""
        Standard output gets JSON; or, when something failed,
        {Error}
        """;

    /// <summary>For verbs that have nothing to say when all is well.</summary>
    public const string Silence = $"""
        Nothing is printed if all is well. When something failed, standard output gets
        {Error}
        """;

    public const string CachedArguments = "CNI_ARGS and CAP_ARGS may be left out if the cache has them from ADD.";
}
