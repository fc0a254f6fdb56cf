using System.Runtime.InteropServices;
using Fairlead.Standalone.Processes;
using Fairlead.Standalone.Records;

namespace Fairlead.Standalone;

/// <summary>What has to be so before anything is touched.</summary>
internal static class Preflight
{
    /// <exception cref="EnvironmentException">The user is not root.</exception>
    public static void RequireRoot(string command)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new EnvironmentException($"fairlead {command} needs root: it makes network namespaces and mounts");
    }

    /// <exception cref="EnvironmentException">One or more programs or files are missing; all of them are named.</exception>
    public static void RequireInstalled(EnvironmentSettings settings)
    {
        bool isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        (string Program, string Package)[] programs =
        [
            ("libvirtd", "libvirt-daemon"),
            isArm ? ("qemu-system-aarch64", "qemu-system-arm") : ("qemu-system-x86_64", "qemu-system-x86"),
            ("dnsmasq", "dnsmasq-base"),
            ("nsenter", "util-linux"),
            ("unshare", "util-linux"),
        ];
        var missing = Array.FindAll(programs, program => Programs.Find(program.Program) is null);
        if (missing.Length > 0)
        {
            throw new EnvironmentException(
                $"{string.Join(", ", missing.Select(m => m.Program))} not found: apt-get install "
                    + string.Join(' ', missing.Select(m => m.Package).Distinct(StringComparer.Ordinal))
            );
        }

        foreach (string? file in (string?[])[settings.GuestKernel, settings.GuestInitrd])
        {
            if (file is not null && !File.Exists(file))
                throw new EnvironmentException($"guest file {file} does not exist");
        }
    }
}
