using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Fairlead.Cni.Tests;

/// <summary>
/// Mutated seeds must be read or refused with CniFormatException, never anything else; and what is read must be written so
/// that it reads the same. FAIRLEAD_FUZZ_SECONDS sets how long each runs (1 by default).
/// </summary>
public sealed class FuzzTests
{
    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "null",
            "true",
            "{}",
            "[]",
            "\"\"",
            "-1",
            "1e999",
            "4294967296",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\ud800",
            "\\u0000",
            "\"name\":",
            "\"type\":",
            "\"plugins\":",
            "\"cniVersion\":\"0.2.0\",",
            "\"ips\":",
            "\"ip4\":",
            "\"kind\":",
            "10.0.0.1/8",
            "\u00ff",
            "\ufeff",
            " ",
            "\n",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff],
        [0xc3],
        [0x00],
        [0xed, 0xa0, 0x80],
    ];

    private static TimeSpan Duration =>
        TimeSpan.FromSeconds(
            int.TryParse(
                Environment.GetEnvironmentVariable("FAIRLEAD_FUZZ_SECONDS"),
                CultureInfo.InvariantCulture,
                out int seconds
            )
                ? seconds
                : 1
        );

    [Fact]
    public void Configurations_AreReadOrRefused() =>
        Fuzz(
            "configuration",
            bytes =>
            {
                NetworkConfigurationList list = NetworkConfigurationList.Parse(bytes);
                NetworkConfigurationList again = NetworkConfigurationList.Parse(list.RawBytes.Span);
                Assert.Equal(list.ToString(), again.ToString());
                Assert.Equal(list.CniVersion, again.CniVersion);
            }
        );

    [Fact]
    public void Results_AreReadOrRefusedAndConvert() =>
        Fuzz(
            "result",
            bytes =>
            {
                CniResult result = CniResult.Parse(bytes, CniVersion.V1_0_0);
                foreach (CniVersion version in CniVersion.Known)
                {
                    if (version < CniVersion.V0_3_0 && result.Ips.Count == 0)
                        continue;
                    CniResult converted = result.ConvertTo(version);
                    Assert.Equal(version, converted.CniVersion);
                }
            }
        );

    [Fact]
    public void CacheEntries_AreReadOrRefused() =>
        Fuzz(
            "cache",
            bytes =>
            {
                CachedAttachment? entry = CachedAttachment.Parse(bytes, "fuzz");
                if (entry is null)
                    return;
                CachedAttachment again = CachedAttachment.Parse(entry.ToJson(), "again")!;
                Assert.Equal(entry.Attachment.Id, again.Attachment.Id);
                Assert.Equal(entry.Configuration.ToArray(), again.Configuration.ToArray());
            }
        );

    private static void Fuzz(string corpus, Action<byte[]> target)
    {
        List<byte[]> seeds =
        [
            .. Directory
                .GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", corpus))
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllBytes),
        ];
        int start = Environment.TickCount;
        Random random = new(start);
        foreach (byte[] seed in seeds)
            target(seed);
        Stopwatch watch = Stopwatch.StartNew();
        List<byte[]> pool = [.. seeds];
        while (watch.Elapsed < Duration)
        {
            byte[] input = Mutate(pool[random.Next(pool.Count)], random);
            try
            {
                target(input);
                // What is still valid is a good start for more.
                if (pool.Count < 2000 && input.Length < 8192)
                    pool.Add(input);
            }
            catch (CniFormatException e)
            {
                Assert.NotEmpty(e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {start}, input {Convert.ToBase64String(input)}: {e}");
            }
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        List<byte> bytes = [.. seed];
        for (int i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, s_tokens[random.Next(s_tokens.Length)]);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
                case 4:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    ReplaceValue(bytes, at, random);
                    break;
            }
        }
        return [.. bytes];
    }

    // From a colon to the next comma or brace: keeps the text valid more often than not.
    private static void ReplaceValue(List<byte> bytes, int at, Random random)
    {
        int colon = bytes.IndexOf((byte)':', at);
        if (colon < 0)
            return;
        int end = bytes.FindIndex(colon, b => b is (byte)',' or (byte)'}' or (byte)']');
        if (end < 0)
            return;
        bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, s_tokens[random.Next(8)]);
    }
}
