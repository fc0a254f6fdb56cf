using System.Diagnostics;
using System.Text;
using Fairlead.Cli.Tests.Fakes;

namespace Fairlead.Cli.Tests;

/// <summary>The worst manifests that we could think of: each is refused with its reason, and nothing reaches the agent.</summary>
public sealed class BadManifestTests : IDisposable
{
    private const string Header = "apiVersion: fairlead.dev/v1alpha1\nkind: VirtualMachine\nmetadata: {name: web}\n";

    private readonly ManifestFolder _folder = new();

    public static TheoryData<string, string, string> Manifests =>
        new()
        {
            { "empty", "", "FILE: there is no manifest in it\nerror: no objects passed to apply" },
            {
                "comments only",
                "# nothing\n---\n---\n",
                "FILE: there is no manifest in it\nerror: no objects passed to apply"
            },
            { "truncated", Header + "spec:\n  domain: {vcpu: ", "FILE:" },
            { "tab for indentation", Header + "spec:\n\tdomain: {}\n", "FILE:5:1: " },
            {
                "short MAC",
                Header + "spec: {domain: {devices: {interfaces: [{mac: {address: 00:11:22:33:44}}]}}}\n",
                "FILE:4:56: spec.domain.devices.interfaces[0].mac.address: \"00:11:22:33:44\" is not a MAC address (six octets)"
            },
            {
                "multicast MAC",
                Header + "spec: {domain: {devices: {interfaces: [{mac: {address: 01:11:22:33:44:55}}]}}}\n",
                "FILE:4:56: spec.domain.devices.interfaces[0].mac.address: \"01:11:22:33:44:55\" is a multicast address"
            },
            {
                "duplicate MAC",
                Header
                    + "spec: {domain: {devices: {interfaces: [{mac: {address: 00:11:22:33:44:55}}, "
                    + "{mac: {address: 00:11:22:33:44:55}}]}}}\n",
                "spec.domain.devices.interfaces[1].mac.address: \"00:11:22:33:44:55\" is taken by"
            },
            {
                "unknown field",
                Header + "spec: {domian: {}}\n",
                "FILE:4:8: spec.domian: unknown field; did you mean \"domain\"?"
            },
            { "wrong type", Header + "spec: {domain: {vcpu: many}}\n", "FILE:4:23: spec.domain.vcpu: " },
            {
                "other kind",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n",
                "FILE:2:7: kind: \"Pod\" is not a kind that"
            },
            {
                "no DNS label",
                Header.Replace("web", "Web_1"),
                "FILE:3:18: metadata.name: \"Web_1\" is not a DNS label"
            },
            { "a list", "- one\n- two\n", "FILE:1:1: wanted an object with apiVersion, kind, metadata and spec" },
            { "binary", "\u007fELF\u0002\u0001\u0001\0\0\0", "FILE:1:" },
            { "alias bomb", AliasBomb(), "FILE:" },
        };

    [Theory]
    [MemberData(nameof(Manifests))]
    public async Task BadManifest_IsRefusedWithItsReason(string name, string manifest, string error)
    {
        await using FakeAgent agent = await FakeAgent.StartAsync();
        string file = _folder.Write("bad.yaml", manifest);
        Stopwatch watch = Stopwatch.StartNew();

        CliResult result = await new TestCli(agent).RunAsync("apply", "-f", file);

        Assert.True(result.ExitCode == 1, name);
        Assert.Equal("", result.Out);
        Assert.Contains("error: " + (error.StartsWith("FILE") ? "" : "FILE:"), result.Error.Replace(file, "FILE"));
        Assert.Contains(error, result.Error.Replace(file, "FILE"));
        Assert.Empty(agent.Machines.Applied);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(10L << 20)]
    [InlineData(1L << 40)]
    public async Task HugeFile_IsRefusedWithoutReadingIt(long size)
    {
        string file = Path.Combine(_folder.Path, "big.yaml");
        await using (FileStream sparse = File.Create(file))
            sparse.SetLength(size);

        CliResult result = await new TestCli().RunAsync("apply", "-f", file, "--dry-run=client");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: {file}: the file has 1", result.Error);
    }

    [Fact]
    public async Task EndlessInput_IsRefused()
    {
        TestCli cli = new() { Input = new EndlessStream() };

        CliResult result = await cli.RunAsync("apply", "-f", "-", "-f", "/dev/zero", "--dry-run=client");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(2, result.Error.Split("larger than 1 MiB").Length - 1);
    }

    [Theory]
    [InlineData("/nonexistent/web.yaml", "/nonexistent/web.yaml: no such file or directory")]
    [InlineData("", ": no such file or directory")]
    [InlineData("/dev/null", "/dev/null: there is no manifest in it")]
    public async Task WhatIsNoFile_IsAnError(string path, string error)
    {
        CliResult result = await new TestCli().RunAsync("apply", "-f", path, "--dry-run=client");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"error: {error}\nerror: no objects passed to apply\n", result.Error);
    }

    [Fact]
    public async Task PipeWithoutAWriter_WaitsUntilCancelled()
    {
        string pipe = Path.Combine(_folder.Path, "pipe.yaml");
        using Process mkfifo = Process.Start("mkfifo", pipe);
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        using CancellationTokenSource end = new(TimeSpan.FromMilliseconds(300));

        CliResult inDirectory = await new TestCli().RunAsync("apply", "-f", _folder.Path, "--dry-run=client");
        Task<CliResult> named = new TestCli().RunUntilAsync(end.Token, "apply", "-f", pipe, "--dry-run=client");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => named);
        Assert.StartsWith($"error: {pipe}: is not a regular file\n", inDirectory.Error);
        // Lets the thread go that waits in open(2).
        await File.WriteAllTextAsync(pipe, "", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AllErrorsOfAllFiles_AreToldAtOnce()
    {
        string one = _folder.Write("one.yaml", Header + "spec: {domain: {vcpu: 0, memory: {value: -1}}}\n");
        string two = _folder.Write("two.json", "{\"kind\": \"VirtualMachine\"}");

        CliResult result = await new TestCli().RunAsync("apply", "-f", one, "-f", two, "--dry-run=client");

        string[] errors = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, errors.Count(error => error.StartsWith($"error: {one}:4:")));
        Assert.Contains(errors, error => error.StartsWith($"error: {two}:1:") && error.Contains("apiVersion"));
        Assert.Contains(errors, error => error.StartsWith($"error: {two}:1:") && error.Contains("metadata.name"));
    }

    public void Dispose() => _folder.Dispose();

    // "Billion laughs": nine levels of nine references each.
    private static string AliasBomb()
    {
        StringBuilder text = new("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 10; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [")
                .AppendJoin(',', Enumerable.Repeat($"*a{i - 1}", 9))
                .Append("]\n");
        return text.ToString();
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'x');
            return buffer.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
