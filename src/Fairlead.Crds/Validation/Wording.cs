using System.Globalization;

namespace Fairlead.Crds.Validation;

/// <summary>
/// The words of the findings, apart from the code that finds: a rule of the CustomResourceDefinition uses the same ones.
/// A <c>quoted</c> parameter is the offending value in double quotes.
/// </summary>
internal static class Wording
{
    public const string DnsLabel =
        "a DNS label (lower-case letters, digits and -, a letter or digit at both ends, at most 63)";
    public const string MacAddress = "a MAC address (six octets)";
    public const string AbsolutePath = "an absolute path";
    public const string DhcpText = "one line of 1 to 255 printable ASCII characters";

    public static string Required(string example) => $"required, as in {example}";

    public static string IsNot(string quoted, string what) => $"{quoted} is not {what}";

    public static string NotKnown(string quoted, string what, IReadOnlyList<string> known) =>
        $"{quoted} is not a known {what}; known: {Quoting.List(known)}";

    public static string Between(long least, long most) =>
        string.Create(CultureInfo.InvariantCulture, $"wanted a number from {least} to {most}");

    public static string AtLeast(long least) =>
        string.Create(CultureInfo.InvariantCulture, $"wanted a number not below {least}");

    public static string AtMost(int most) => string.Create(CultureInfo.InvariantCulture, $"are more than {most}");

    public static string Taken(string quoted, string other) => $"{quoted} is taken by {other} already";

    public static string TakenIn(string key, string place) => $"virtual machine {key} is in {place} already";

    public static string Multicast(string quoted) =>
        $"{quoted} is a multicast address; the first octet of a vNIC's must be even";

    public static string AllZero(string quoted) => $"{quoted} is all zeros, which no vNIC may have";

    public static string ControlCharacters(string quoted) => $"{quoted} contains control characters";

    public static string Needs(string other) => $"is of no use without {other}";

    public static string OnlyForPodNetwork(string type) =>
        $"is for type: pod-network only; an interface of type: {type} is libvirt's own";

    public static string NotWith(string other) => $"cannot be together with {other}";
}
