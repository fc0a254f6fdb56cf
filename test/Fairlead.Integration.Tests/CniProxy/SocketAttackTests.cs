using System.Globalization;
using Fairlead.CniProxy.Client;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>Attacks by way of the socket itself: on its file, its connections and its frames.</summary>
public sealed class SocketAttackTests
{
    private const int MostMemoryMib = 150;
    private const string Secret = "/etc/shadow";

    private static readonly string[] s_asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    /// <summary>A second socket; what is above its directory is open to all, unlike the tests' own directories.</summary>
    private const string Open = "/run/open/proxy.sock";

    // The directory stands in the way first; then it is opened, and the socket's own mode does.
    [Fact]
    public async Task UnprivilegedProcess_CannotConnect()
    {
        await using ProxyNode node = await StartAsync();

        Assert.Equal("Permission denied", await ConnectAsNobodyAsync(node));
        await node.Node.RunAsync("chmod", "0711", Path.GetDirectoryName(Open)!);
        Assert.Equal("Permission denied", await ConnectAsNobodyAsync(node));
        Assert.Equal("600", (await node.Node.RunAsync("stat", "-c", "%a", Open)).Trim());
        await node.Node.RunAsync("chmod", "0666", Open);
        Assert.Equal("in", await ConnectAsNobodyAsync(node));
    }

    // A link in the place of the socket is removed, not followed.
    [Fact]
    public async Task LinkInPlaceOfTheSocket_IsNotFollowed()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        await node.KillProxyAsync();
        string before = await node.Node.RunAsync("stat", "-c", "%a %i", Secret);
        File.Delete(node.Socket);
        File.CreateSymbolicLink(node.Socket, Secret);

        await node.StartProxyAsync();

        Assert.Equal(before, await node.Node.RunAsync("stat", "-c", "%a %i", Secret));
        await (await node.ClientAsync("pod")).StatusAsync();
    }

    // Somebody has opened the directory and the socket to all: a process of nobody is then still nobody.
    [Theory]
    [InlineData("/proc/1/ns/net")]
    [InlineData("/run/netns/other")]
    public async Task UnprivilegedProcess_ThatGetsAtTheSocket_IsRefusedEverything(string netns)
    {
        await using ProxyNode node = await StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        await node.Node.RunAsync("chmod", "0711", Path.GetDirectoryName(Open)!);
        await node.Node.RunAsync("chmod", "0666", Open);
        string[] launcher = ["nsenter", $"--net={netns}", .. s_asNobody, "env", "DOTNET_EnableDiagnostics=0"];
        using ProxyClient nobody = await ProxyClient.StartAsync(node.Node, Open, launcher);

        foreach (
            string[] request in (string[][])
                [
                    ["add", "k", "", "vmi1", ""],
                    ["delete", "uid/net0"],
                    ["delete-of", "sandbox-1", "uid/net0"],
                    ["check", "uid/net0"],
                    ["list"],
                    ["networks"],
                    ["status"],
                    ["reap", "", "sandbox-1"],
                ]
        )
            Assert.Equal(CniProxyReason.UnknownPeer, (await nobody.RefusedAsync(request)).Reason);
        Assert.StartsWith("PermissionDenied", await nobody.AnswerAsync("health", ""), StringComparison.Ordinal);
        Assert.Single(node.Reservations());
    }

    [Fact]
    public async Task SocketForAGroup_LetsThatGroupConnect_AndNoOther()
    {
        await using ProxyNode node = await StartAsync("--socket-group 65534");
        await node.Node.RunAsync("chmod", "0711", Path.GetDirectoryName(Open)!);

        Assert.Equal("660 65534", (await node.Node.RunAsync("stat", "-c", "%a %g", Open)).Trim());
        Assert.Equal("600", (await node.Node.RunAsync("stat", "-c", "%a", node.HttpSocket)).Trim());
        Assert.Equal("in", await ConnectAsNobodyAsync(node));
        await node.Node.RunAsync("chgrp", "65533", Open);
        Assert.Equal("Permission denied", await ConnectAsNobodyAsync(node));
    }

    // One for each pod, in a directory of its own.
    [Fact]
    public async Task SeveralSockets_ServeTheSameJournal()
    {
        await using ProxyNode node = await StartAsync();
        await (await node.ClientAsync("pod")).AddAsync("uid/net0", "vmi0");

        string listed = await node.Node.RunAsync(BuiltProgram.Fairlead, "proxy", "list", "--socket", Open);

        Assert.Contains("uid/net0", listed, StringComparison.Ordinal);
    }

    // Some 48 KiB that would be 48 MiB. Health and reflection do not pass the gate that takes in whole messages.
    [Fact]
    public async Task CompressedMessage_IsRefusedBeforeItIsInflated()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");

        foreach (
            string method in (string[])
                [
                    "/fairlead.cniproxy.v1.CniProxy/Add",
                    "/fairlead.cniproxy.v1.CniProxy/ListAttachments",
                    "/grpc.health.v1.Health/Check",
                    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                ]
        )
            Assert.Equal($"{(int)Grpc.Core.StatusCode.Unimplemented}", await pod.AnswerAsync("bomb", method));

        Assert.InRange(node.PeakMemoryMib(), 1, MostMemoryMib);
        Assert.Empty(await pod.ListAsync());
    }

    // The connection is good for as long as the one lives who opened it: its child is somebody else.
    [Fact]
    public async Task ConnectionOfAProcessThatHasEnded_IsNobodys()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient pod = await node.ClientAsync("pod");
        await pod.AddAsync("uid/net0", "vmi0");
        await pod.AnswerAsync("inherit");
        Assert.Equal("1", await pod.AnswerAsync("list-inherited"));

        await pod.AnswerAsync("end-opener");

        string refused = await pod.AnswerAsync("list-inherited");
        Assert.StartsWith($"PermissionDenied {CniProxyReason.UnknownPeer}", refused, StringComparison.Ordinal);
        Assert.Contains("has ended", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusedAThousandTimes_TheLogHasFewLines_AndTheNumber()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        ProxyClient stranger = await node.ClientAsync("other");

        Assert.Equal("1000", await stranger.AnswerAsync("repeat", "1000", "list"));
        await node.StopProxyAsync();

        string[] lines = [.. node.Log.Split('\n').Where(l => l.Contains(" refused ", StringComparison.Ordinal))];
        int[] more =
        [
            .. lines
                .Select(l => l.Split(" refused ")[1].Split(' '))
                .Where(words => words is [_, "more", ..])
                .Select(words => int.Parse(words[0], CultureInfo.InvariantCulture)),
        ];
        Assert.NotEmpty(more);
        Assert.Equal(1000, lines.Length - more.Length + more.Sum());
        Assert.InRange(lines.Length, 1, 500);
    }

    private static async Task<ProxyNode> StartAsync(string options = "")
    {
        ProxyNode node = await ProxyNode.StartAsync();
        await node.StopProxyAsync();
        node.Identity += $" --socket {Open} {options}";
        await node.StartProxyAsync();
        return node;
    }

    private static Task<string> ConnectAsNobodyAsync(ProxyNode node) =>
        node.Node.RunAsync([
            "nsenter",
            $"--net={ProxyNode.PodNetns}",
            .. s_asNobody,
            "perl",
            "-e",
            $"use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un('{Open}')) ? print 'in' : print $!",
        ]);
}
