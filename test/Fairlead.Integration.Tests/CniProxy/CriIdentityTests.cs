using Fairlead.CniProxy.Client;
using Fairlead.CniProxy.V1;

namespace Fairlead.Integration.Tests.CniProxy;

/// <summary>Pods of a real container runtime: the proxy knows them by its word, and by nothing that they say.</summary>
public sealed class CriIdentityTests
{
    [Fact]
    public async Task ProcessOfAPod_IsKnownByItsCgroup_AndHasThePodsThingsOnly()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        await using ContainerRuntime runtime = await ContainerRuntime.StartAsync(node.Node);
        string seen = $"{node.Node.Directory}/seen";
        node.AddPlugin("bridge", $"[ \"$CNI_COMMAND\" != ADD ] || env > {seen}; exec /usr/lib/cni/bridge");
        node.WritePolicy("rules: [{namespaces: [vms], labels: {app: web}}, {labels: {app: db}, maxAttachments: 0}]");
        await node.StopProxyAsync();
        node.Identity = $"--identity cri --cri-socket {runtime.SocketPath}";
        await node.StartProxyAsync();
        string web = await runtime.RunPodAsync("web");
        string container = await runtime.RunContainerAsync(web, "web");
        string db = await runtime.RunPodAsync("db");
        string webNetns = await runtime.NetnsOfAsync(web);
        string dbNetns = await runtime.NetnsOfAsync(db);

        ProxyClient inWeb = await node.ClientBehindAsync(runtime.Enter(container, webNetns));
        Attachment attachment = await inWeb.AddAsync("uid/net0", "vmi0");

        Assert.Equal(web, attachment.Sandbox);
        string environment = await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken);
        Assert.Contains("K8S_POD_NAMESPACE=vms;K8S_POD_NAME=web;", environment, StringComparison.Ordinal);
        Assert.Contains("K8S_POD_UID=uid-web", environment, StringComparison.Ordinal);
        Assert.Contains(
            $"CNI_NETNS={Path.GetDirectoryName(node.Socket)}/netns/",
            environment,
            StringComparison.Ordinal
        );
        // The pause container's own cgroup is the pod's too.
        Assert.Single(await (await node.ClientBehindAsync(runtime.Enter(web, webNetns))).ListAsync());

        ProxyClient inDb = await node.ClientBehindAsync(runtime.Enter(db, dbNetns));
        Assert.Empty(await inDb.ListAsync());
        await inDb.AnswerAsync("delete-of", web, "uid/net0");
        Assert.Equal(CniProxyReason.QuotaExceeded, (await inDb.RefusedAsync("add", "k", "", "vmi0", "")).Reason);
        // One pod's cgroup in the other's namespace, and a namespace without the cgroup: neither is anybody.
        ProxyClient[] impostors =
        [
            await node.ClientBehindAsync(runtime.Enter(db, webNetns)),
            await node.ClientBehindAsync("nsenter", $"--net={webNetns}"),
        ];
        foreach (ProxyClient impostor in impostors)
            Assert.Equal(CniProxyReason.UnknownPeer, (await impostor.RefusedAsync("list")).Reason);

        Assert.Single(await inWeb.ListAsync());
        await inWeb.DeleteAsync("uid/net0");
        Assert.Empty(node.Reservations());
        await runtime.StopPodAsync(web);
        await runtime.StopPodAsync(db);
    }

    [Fact]
    public async Task RuntimeThatIsGone_NobodyIsKnown_ButTheAdministratorIs()
    {
        await using ProxyNode node = await ProxyNode.StartAsync();
        await node.StopProxyAsync();
        node.Identity = "--identity cri --cri-socket /nowhere/containerd.sock";
        await node.StartProxyAsync();
        ProxyClient pod = await node.ClientAsync("pod");

        // Without a container's cgroup it is nobody, whatever the runtime would say.
        Assert.Equal(CniProxyReason.UnknownPeer, (await pod.RefusedAsync("list")).Reason);
        Assert.Empty(await (await node.ClientAsync(netns: null)).ListAsync());
    }
}
