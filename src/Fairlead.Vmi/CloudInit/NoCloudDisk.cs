using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Crds;

namespace Fairlead.Vmi.CloudInit;

/// <summary>The disk for cloud-init could not be made, for a reason found on the node.</summary>
public sealed class NoCloudDiskException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The disk from which cloud-init's NoCloud data source reads a guest's network: an ISO 9660 image labelled
/// <c>cidata</c>, in a directory for each VM.
/// </summary>
/// <param name="directory">Where those directories are.</param>
/// <param name="program">genisoimage.</param>
public sealed class NoCloudDisk(string directory, string program = "genisoimage")
{
    private const string ImageName = "seed.iso";

    private static readonly string[] s_files = ["meta-data", "user-data", "network-config"];

    /// <summary>Makes a VM's anew, if it wants one. May be cut off and repeated.</summary>
    /// <param name="vm">The VM, with its UID and all defaults.</param>
    /// <param name="vnics">Its attachments by vNIC name, each with its endpoint.</param>
    /// <param name="cancellationToken">Ends the program that makes the image.</param>
    /// <returns>The image's path, or null.</returns>
    /// <exception cref="NoCloudDiskException">The image cannot be made.</exception>
    public async Task<string?> MakeAsync(
        VirtualMachine vm,
        IReadOnlyDictionary<string, AttachmentRecord> vnics,
        CancellationToken cancellationToken
    )
    {
        if (vm.Spec.NetworkData != NetworkDataFormats.CloudInit)
            return null;
        string own = DirectoryOf(vm.Metadata.Uid!);
        byte[] network = NetworkConfig.Build(vm.Spec.Domain.Devices.Interfaces, vnics);
        byte[][] contents =
        [
            Encoding.UTF8.GetBytes(MetaData(vm, network)),
            "#cloud-config\n{}\n"u8.ToArray(), // the data source wants the file; what it may say is not ours
            network,
        ];
        try
        {
            Directory.CreateDirectory(own);
            foreach ((string name, byte[] content) in s_files.Zip(contents))
                await File.WriteAllBytesAsync(Path.Combine(own, name), content, cancellationToken)
                    .ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NoCloudDiskException($"the disk for networkData: cloud-init: {e.Message}", e);
        }

        await RunAsync(own, cancellationToken).ConfigureAwait(false);
        return Path.Combine(own, ImageName);
    }

    /// <summary>Removes a VM's; none is fine.</summary>
    public void Remove(string vmUid)
    {
        try
        {
            Directory.Delete(DirectoryOf(vmUid), recursive: true);
        }
        catch (DirectoryNotFoundException) { }
    }

    private string DirectoryOf(string vmUid) => Path.Combine(directory, vmUid);

    // cloud-init reads the network once for each instance: another network is another instance.
    private static string MetaData(VirtualMachine vm, byte[] network)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(network))[..8];
        return $"""
            instance-id: {vm.Metadata.Uid}-{digest}
            local-hostname: {vm.Spec.Hostname ?? vm.Metadata.Name}

            """;
    }

    private async Task RunAsync(string own, CancellationToken cancellationToken)
    {
        string[] arguments = ["-quiet", "-input-charset", "utf-8", "-volid", "cidata", "-joliet", "-rock", "-output"];
        ProcessStartInfo start = new(program, [.. arguments, ImageName, .. s_files])
        {
            WorkingDirectory = own,
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using Process process = Start(start);
        try
        {
            string said = await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw new NoCloudDiskException(
                    $"the disk for networkData: cloud-init: {program} ended with {process.ExitCode}: {said.Trim()}"
                );
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new NoCloudDiskException(
                $"networkData: cloud-init needs {program} where the agent runs ({e.Message}); "
                    + "install the package genisoimage, or leave networkData out",
                e
            );
        }
    }
}
