using System.Globalization;

namespace Fairlead.Crds;

/// <summary>Paths of fields as they stand in messages: <c>spec.domain.devices.interfaces[1].mac.address</c>.</summary>
internal static class FieldPath
{
    public static string Field(string parent, string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? (parent is "" ? name : $"{parent}.{name}")
            : Key(parent, name);

    public static string Item(string list, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{list}[{index}]");

    public static string Key(string map, string key) => $"{map}[{Quoting.Quote(key)}]";
}
