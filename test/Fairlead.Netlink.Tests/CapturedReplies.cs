using Fairlead.Netlink.Interop;

namespace Fairlead.Netlink.Tests;

/// <summary>What a real kernel answered; see Captured/README.md.</summary>
internal static class CapturedReplies
{
    public const uint PortId = 4242;

    public static readonly string[] All =
    [
        "addresses",
        "forwarding",
        "links",
        "neighbours",
        "refused",
        "routes4",
        "routes6",
    ];

    /// <summary>The messages of one reply, headers and all.</summary>
    public static List<byte[]> Messages(string name)
    {
        using Stream stream = typeof(CapturedReplies).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        List<byte[]> messages = [];
        while (reader.ReadLine() is { } line)
            messages.Add(Convert.FromHexString(line));
        return messages;
    }

    /// <summary>What follows the headers, without the message that ends the reply.</summary>
    public static IEnumerable<byte[]> Payloads(string name) =>
        Messages(name).SkipLast(1).Select(message => message[NlMsgHdr.Size..]);
}
