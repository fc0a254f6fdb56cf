namespace Fairlead.Cli.CommandLine;

/// <summary>kubectl's ways to name objects: <c>vm</c>, <c>vm NAME...</c> and <c>vm/NAME...</c>.</summary>
internal static class ResourceArguments
{
    /// <summary>How an object is called in messages: <c>virtualmachine.fairlead.dev/web</c>.</summary>
    public const string QualifiedKind = "virtualmachine.fairlead.dev";

    /// <summary>The kind by itself: <c>virtualmachines.fairlead.dev "web" not found</c>.</summary>
    public const string QualifiedKinds = "virtualmachines.fairlead.dev";

    public const string ShortKind = "vm";

    private static readonly string[] Kinds =
    [
        ShortKind,
        "vms",
        "virtualmachine",
        "virtualmachines",
        QualifiedKind,
        QualifiedKinds,
    ];

    public static bool IsKind(string word) => Kinds.Contains(word, StringComparer.OrdinalIgnoreCase);

    /// <summary>The names that follow the kind; none of them means all objects.</summary>
    /// <param name="arguments">The command's arguments, of which there is at least one.</param>
    /// <exception cref="CliException">They name something else than virtual machines, or nothing.</exception>
    public static IReadOnlyList<string> Names(IReadOnlyList<string> arguments)
    {
        if (arguments is [])
            throw CliException.Usage("say which type of object is meant: vm");
        if (arguments.Any(argument => argument.Contains('/')))
            return [.. arguments.Select(NameAfterSlash).Distinct(StringComparer.Ordinal)];
        RequireKind(arguments[0]);
        IReadOnlyList<string> names = [.. arguments.Skip(1).Distinct(StringComparer.Ordinal)];
        return names.Contains("") ? throw CliException.Usage("the name of a virtual machine is empty") : names;
    }

    /// <summary>The one object of console, start and stop, where the kind may be left out: <c>NAME</c> or <c>vm/NAME</c>.</summary>
    public static string OneName(string argument) =>
        argument.Contains('/') ? NameAfterSlash(argument)
        : argument.Length == 0 ? throw CliException.Usage("the name of a virtual machine is empty")
        : argument;

    private static string NameAfterSlash(string argument)
    {
        string[] parts = argument.Split('/');
        if (parts is not [string kind, { Length: > 0 } name])
            throw CliException.Usage(
                parts.Length == 1
                    ? $"\"{argument}\" stands beside names of the form vm/NAME; write vm/{argument}, or vm NAME... for all"
                    : $"\"{argument}\" is not of the form vm/NAME"
            );
        RequireKind(kind);
        return name;
    }

    private static void RequireKind(string word)
    {
        if (!IsKind(word))
            throw CliException.Usage(
                $"there is no type of object \"{word}\"; there is virtualmachines (short: vm, vms)"
            );
    }
}
