using Fairlead.Testing;

namespace Fairlead.Cli.Tests.Cni;

/// <summary>Compares with a file beside the tests; with FAIRLEAD_UPDATE_GOLDEN=1 the file is written anew.</summary>
internal static class Golden
{
    public static void Equal(string file, string actual)
    {
        string path = Path.Combine(RepositoryPaths.Root, "test/Fairlead.Cli.Tests/Cni/Golden", file);
        if (Environment.GetEnvironmentVariable("FAIRLEAD_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
