using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Fairlead.Testing;

namespace Fairlead.Vmi.Tests;

/// <summary>
/// XML as it was reviewed, in Golden/. With FAIRLEAD_UPDATE_GOLDEN set the files are written instead of compared: read
/// the diff before it is committed.
/// </summary>
internal static class Golden
{
    private static readonly bool s_update =
        Environment.GetEnvironmentVariable("FAIRLEAD_UPDATE_GOLDEN") is { Length: > 0 };

    /// <summary>Compares with Golden/TEST.xml, TEST being the calling method unless a name is given.</summary>
    public static void AssertXml(XElement actual, [CallerMemberName] string name = "")
    {
        string path = Path.Combine(RepositoryPaths.Root, "test", "Fairlead.Vmi.Tests", "Golden", $"{name}.xml");
        if (s_update)
            File.WriteAllText(path, $"{actual}\n");
        // As XML, not as text: CSharpier has its own idea of its layout.
        Assert.Equal(XElement.Load(path).ToString(), actual.ToString());
    }
}
