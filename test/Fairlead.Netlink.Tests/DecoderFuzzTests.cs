using CsCheck;
using Fairlead.Netlink.Wire;

namespace Fairlead.Netlink.Tests;

/// <summary>Whatever the bytes, a decoder returns or says that they are malformed.</summary>
public sealed class DecoderFuzzTests
{
    private const int Samples = 5_000;

    private static readonly byte[][] Captured =
    [
        .. CapturedReplies.All.SelectMany(CapturedReplies.Messages).Select(message => message[16..]),
    ];

    [Fact]
    public void RandomBytes_AreDecodedOrMalformed() => Gen.Byte.Array[0, 200].Sample(DecodeAll, iter: Samples);

    [Fact]
    public void CapturedMessages_WithBytesChanged_AreDecodedOrMalformed() =>
        Gen.Select(Gen.Int[0, Captured.Length - 1], Gen.Select(Gen.Int[0, 4000], Gen.Byte).Array[1, 8])
            .Sample(
                (index, changes) =>
                {
                    byte[] bytes = [.. Captured[index]];
                    foreach ((int position, byte value) in changes)
                    {
                        if (bytes.Length > 0)
                            bytes[position % bytes.Length] = value;
                    }
                    DecodeAll(bytes);
                },
                iter: Samples
            );

    [Fact]
    public void CapturedMessages_CutShort_AreDecodedOrMalformed()
    {
        foreach (byte[] message in Captured)
        {
            for (int length = 0; length < message.Length; length++)
                DecodeAll(message[..length]);
        }
    }

    [Fact]
    public void RandomDatagrams_AreWalkedOrMalformed() =>
        Gen.Select(Gen.Int[0, Captured.Length - 1], Gen.Byte.Array[0, 40], Gen.UShort)
            .Sample(
                (index, noise, type) =>
                {
                    byte[] whole =
                    [
                        .. BitConverter.GetBytes(16 + Captured[index].Length),
                        .. BitConverter.GetBytes(type),
                    ];
                    byte[] datagram = [.. whole, .. new byte[10], .. Captured[index], .. noise];
                    Tolerate(datagram, bytes => RouteMonitor.DecodeAll(bytes));
                    Tolerate(noise, bytes => RouteMonitor.DecodeAll(bytes));
                    Tolerate(
                        datagram,
                        bytes =>
                        {
                            foreach (NetlinkMessage message in new MessageReader(bytes))
                                Acknowledgement.Decode(message);
                        }
                    );
                },
                iter: Samples
            );

    private static void DecodeAll(byte[] payload)
    {
        Tolerate(payload, bytes => LinkCodec.Decode(bytes));
        Tolerate(payload, bytes => AddressCodec.Decode(bytes));
        Tolerate(payload, bytes => RouteDecoder.Decode(bytes));
        Tolerate(payload, bytes => NeighbourCodec.Decode(bytes));
        Tolerate(payload, bytes => ForwardingCodec.Decode(bytes));
    }

    private static void Tolerate(byte[] bytes, Action<byte[]> decode)
    {
        try
        {
            decode(bytes);
        }
        catch (NetlinkFormatException e)
        {
            Assert.InRange(e.Offset, 0, bytes.Length);
        }
    }
}
