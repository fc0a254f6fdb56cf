using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Journal;

/// <summary>A namespace's identity as the journal writes it, "device:inode", and as version 1 of the journal wrote it.</summary>
internal sealed partial class NetnsIdentityJson : JsonConverter<NetworkNamespaceId>
{
    public override NetworkNamespaceId Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    )
    {
        string text = reader.GetString() ?? "";
        Match match = Written().Match(text);
        if (!match.Success)
            match = WrittenByVersion1().Match(text);
        return
            ulong.TryParse(match.Groups["device"].ValueSpan, CultureInfo.InvariantCulture, out ulong device)
            && ulong.TryParse(match.Groups["inode"].ValueSpan, CultureInfo.InvariantCulture, out ulong inode)
            ? new NetworkNamespaceId(device, inode)
            : throw new JsonException($"\"{text}\" is no identity of a namespace: wanted \"device:inode\"");
    }

    public override void Write(Utf8JsonWriter writer, NetworkNamespaceId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.Device}:{value.Inode}"));

    [GeneratedRegex(@"^(?<device>\d+):(?<inode>\d+)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Written();

    [GeneratedRegex(
        @"^NetworkNamespaceId \{ Device = (?<device>\d+), Inode = (?<inode>\d+) \}\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex WrittenByVersion1();
}
