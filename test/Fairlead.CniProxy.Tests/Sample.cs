using System.Text;
using Fairlead.CniProxy.Journal;
using Fairlead.CniProxy.Peers;
using Fairlead.CniProxy.Pods;
using Fairlead.Netlink;

namespace Fairlead.CniProxy.Tests;

/// <summary>Records, and results as the plugins of containernetworking 1.1.1 print them.</summary>
internal static class Sample
{
    public const string BridgeResult = """
        {"cniVersion":"1.0.0","interfaces":[
          {"name":"cni0","mac":"0e:6a:a3:e0:2a:86"},
          {"name":"veth5c1b3f0e","mac":"d6:31:ac:c4:a9:aa"},
          {"name":"vmi0","mac":"0a:58:0a:58:00:04","sandbox":"/run/netns/pod"}],
         "ips":[{"interface":2,"address":"10.88.0.4/16","gateway":"10.88.0.1"}],
         "routes":[{"dst":"0.0.0.0/0"},{"dst":"192.168.0.0/16","gw":"10.88.0.9"}],
         "dns":{"nameservers":["10.96.0.10"],"domain":"d.example","search":["a.example"],"options":["ndots:5"]}}
        """;

    public const string PtpResult = """
        {"cniVersion":"1.0.0","interfaces":[
          {"name":"veth1e5c","mac":"5e:9d:4c:00:00:01"},
          {"name":"vmi0","mac":"5e:9d:4c:00:00:02","mtu":1400,"sandbox":"/run/netns/pod"}],
         "ips":[{"interface":1,"address":"10.99.1.2/24","gateway":"10.99.1.1"},
                {"interface":1,"address":"fd00::2/64","gateway":"fd00::1"}],
         "routes":[{"dst":"0.0.0.0/0"}],"dns":{}}
        """;

    public static Sandbox Sandbox { get; } =
        new(
            "sandbox-1",
            "libvirt",
            "fairlead",
            "uid-1",
            "/run/netns/pod",
            new NetnsSeen(new NetworkNamespaceId(4, 4026532840), Cookie: 7)
        );

    public static JournalRecord Record(string key = "uid/net0", string? result = null) =>
        new()
        {
            Version = JournalRecord.CurrentVersion,
            Key = key,
            SandboxId = Sandbox.Id,
            ContainerId = "fairlead-0123",
            Network = "podnet",
            InterfaceName = "vmi0",
            NetnsPath = Sandbox.NetnsPath,
            NetnsIdentity = Sandbox.Netns.Identity,
            PodName = Sandbox.PodName,
            PodNamespace = Sandbox.PodNamespace,
            PodUid = Sandbox.PodUid,
            State = result is null ? JournalState.Adding : JournalState.Attached,
            Configuration = Encoding.UTF8.GetBytes("""{"cniVersion":"1.0.0","name":"podnet","plugins":[]}"""),
            ConfigurationPath = "/etc/cni/net.d/10-podnet.conflist",
            Result = result is null ? null : Encoding.UTF8.GetBytes(result),
            CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        };
}

/// <summary>A directory that goes with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fl-proxy-").FullName;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
