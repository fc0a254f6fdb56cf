using Fairlead.Testing;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>Programs that were built along with these tests, in the same configuration.</summary>
internal static class BuiltProgram
{
    private static readonly string s_output = Path.GetRelativePath(
        Path.GetFullPath("../../..", AppContext.BaseDirectory),
        AppContext.BaseDirectory
    );

    public static string Fairlead { get; } = Of("src/Fairlead.Cli", "fairlead");

    public static string TestClient { get; } = Of("test/Fairlead.CniProxy.TestClient", "Fairlead.CniProxy.TestClient");

    private static string Of(string project, string name) =>
        Path.Combine(RepositoryPaths.Root, project, s_output, name);
}
