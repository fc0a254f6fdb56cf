using Fairlead.Cli.Terminal;
using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests;

public class RawTerminalTests
{
    [Fact]
    public void RawMode_IsTakenBackOnDisposal()
    {
        using PseudoTerminal terminal = new();
        Assert.True(terminal.Echoes);

        using (RawTerminal.Enter(terminal.Descriptor))
            Assert.False(terminal.Echoes);

        Assert.True(terminal.Echoes);
    }

    [Fact]
    public void DisposedTwice_LeavesALaterModeAlone()
    {
        using PseudoTerminal terminal = new();
        RawTerminal first = RawTerminal.Enter(terminal.Descriptor);
        first.Dispose();
        using RawTerminal second = RawTerminal.Enter(terminal.Descriptor);

        first.Dispose();

        Assert.False(terminal.Echoes);
    }

    [Fact]
    public void NoTerminal_IsAnError()
    {
        IOException error = Assert.Throws<IOException>(() => RawTerminal.Enter(-1));

        Assert.Equal("cannot read the terminal's mode: Bad file descriptor", error.Message);
    }
}
