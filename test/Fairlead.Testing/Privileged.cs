namespace Fairlead.Testing;

/// <summary>What a test needs of the machine. Missing, it skips the test; in CI it fails it.</summary>
public static class Privileged
{
    private static readonly string[] SearchPath =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'),
        "/usr/sbin",
        "/sbin",
        "/usr/lib/cni",
        "/opt/cni/bin",
    ];

    /// <summary>Whether something missing is a failure: <c>CI</c> or <c>FAIRLEAD_CI</c> is set.</summary>
    public static bool IsContinuousIntegration { get; } = IsSet("CI") || IsSet("FAIRLEAD_CI");

    /// <summary>Asks for root and for programs (CNI plugins too), by name or absolute path.</summary>
    public static void Require(params string[] programs)
    {
        if (!Environment.IsPrivilegedProcess)
            Missing("needs root");
        foreach (string program in programs)
        {
            // An absolute path stays what it is: Path.Combine drops what stands before it.
            if (!SearchPath.Any(directory => File.Exists(Path.Combine(directory, program))))
                Missing($"needs {program} (make setup)");
        }
    }

    /// <summary>Asks for what a test with a real guest needs.</summary>
    public static void RequireGuest()
    {
        Require("libvirtd", "qemu-system-x86_64", "dnsmasq");
        if (!File.Exists(RepositoryPaths.GuestKernel) || !File.Exists(RepositoryPaths.GuestInitrd))
            Missing("needs the guest (make guest)");
    }

    private static void Missing(string reason)
    {
        if (IsContinuousIntegration)
            Assert.Fail($"{reason}, and in CI that is a failure");
        Assert.Skip(reason);
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
