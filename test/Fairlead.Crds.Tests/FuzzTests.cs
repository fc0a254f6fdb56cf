using System.Text;

namespace Fairlead.Crds.Tests;

// Seeded, so that a failure can be run again: its message has the seed.
public sealed class FuzzTests
{
    private static readonly byte[][] s_corpus = [.. Corpus.Texts.Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "---\n",
            "...\n",
            "\n",
            "\r\n",
            "\t",
            "  ",
            "- ",
            "? ",
            ": ",
            ":",
            ", ",
            "[",
            "]",
            "{",
            "}",
            "&a ",
            "*a",
            "!!str ",
            "!x ",
            "|\n",
            ">-\n",
            "\"",
            "'",
            "#",
            "%YAML 1.2\n",
            "@",
            "`",
            "<<: ",
            "~",
            "null",
            "0",
            "-1",
            "1e9",
            "true",
            "\\u0000",
            "\\ud800",
            "\u0085",
            "\u2028",
            "\ufeff",
            "😀",
            "items:\n",
            "kind: List\n",
            "spec:\n",
            "running: ",
            "metadata:\n",
            "name: ",
            "\0",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public void RandomBytes_GiveErrorsNotExceptions()
    {
        for (int seed = 0; seed < 1_000; seed++)
        {
            Random random = new(seed);
            byte[] bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            Check(seed, bytes);
        }
    }

    [Fact]
    public void RandomTokens_GiveErrorsNotExceptions()
    {
        for (int seed = 0; seed < 2_500; seed++)
        {
            Random random = new(seed);
            byte[][] tokens = random.GetItems(s_tokens, random.Next(1, 40));
            Check(seed, [.. tokens.SelectMany(token => token)]);
        }
    }

    [Fact]
    public void MutatedManifests_GiveErrorsNotExceptions()
    {
        for (int seed = 0; seed < 2_500; seed++)
        {
            Random random = new(seed);
            List<byte> bytes = [.. random.GetItems(s_corpus, 1)[0]];
            for (int i = random.Next(1, 5); i > 0; i--)
                Mutate(random, bytes);
            Check(seed, [.. bytes]);
        }
    }

    private static void Mutate(Random random, List<byte> bytes)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(random.Next(1, 30), bytes.Count - at);
        switch (random.Next(5))
        {
            case 0:
                bytes.RemoveRange(at, length);
                break;
            case 1:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 2:
                bytes.InsertRange(at, random.GetItems(s_tokens, 1)[0]);
                break;
            case 3:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            default:
                if (length > 0)
                    bytes[at] = (byte)random.Next(256);
                break;
        }
    }

    // Whatever comes, the reader answers; what it accepts is valid and survives being written, edited and cut.
    private static void Check(int seed, byte[] bytes)
    {
        try
        {
            using MemoryStream stream = new(bytes);
            ManifestFile file = ManifestReader.Read(stream, "f");
            Assert.True(file.Documents.Count > 0 || file.Errors.Count > 0);
            foreach (ManifestError error in file.AllErrors)
            {
                Assert.True(error.Line <= file.Text.Count(c => c == '\n') + 1);
                Assert.DoesNotContain(error.ToString(), char.IsControl);
            }
            foreach (ManifestDocument document in file.Documents)
                CheckDocument(file, document);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"seed {seed}: {Encoding.UTF8.GetString(bytes)}"),
                e
            );
        }
    }

    private static void CheckDocument(ManifestFile file, ManifestDocument document)
    {
        Assert.Equal(document.VirtualMachine is null, document.Errors.Count > 0);
        ManifestEditor.ExtractDocument(file.Text, document.Index);
        if (document.VirtualMachine is not { } vm)
            return;
        Assert.Empty(VirtualMachineValidator.Validate(vm));
        Manifests.AssertSame(vm, Manifests.ReadOne(ManifestWriter.ToYaml(vm)));
        CheckEdits(file, document, vm);
    }

    private static void CheckEdits(ManifestFile file, ManifestDocument document, VirtualMachine vm)
    {
        try
        {
            string edited = ManifestEditor.SetRunning(file.Text, document.Index, !vm.Spec.Running);
            VirtualMachine after = Manifests.Read(edited).Documents[document.Index].VirtualMachine!;
            Assert.Equal(!vm.Spec.Running, after.Spec.Running);
            Manifests.AssertSame(vm, after with { Spec = after.Spec with { Running = vm.Spec.Running } });

            string? rest = ManifestEditor.Remove(file.Text, document.Index);
            Assert.Equal(file.Documents.Count - 1, rest is null ? 0 : Manifests.Read(rest).Documents.Count);
        }
        catch (ManifestFormatException)
        {
            // A List with a bad item that shares an anchor cannot be written anew; it says so.
            Assert.Contains(file.Documents, other => other.Errors.Count > 0);
        }
    }
}
