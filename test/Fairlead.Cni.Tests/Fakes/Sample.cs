using System.Text;

namespace Fairlead.Cni.Tests.Fakes;

internal static class Sample
{
    public static CniAttachment Attachment { get; } =
        new()
        {
            ContainerId = "c1",
            InterfaceName = "eth0",
            NetnsPath = "/run/netns/x",
        };

    public static NetworkConfigurationList List(string version, params string[] types) =>
        Parse(
            $$"""{"cniVersion":"{{version}}","name":"net","plugins":[{{string.Join(',', types.Select(t => $$"""{"type":"{{t}}"}"""))}}]}"""
        );

    public static NetworkConfigurationList Parse(string json) =>
        NetworkConfigurationList.Parse(Encoding.UTF8.GetBytes(json));

    public static CniResult Result(string json) => CniResult.Parse(Encoding.UTF8.GetBytes(json));

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
