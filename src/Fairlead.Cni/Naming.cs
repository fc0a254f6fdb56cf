using System.Text;

namespace Fairlead.Cni;

/// <summary>
/// The names that end up in file names and environment variables (CNI spec section 2, "Parameters"). libcni checks them
/// on ADD only, so that its DEL deletes any file with an interface name of "/../.."; here every verb checks.
/// </summary>
internal static class Naming
{
    private const int MaxInterfaceNameBytes = 15;

    public static bool IsNetworkName(string name) => IsIdentifier(name);

    public static bool IsContainerId(string id) => IsIdentifier(id);

    /// <summary>What is wrong with an interface name, or null; the rules are the kernel's dev_valid_name plus ':'.</summary>
    public static string? FaultOfInterfaceName(string name)
    {
        if (name.Length == 0)
            return "interface name is empty";
        if (Encoding.UTF8.GetByteCount(name) > MaxInterfaceNameBytes)
            return $"interface name \"{name}\" is longer than {MaxInterfaceNameBytes} bytes";
        if (name is "." or "..")
            return $"interface name must not be \"{name}\"";
        foreach (char c in name)
        {
            if (c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c))
                return $"interface name \"{name}\" has a slash, colon, space or control character";
        }
        return null;
    }

    // A letter or digit, then letters, digits, '_', '.', '-'. No regular expression: '$' would accept a final newline.
    private static bool IsIdentifier(string text)
    {
        if (text.Length == 0 || !char.IsAsciiLetterOrDigit(text[0]))
            return false;
        foreach (char c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
                return false;
        return true;
    }
}
