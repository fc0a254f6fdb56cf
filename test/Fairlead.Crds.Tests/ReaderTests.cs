using System.Text;

namespace Fairlead.Crds.Tests;

public sealed class ReaderTests
{
    // A second on a quiet machine; what grows with the square of the size takes many minutes.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("00:11:22:33:44:55")]
    [InlineData("12:34:56:07:08:09")]
    public void UnquotedMac_StaysAString(string mac)
    {
        VirtualMachine vm = Manifests.ReadOne(
            Manifests.Named("a") + $"spec: {{domain: {{devices: {{interfaces: [{{mac: {{address: {mac}}}}}]}}}}}}\n"
        );

        Assert.Equal(mac, vm.Spec.Domain.Devices.Interfaces[0].Mac!.Address);
    }

    [Theory]
    [InlineData("0123", "0123")]
    [InlineData("1e3", "1e3")]
    [InlineData("yes", "yes")]
    [InlineData("2026-01-31", "2026-01-31")]
    [InlineData("'a ''b'", "a 'b")]
    [InlineData("!!str 7", "7")]
    [InlineData("\"\\u0061\\/\\U0001F600\"", "a/😀")]
    [InlineData("|\n      x\n      y", "x\ny\n")]
    public void Annotation_IsTheStringThatWasWritten(string written, string read)
    {
        VirtualMachine vm = Manifests.ReadOne(Manifests.Named("a") + $"  annotations:\n    k: {written}\n");

        Assert.Equal(read, vm.Metadata.Annotations["k"]);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData("yes", true)]
    [InlineData("no", false)]
    [InlineData("off", false)]
    [InlineData("~", true)]
    [InlineData("", true)]
    public void Running_TakesTheWordsOfYamlAndLibvirt(string written, bool read) =>
        Assert.Equal(read, Manifests.ReadOne(Manifests.Named("a") + $"spec:\n  running: {written}\n").Spec.Running);

    [Fact]
    public void JsonWithEscapes_IsReadAsJson()
    {
        VirtualMachine vm = Manifests.ReadOne(File.ReadAllText(Corpus.PathOf("good/compact.json")));

        Assert.Equal("é😀/\t\"", vm.Metadata.Annotations["a"]);
    }

    [Fact]
    public void OneBadDocument_LeavesItsNeighboursAlone()
    {
        ManifestFile file = Manifests.Read(
            $"{Manifests.Named("one")}---\nfoo: [\n---\n{Manifests.Named("three")}---\nkind: Pod\n"
        );

        Assert.Equal(["default/one", null, "default/three", null], file.Documents.Select(d => d.Key?.ToString()));
        Assert.Equal([1, 6, 8, 13], file.Documents.Select(d => d.StartLine));
        Assert.Equal([0, 1, 0, 1], file.Documents.Select(d => d.Errors.Count));
    }

    [Fact]
    public void DocumentSpans_TogetherAreTheFile()
    {
        string text = File.ReadAllText(Corpus.PathOf("good/several.yaml"));
        ManifestFile file = Manifests.Read(text);

        Assert.Equal("---\napiVersion", text[file.Documents[0].TextStart..][..14]);
        Assert.Equal(text.Length, file.Documents[1].TextEnd);
    }

    [Fact]
    public void BadDocument_StillSaysWhoseItIs()
    {
        ManifestFile file = Manifests.Read(Manifests.Named("web") + "  namespace: team\nspec: {domain: {vcpu: 0}}\n");

        ManifestDocument document = Assert.Single(file.Documents);
        Assert.Null(document.VirtualMachine);
        Assert.Equal(new VirtualMachineKey("team", "web"), document.Key);
    }

    [Fact]
    public void ListsItems_AreDocuments()
    {
        ManifestFile file = Manifests.Read(File.ReadAllText(Corpus.PathOf("good/list.yaml")));

        Assert.Equal(["default/a", "other/b"], file.Documents.Select(document => document.Key.ToString()));
        Assert.Equal([0, 1], file.Documents.Select(document => document.Index));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# a comment\n---\n...\n")]
    [InlineData("---\nnull\n")]
    public void NoManifest_IsAnErrorOfTheFile(string text) =>
        Assert.Equal(["vm.yaml: there is no manifest in it"], Manifests.Errors(text));

    [Fact]
    public void TenMegabytes_AreRefusedWithoutReadingThem()
    {
        using EndlessStream endless = new();

        ManifestFile file = ManifestReader.Read(endless, "big.yaml");

        Assert.Equal(
            "big.yaml: the file is larger than 1 MiB, the most that a manifest may have",
            Assert.Single(file.Errors).ToString()
        );
        Assert.InRange(endless.Given, ManifestReader.MaxBytes, ManifestReader.MaxBytes + 65536);
    }

    [Fact]
    public void TenMegabyteFile_IsRefusedWithItsSize()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllText(path, new string('a', 10_000_000));

            Assert.Equal(
                $"{path}: the file has 10000000 bytes, but a manifest may have at most 1 MiB (1048576 bytes)",
                Assert.Single(ManifestReader.ReadFile(path).Errors).ToString()
            );
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void FileOfOneMebibyteOfComments_IsStillRead() =>
        Assert.Empty(
            Manifests.Errors(Manifests.Named("a") + "#" + new string('x', ManifestReader.MaxBytes - 100) + "\n")
        );

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0xff }, "f:2:2: byte 0xff is not UTF-8")]
    [InlineData(new byte[] { (byte)'a', 0xc3 }, "f:1:2: byte 0xc3 is not UTF-8")]
    [InlineData(new byte[] { 0xff, 0xfe, (byte)'a', 0 }, "f:1:1: the file is UTF-16; a manifest is UTF-8")]
    [InlineData(new byte[] { (byte)'a', 0 }, "f:1:2: a NUL byte cannot stand in a manifest")]
    [InlineData(new byte[] { (byte)'a', 0x1b }, "f:1:2: character U+001B cannot stand in a manifest")]
    public void BytesThatAreNoText_AreRefusedInTheirPlace(byte[] bytes, string error)
    {
        using MemoryStream stream = new(bytes);

        Assert.Equal(error, Assert.Single(ManifestReader.Read(stream, "f").AllErrors).ToString());
    }

    [Fact]
    public void FileThatCannotBeOpened_IsAnErrorToo()
    {
        Assert.Contains(
            "no-such.yaml",
            ManifestReader.ReadFile("/no-such.yaml").Errors[0].Message,
            StringComparison.Ordinal
        );
        Assert.NotEmpty(ManifestReader.ReadFile("/").Errors);
    }

    [Fact]
    public void HundredsOfErrors_AreCountedNotListed()
    {
        string text = Manifests.Named("a") + string.Concat(Enumerable.Range(0, 250).Select(i => $"x{i}: 1\n"));

        IReadOnlyList<string> errors = Manifests.Errors(text);

        Assert.Equal(101, errors.Count);
        Assert.EndsWith("and 150 more errors in this document", errors[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", 500_000)]
    [InlineData("[\n", 250_000)]
    [InlineData("- ", 250_000)]
    [InlineData("{a: ", 250_000)]
    [InlineData("? ", 250_000)]
    [InlineData("!a ", 250_000)]
    [InlineData("a: b\n", 200_000)]
    [InlineData("---\na\n", 150_000)]
    [InlineData("\n", 1_000_000)]
    [InlineData("\"", 1_000_000)]
    [InlineData("*a ", 300_000)]
    [InlineData("a: &a ", 170_000)]
    [InlineData("'\n", 500_000)]
    [InlineData("|\n", 500_000)]
    public void HostileRepetition_IsRefusedSoon(string piece, int times)
    {
        string text = new StringBuilder().Insert(0, piece, times).ToString();
        long start = TimeProvider.System.GetTimestamp();

        Assert.NotEmpty(Manifests.Errors(text));

        Assert.True(TimeProvider.System.GetElapsedTime(start) < s_soon);
    }

    [Fact]
    public void ManyFaultsOfTwoKinds_AreFoundSoon()
    {
        string text =
            Manifests.Named("a")
            + "  labels: {"
            + string.Concat(Enumerable.Range(0, 40_000).Select(i => $"'-{i}': x, "))
            + "}\n"
            + string.Concat(Enumerable.Range(0, 50_000).Select(i => $"x{i}: 1\n"));
        long start = TimeProvider.System.GetTimestamp();

        Assert.Equal(101, Manifests.Errors(text).Count);

        Assert.True(TimeProvider.System.GetElapsedTime(start) < s_soon);
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long Given { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            int length = Math.Min(buffer.Length, 65536);
            buffer[..length].Fill((byte)'a');
            Given += length;
            return length;
        }
    }
}
