namespace Fairlead.Standalone.Parts;

/// <summary>The pod's libvirt configuration files.</summary>
internal static class LibvirtConfiguration
{
    /// <summary>libvirtd.conf: the socket's file mode is the access control, and the log goes to our file, not to journald.</summary>
    public static byte[] Daemon { get; } =
        """
            # Written by fairlead up; changes are lost.
            auth_unix_ro = "none"
            auth_unix_rw = "none"
            unix_sock_ro_perms = "0700"
            unix_sock_rw_perms = "0700"
            log_outputs = "3:stderr"

            """u8.ToArray();

    /// <summary>qemu.conf: the pod is the confinement; libvirt makes no cgroups, namespaces or labels of its own in it.</summary>
    public static byte[] Qemu { get; } =
        """
            # Written by fairlead up; changes are lost.
            user = "root"
            group = "root"
            # Disk images stay their owner's.
            dynamic_ownership = 0
            remember_owner = 0
            security_driver = "none"
            cgroup_controllers = []
            namespaces = []
            # No virtlogd in the pod.
            stdio_handler = "file"

            """u8.ToArray();
}
