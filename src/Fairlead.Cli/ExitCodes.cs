namespace Fairlead.Cli;

/// <summary>What the process ends with, as kubectl and the shells do.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The command was understood and did not succeed.</summary>
    public const int Failed = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>To be added to the number of the signal that ended the program: 130 after Ctrl-C.</summary>
    public const int Signalled = 128;
}
