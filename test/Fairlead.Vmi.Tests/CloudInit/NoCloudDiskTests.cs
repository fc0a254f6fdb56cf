using System.Diagnostics;
using Fairlead.Crds;
using Fairlead.Vmi.CloudInit;

namespace Fairlead.Vmi.Tests.CloudInit;

public sealed class NoCloudDiskTests : IDisposable
{
    private static readonly Dictionary<string, AttachmentRecord> s_vnics = new(StringComparer.Ordinal)
    {
        ["net0"] = Sample.Record(Sample.Endpoint("10.88.0.4/16")),
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("fl-nocloud-").FullName;

    private static VirtualMachine Machine { get; } =
        new()
        {
            Metadata = new ObjectMeta { Name = "web", Uid = Sample.Uid },
            Spec = new VirtualMachineSpec
            {
                NetworkData = NetworkDataFormats.CloudInit,
                Domain = new DomainSpec
                {
                    Devices = new DomainDevices { Interfaces = [new DomainInterface { Name = "net0" }] },
                },
            },
        };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Image_HasCloudInitsLabelAndFiles()
    {
        string image = (await new NoCloudDisk(_directory).MakeAsync(Machine, s_vnics, Cancellation))!;

        Assert.Contains("Volume id: cidata", await IsoInfoAsync(image, "-d"), StringComparison.Ordinal);
        string metaData = await IsoInfoAsync(image, "-R", "-x", "/meta-data");
        Assert.Matches($"^instance-id: {Sample.Uid}-[0-9a-f]{{8}}\nlocal-hostname: web\n$", metaData);
        Assert.StartsWith(
            "#cloud-config\n",
            await IsoInfoAsync(image, "-R", "-x", "/user-data"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "10.88.0.4/16",
            await IsoInfoAsync(image, "-R", "-x", "/network-config"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task AnotherAddress_IsAnotherInstance_TheSameIsNot()
    {
        NoCloudDisk disk = new(_directory);
        string first = await MetaDataAsync(s_vnics);
        string again = await MetaDataAsync(s_vnics);
        string other = await MetaDataAsync(
            new Dictionary<string, AttachmentRecord>(StringComparer.Ordinal)
            {
                ["net0"] = Sample.Record(Sample.Endpoint("10.88.0.5/16")),
            }
        );

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        async Task<string> MetaDataAsync(IReadOnlyDictionary<string, AttachmentRecord> vnics) =>
            await IsoInfoAsync((await disk.MakeAsync(Machine, vnics, Cancellation))!, "-R", "-x", "/meta-data");
    }

    [Fact]
    public async Task MachineThatWantsNone_HasNone()
    {
        VirtualMachine silent = Machine with { Spec = Machine.Spec with { NetworkData = null } };

        Assert.Null(await new NoCloudDisk(_directory).MakeAsync(silent, s_vnics, Cancellation));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public async Task Remove_LeavesNothing_AndMayBeRepeated()
    {
        NoCloudDisk disk = new(_directory);
        await disk.MakeAsync(Machine, s_vnics, Cancellation);

        disk.Remove(Sample.Uid);
        disk.Remove(Sample.Uid);

        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public async Task ProgramThatIsMissing_IsNamedWithThePackage()
    {
        NoCloudDisk disk = new(_directory, "no-such-genisoimage");

        NoCloudDiskException e = await Assert.ThrowsAsync<NoCloudDiskException>(() =>
            disk.MakeAsync(Machine, s_vnics, Cancellation)
        );

        Assert.Contains("install the package genisoimage", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProgramThatFails_IsQuoted()
    {
        string program = Path.Combine(_directory, "fails");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho no space >&2\nexit 3\n", Cancellation);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        NoCloudDiskException e = await Assert.ThrowsAsync<NoCloudDiskException>(() =>
            new NoCloudDisk(_directory, program).MakeAsync(Machine, s_vnics, Cancellation)
        );

        Assert.EndsWith("ended with 3: no space", e.Message, StringComparison.Ordinal);
    }

    private static async Task<string> IsoInfoAsync(string image, params string[] arguments)
    {
        ProcessStartInfo start = new("isoinfo", ["-i", image, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
