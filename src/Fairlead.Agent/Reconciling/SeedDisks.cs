using Fairlead.Crds;
using Fairlead.Vmi;
using Fairlead.Vmi.CloudInit;

namespace Fairlead.Agent.Reconciling;

/// <summary>The disks that cloud-init reads in running guests, a file each; they last as long as their domains run.</summary>
internal sealed class SeedDisks
{
    private readonly string _directory;

    public SeedDisks(AgentOptions options)
    {
        _directory = Path.Combine(options.StateDirectory, "seeds");
        Directory.CreateDirectory(_directory);
    }

    /// <summary>Writes the disk of a machine that wants one.</summary>
    /// <returns>Its path, or null.</returns>
    public async Task<string?> WriteAsync(
        VirtualMachine vm,
        IReadOnlyDictionary<string, AttachmentRecord> attached,
        CancellationToken cancellationToken
    )
    {
        if (vm.Spec.NetworkData != NetworkDataFormats.CloudInit)
            return null;
        byte[] image = SeedDisk.Build(
            vm.Metadata.Uid!,
            vm.Spec.Hostname ?? vm.Metadata.Name,
            vm.Spec.Domain.Devices.Interfaces.Select(nic => attached.GetValueOrDefault(nic.Name!))
                .OfType<AttachmentRecord>()
        );
        string path = PathOf(vm.Metadata.Uid!);
        await File.WriteAllBytesAsync(path, image, cancellationToken);
        return path;
    }

    /// <summary>Absent is success.</summary>
    public void Remove(string vmUid) => File.Delete(PathOf(vmUid));

    private string PathOf(string vmUid) => Path.Combine(_directory, $"{vmUid}.img");
}
