namespace Fairlead.Cli.Commands.Cni;

/// <summary>Sentences that the help of several verbs has.</summary>
internal static class CniTexts
{
    public const string Answer = """
        The answer is JSON on standard output: a result byte for byte as the last plugin printed it, or, with an exit
        status that is not 0, an error object as plugins print it: {"cniVersion", "code", "msg", "details"}. A terminal
        gets the error in one line on standard error besides.
        """;
}
