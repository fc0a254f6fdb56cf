using System.Net;
using System.Text.RegularExpressions;

namespace Fairlead.Crds.Validation;

/// <summary>The syntaxes of single values. Every pattern is ASCII and anchored at both ends.</summary>
internal static partial class Syntax
{
    private const int Timeout = 1000;

    public static bool IsDnsLabel(string value) => DnsLabel.IsMatch(value);

    public static bool IsMacAddress(string value) => MacAddress.IsMatch(value);

    /// <summary>The group bit is the lowest bit of the first octet (IEEE 802).</summary>
    public static bool IsMulticast(string mac) => (Convert.ToByte(mac[..2], 16) & 1) != 0;

    public static bool IsAllZero(string mac) => mac.All(c => c is '0' or ':');

    public static bool IsLabelValue(string value) => value is "" || (value.Length <= 63 && LabelPart.IsMatch(value));

    /// <summary>Kubernetes' qualified name: <c>[PREFIX/]NAME</c>.</summary>
    public static bool IsLabelKey(string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        string name = key[(slash + 1)..];
        return (slash < 0 || IsDnsSubdomain(key[..slash])) && name.Length <= 63 && LabelPart.IsMatch(name);
    }

    public static bool IsAbsolutePath(string value) => value is ['/', ..] && value.Length < 4096; // PATH_MAX, with its NUL

    public static bool IsBlockDevicePath(string value) =>
        IsAbsolutePath(value) && value.StartsWith("/dev/", StringComparison.Ordinal);

    /// <summary>What XML 1.0 and a kernel's command line can carry on one line.</summary>
    public static bool IsText(string value) =>
        !value.AsSpan().ContainsAnyInRange('\0', '\u001f')
        && !value.AsSpan().ContainsAny('\u007f', '\ufffe', '\uffff')
        && !HasLoneSurrogate(value);

    public static bool IsCommandLine(string value) => value.Length < 2048; // x86's COMMAND_LINE_SIZE

    public static bool IsMachine(string value) => Machine.IsMatch(value);

    public static bool IsCpuName(string value) => CpuName.IsMatch(value);

    public static bool IsDiskTarget(string value) => DiskTarget.IsMatch(value);

    public static bool IsDiskSerial(string value) => DiskSerial.IsMatch(value);

    public static bool IsAlias(string value) => Alias.IsMatch(value);

    /// <summary>dev_valid_name(), net/core/dev.c: at most 15 bytes, no slash, no colon, no space; and not . or ..</summary>
    public static bool IsLinkName(string value) => value is not ("." or "..") && LinkName.IsMatch(value);

    public static bool IsLibvirtNetwork(string value) => LibvirtNetwork.IsMatch(value);

    /// <summary><c>[NAMESPACE/]NAME</c> of a CNI network. Its NAME follows the CNI specification, section 1.</summary>
    public static bool IsCniNetwork(string value)
    {
        int slash = value.IndexOf('/', StringComparison.Ordinal);
        return (slash < 0 || IsDnsLabel(value[..slash])) && CniNetwork.IsMatch(value[(slash + 1)..]);
    }

    /// <summary>One line of ASCII that fits into one DHCP option (RFC 2132: a length octet).</summary>
    public static bool IsDhcpText(string value) =>
        value.Length is > 0 and <= 255 && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    public static bool IsIPv4Address(string value) =>
        IsIPAddress(value) && !value.Contains(':', StringComparison.Ordinal);

    /// <summary>A name of one or more labels, of at most 253 characters.</summary>
    public static bool IsDomainName(string value) =>
        value.Length <= 253 && value.Split('.').All(label => DnsLabel.IsMatch(label));

    public static bool IsIPAddress(string value) =>
        value.Length <= 45
        && IPAddress.TryParse(value, out IPAddress? address)
        && (value.Contains(':', StringComparison.Ordinal) || address.ToString() == value); // not "1" for 0.0.0.1

    private static bool IsDnsSubdomain(string value) => value.Length <= 253 && value.Split('.').All(IsDnsSubdomainPart);

    // Unlike a label, a part of a subdomain has no limit of its own in Kubernetes.
    private static bool IsDnsSubdomainPart(string part) => DnsPart.IsMatch(part);

    private static bool HasLoneSurrogate(string value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i]))
                continue;
            if (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[i + 1]))
                return true;
            i++;
        }
        return false;
    }

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex DnsLabel { get; }

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]*[a-z0-9])?\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex DnsPart { get; }

    [GeneratedRegex(@"^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex MacAddress { get; }

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex LabelPart { get; }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Machine { get; }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex CpuName { get; }

    [GeneratedRegex(@"^(vd|sd|hd)[a-z]{1,2}\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex DiskTarget { get; }

    // libvirt's own set; 20 is what virtio-blk and ATA can show.
    [GeneratedRegex(@"^[A-Za-z0-9_ .+-]{1,20}\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex DiskSerial { get; }

    [GeneratedRegex(@"^ua-[A-Za-z0-9_-]{1,60}\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Alias { get; }

    [GeneratedRegex(@"^[!-.0-9;-~]{1,15}\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex LinkName { get; }

    [GeneratedRegex(@"^[A-Za-z0-9_.][A-Za-z0-9_.+-]{0,63}\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex LibvirtNetwork { get; }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}\z", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex CniNetwork { get; }
}
