using System.Text;
using Fairlead.Storage;

namespace Fairlead.Standalone;

/// <summary>
/// The account that libvirt's QEMU driver wants to exist at its start, whatever qemu.conf says (virQEMUDriverConfigNew in
/// src/qemu/qemu_conf.c). On Debian only libvirt-daemon-system makes it, along with services that would run libvirt on the
/// host. So the pod gets account files with it, and the host's stay as they are.
/// </summary>
internal static class PodAccounts
{
    private const string Name = "libvirt-qemu";

    // Debian has reserved both numbers for it (base-passwd, users-and-groups).
    private const string User = $"{Name}:x:64055:64055:Libvirt Qemu:/var/lib/libvirt:/usr/sbin/nologin";
    private const string Group = $"{Name}:x:64055:";

    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The files and what they are mounted upon; a source that does not exist is not needed.</summary>
    public static IReadOnlyList<PodMount> Of(EnvironmentPaths paths) =>
        [
            new(Path.Combine(paths.LibvirtState, "passwd"), "/etc/passwd"),
            new(Path.Combine(paths.LibvirtState, "group"), "/etc/group"),
        ];

    /// <summary>Makes the files anew from the host's, or removes them where the host has the account.</summary>
    public static async Task WriteAsync(EnvironmentPaths paths)
    {
        foreach (PodMount mount in Of(paths))
        {
            string host = await File.ReadAllTextAsync(mount.Target);
            string? pod = WithAccount(host, mount.Target == "/etc/passwd" ? User : Group);
            if (pod is null)
            {
                File.Delete(mount.Source);
                continue;
            }
            await DurableFile.WriteAsync(mount.Source, Encoding.UTF8.GetBytes(pod));
            File.SetUnixFileMode(mount.Source, Readable);
        }
    }

    /// <summary>The file's text with the account added; null if it has it.</summary>
    internal static string? WithAccount(string text, string entry)
    {
        if (
            text.StartsWith(Name + ":", StringComparison.Ordinal)
            || text.Contains($"\n{Name}:", StringComparison.Ordinal)
        )
            return null;
        return text.Length == 0 || text.EndsWith('\n') ? $"{text}{entry}\n" : $"{text}\n{entry}\n";
    }
}
