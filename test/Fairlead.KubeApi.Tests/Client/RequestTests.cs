using System.Text.Json.Nodes;
using Fairlead.KubeApi.Tests.Fixture;

namespace Fairlead.KubeApi.Tests.Client;

public sealed class RequestTests(SharedApiServer shared)
{
    private static readonly WriteOptions s_asA = new() { FieldManager = "a" };
    private static readonly WriteOptions s_asB = new() { FieldManager = "b" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Object_IsCreatedReadReplacedAndDeleted()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();

        ConfigMap created = await client.CreateAsync(
            ConfigMap.Resource,
            ConfigMap.Named("crud", "1"),
            null,
            Cancellation
        );
        ConfigMap replaced = await client.ReplaceAsync(
            ConfigMap.Resource,
            created with
            {
                Data = new() { ["value"] = "2" },
            },
            null,
            Cancellation
        );

        Assert.NotEqual(created.Metadata.ResourceVersion, replaced.Metadata.ResourceVersion);
        Assert.Equal(
            "2",
            (await client.GetAsync(ConfigMap.Resource, ConfigMap.Key("crud"), Cancellation)).Data!["value"]
        );
        Assert.True(await client.DeleteAsync(ConfigMap.Resource, ConfigMap.Key("crud"), null, Cancellation));
        Assert.False(await client.DeleteAsync(ConfigMap.Resource, ConfigMap.Key("crud"), null, Cancellation));
        Assert.Null(await client.FindAsync(ConfigMap.Resource, ConfigMap.Key("crud"), Cancellation));
    }

    [Fact]
    public async Task ListOfMoreThanAPage_IsWhole()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        await Parallel.ForAsync(
            0,
            520,
            Cancellation,
            async (i, cancellation) =>
                await client.CreateAsync(
                    ConfigMap.Resource,
                    ConfigMap.Named($"page-{i}", label: "page"),
                    null,
                    cancellation
                )
        );

        ResourceList<ConfigMap> list = await client.ListAsync(
            ConfigMap.Resource,
            new Selection { Namespace = "default", LabelSelector = "test=page" },
            Cancellation
        );

        Assert.Equal(520, list.Items.Select(m => m.Metadata.Name).Distinct().Count());
        Assert.Equal(520, list.Items.Count);
    }

    [Fact]
    public async Task Failures_AreToldApartByCode()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        ConfigMap first = await client.CreateAsync(ConfigMap.Resource, ConfigMap.Named("codes"), null, Cancellation);
        await client.ReplaceAsync(ConfigMap.Resource, first with { Data = new() { ["x"] = "1" } }, null, Cancellation);

        KubernetesException absent = await FailsAsync(
            client.GetAsync(ConfigMap.Resource, ConfigMap.Key("none"), Cancellation)
        );
        KubernetesException present = await FailsAsync(
            client.CreateAsync(ConfigMap.Resource, ConfigMap.Named("codes"), null, Cancellation)
        );
        KubernetesException stale = await FailsAsync(
            client.ReplaceAsync(ConfigMap.Resource, first, null, Cancellation)
        );
        KubernetesException invalid = await FailsAsync(
            client.CreateAsync(ConfigMap.Resource, ConfigMap.Named("Not A Name"), null, Cancellation)
        );

        Assert.True(absent.IsNotFound);
        Assert.Equal("get configmaps default/none: configmaps \"none\" not found", absent.Message);
        Assert.True(present is { IsAlreadyExists: true, IsConflict: false });
        Assert.True(stale is { IsConflict: true, IsAlreadyExists: false, IsTransient: false });
        Assert.True(invalid.IsInvalid);
        Assert.Equal("metadata.name", Assert.Single(invalid.Causes).Field);
    }

    [Fact]
    public async Task ApplyOfAFieldThatAnotherOwns_IsAConflict_UnlessForced()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        await ApplyAsync(client, "shared", "1", s_asA);

        KubernetesException conflict = await FailsAsync(ApplyAsync(client, "shared", "2", s_asB));
        ConfigMap forced = await ApplyAsync(client, "shared", "2", s_asB with { Force = true });
        KubernetesException back = await FailsAsync(ApplyAsync(client, "shared", "1", s_asA));

        Assert.True(conflict.IsConflict);
        Assert.Equal(".data.shared", Assert.Single(conflict.Causes).Field);
        Assert.Contains("conflict with \"a\"", conflict.Causes[0].Message, StringComparison.Ordinal);
        Assert.Equal("2", forced.Data!["shared"]);
        Assert.Contains("conflict with \"b\"", back.Causes[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApplyWithoutAFieldThatItOwned_RemovesThatField_AndLeavesThoseOfOthers()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        ObjectKey key = ConfigMap.Key("owned");
        await client.ApplyAsync(ConfigMap.Resource, key, "ConfigMap", ConfigMap.Fields("a", "1"), s_asA, Cancellation);
        await client.ApplyAsync(ConfigMap.Resource, key, "ConfigMap", ConfigMap.Fields("b", "1"), s_asB, Cancellation);

        ConfigMap after = await client.ApplyAsync(
            ConfigMap.Resource,
            key,
            "ConfigMap",
            ConfigMap.Fields("other", "1"),
            s_asA,
            Cancellation
        );

        Assert.Equal(["b", "other"], after.Data!.Keys.Order());
    }

    [Fact]
    public async Task DryRun_StoresNothing()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();

        await client.CreateAsync(
            ConfigMap.Resource,
            ConfigMap.Named("dry"),
            new WriteOptions { DryRun = true },
            Cancellation
        );

        Assert.Null(await client.FindAsync(ConfigMap.Resource, ConfigMap.Key("dry"), Cancellation));
    }

    [Fact]
    public async Task MergePatch_SetsAndRemoves()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        await client.CreateAsync(ConfigMap.Resource, ConfigMap.Named("patched", "1"), null, Cancellation);
        JsonObject patch = new()
        {
            ["data"] = new JsonObject { ["value"] = null, ["more"] = "2" },
        };

        ConfigMap after = await client.MergePatchAsync(
            ConfigMap.Resource,
            ConfigMap.Key("patched"),
            patch,
            null,
            Cancellation
        );

        Assert.Equal("more", Assert.Single(after.Data!).Key);
    }

    [Fact]
    public async Task DeleteOfAnotherIncarnation_IsAConflict()
    {
        using KubernetesClient client = (await shared.GetAsync()).Connect();
        ConfigMap first = await client.CreateAsync(ConfigMap.Resource, ConfigMap.Named("again"), null, Cancellation);
        await client.DeleteAsync(ConfigMap.Resource, ConfigMap.Key("again"), null, Cancellation);
        await client.CreateAsync(ConfigMap.Resource, ConfigMap.Named("again"), null, Cancellation);

        KubernetesException e = await FailsAsync(
            client.DeleteAsync(
                ConfigMap.Resource,
                ConfigMap.Key("again"),
                new DeleteOptions { Uid = first.Metadata.Uid },
                Cancellation
            )
        );

        Assert.True(e.IsConflict);
    }

    [Fact]
    public async Task WrongToken_IsUnauthorized()
    {
        ApiServer server = await shared.GetAsync();
        string kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            kubeconfig,
            (await File.ReadAllTextAsync(server.Kubeconfig, Cancellation)).Replace(
                "test-admin}",
                "wrong}",
                StringComparison.Ordinal
            ),
            Cancellation
        );
        using KubernetesClient client = new(KubernetesConfiguration.Load(kubeconfig));

        KubernetesException e = await FailsAsync(client.ListAsync(ConfigMap.Resource, null, Cancellation));

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, e.StatusCode);
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task ServerOfAnUnknownAuthority_IsNotTrusted()
    {
        ApiServer server = await shared.GetAsync();
        using KubernetesClient client = new(
            KubernetesConfiguration.ForServer(new Uri($"https://127.0.0.1:{server.Port}"), "test-admin")
        );

        KubernetesException e = await FailsAsync(client.ListAsync(ConfigMap.Resource, null, Cancellation));

        Assert.True(e is { IsUnreachable: true, IsTransient: true });
        Assert.Contains("TLS: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyListening_IsUnreachable()
    {
        using TcpRelay relay = new(1);
        using KubernetesClient client = (await shared.GetAsync()).ConnectThrough(relay);
        relay.Cut();

        KubernetesException e = await FailsAsync(client.ListAsync(ConfigMap.Resource, null, Cancellation));

        Assert.True(e is { IsUnreachable: true, IsTransient: true });
        Assert.StartsWith("list configmaps: Connection refused", e.Message, StringComparison.Ordinal);
    }

    private static Task<ConfigMap> ApplyAsync(
        KubernetesClient client,
        string field,
        string value,
        WriteOptions options
    ) =>
        client.ApplyAsync(
            ConfigMap.Resource,
            ConfigMap.Key("applied"),
            "ConfigMap",
            ConfigMap.Fields(field, value),
            options,
            Cancellation
        );

    private static Task<KubernetesException> FailsAsync(Task task) =>
        Assert.ThrowsAsync<KubernetesException>(() => task);
}
