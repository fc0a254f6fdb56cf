namespace Fairlead.CniProxy.Verbs;

/// <summary>Interface names that the proxy lets through: fewer than the kernel does.</summary>
internal static class InterfaceNames
{
    private const int LongestName = 15; // IFNAMSIZ less the NUL

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= LongestName
        && char.IsAsciiLetter(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
