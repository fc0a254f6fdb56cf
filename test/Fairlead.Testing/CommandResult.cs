namespace Fairlead.Testing;

/// <summary>What a command left behind.</summary>
/// <param name="CommandLine">For messages.</param>
public sealed record CommandResult(string CommandLine, int ExitCode, string StandardOutput, string StandardError)
{
    /// <summary>Fails the test if the command failed; otherwise returns its standard output.</summary>
    public string Output()
    {
        if (ExitCode != 0)
            Assert.Fail(ToString());
        return StandardOutput;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{CommandLine}: exit status {ExitCode}\n{StandardOutput}\n{StandardError}".TrimEnd();
}
