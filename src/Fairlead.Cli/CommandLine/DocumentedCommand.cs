using System.CommandLine;

namespace Fairlead.Cli.CommandLine;

/// <summary>A command whose help ends with examples; every command of ours is one.</summary>
/// <param name="name">The word that calls it.</param>
/// <param name="purpose">One line, shown in the list of commands.</param>
/// <param name="examples">Lines of a shell session: comments that begin with <c>#</c>, and commands.</param>
internal sealed class DocumentedCommand(string name, string purpose, string examples) : Command(name, purpose)
{
    public string Examples { get; } = examples;

    /// <summary>What the one line leaves open; shown in the command's own help only.</summary>
    public string? Details { get; init; }
}
