namespace Fairlead.Testing;

/// <summary>Where things are in the checkout that the tests were built from.</summary>
public static class RepositoryPaths
{
    /// <summary>The directory with <c>Fairlead.slnx</c>, found upwards from the test's own assembly.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The guest's kernel, made by <c>make guest</c>.</summary>
    public static string GuestKernel => Path.Combine(Root, "out/guest/vmlinuz");

    /// <summary>The guest's initramfs, made by <c>make guest</c>.</summary>
    public static string GuestInitrd => Path.Combine(Root, "out/guest/initrd.img");

    internal static string NodeScript => Path.Combine(Root, "eng/node.sh");

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Fairlead.slnx")))
                return at.FullName;
        }
        throw new InvalidOperationException($"no Fairlead.slnx in or above {AppContext.BaseDirectory}");
    }
}
