using System.Text.Json.Nodes;
using Fairlead.Crds;
using Fairlead.Generate;
using Fairlead.KubeApi.Tests.Fixture;
using Fairlead.Testing;

namespace Fairlead.KubeApi.Tests.Crd;

/// <summary>What the API server says of manifests, beside what the standalone validation says of the same.</summary>
public sealed class CustomResourceDefinitionTests(SharedApiServer shared)
{
    private static readonly string s_corpus = Path.Combine(AppContext.BaseDirectory, "Corpus");

    // What the CustomResourceDefinition says at another field or in other words, because CEL has no index of a list, and a
    // field that is required is missing where it should be shown.
    private static readonly string[] s_otherWords =
    [
        "is taken by",
        "required, as in",
        "cannot be together with spec.domain.os.boot",
        "contains control characters",
        " vCPUs",
        "is not a label",
        "is not an annotation key",
        "metadata.name",
        "metadata.namespace",
    ];

    // What is wrong in these is the text; no client gets it as far as the API server, or each reads it in its own way.
    private static readonly string[] s_textual =
    [
        "alias-bomb.yaml",
        "header-missing.yaml",
        "header-wrong.yaml",
        "merge-key.yaml",
        "syntax.yaml",
        "tab.yaml",
        "truncated.yaml",
        "twice.yaml",
    ];

    public static TheoryData<string> GoodFiles => [.. Files("good")];

    public static TheoryData<string> BadFiles =>
        [.. Files("bad").Where(file => !s_textual.Contains(Path.GetFileName(file), StringComparer.Ordinal))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void GeneratedFiles_AreUpToDate() =>
        Assert.All(
            Generator.Files(),
            file => Assert.Equal(file.Value, File.ReadAllText(Path.Combine(RepositoryPaths.Root, file.Key)))
        );

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public async Task GoodManifest_IsTaken(string file)
    {
        using KubernetesClient client = await ConnectAsync();

        foreach (JsonObject vm in RawObjects.Read(await ReadAsync(file))!)
            Assert.Null(await RefusalAsync(client, vm));
    }

    /// <summary>Every object that the standalone validation refuses is refused, and in the same words.</summary>
    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task BadManifest_IsRefused_InTheSameWords(string file)
    {
        using KubernetesClient client = await ConnectAsync();
        string text = await ReadAsync(file);

        foreach (string part in text.Split("\n---\n"))
        {
            // What is no YAML, or no object, never gets as far as the API server.
            if (RawObjects.Read(part) is not [var vm] || vm["kind"]?.ToString() != VirtualMachine.KindName)
                continue;
            ManifestFile read = ManifestReader.Read(part, "f");
            if (!read.AllErrors.Any() || vm["apiVersion"]?.ToString() != VirtualMachine.GroupVersion)
                continue;
            KubernetesException? refusal = await RefusalAsync(client, vm);
            Assert.True(
                refusal is not null,
                $"the API server takes {part}\nwhich has {string.Join("; ", read.AllErrors)}"
            );
            AssertSameWords(read, refusal);
        }
    }

    [Fact]
    public async Task SelectableFields_ShortNamesAndStatus_AreThere()
    {
        using KubernetesClient client = await ConnectAsync();
        JsonObject vm = new()
        {
            ["apiVersion"] = VirtualMachine.GroupVersion,
            ["kind"] = VirtualMachine.KindName,
            ["metadata"] = new JsonObject { ["name"] = "placed", ["namespace"] = "default" },
        };
        await client.CreateAsync(RawObjects.VirtualMachines, vm, null, Cancellation);

        JsonObject patched = await client.MergePatchAsync(
            RawObjects.VirtualMachines,
            new ObjectKey("default", "placed"),
            new JsonObject
            {
                ["status"] = new JsonObject { ["node"] = "node-7", ["phase"] = "Pending" },
            },
            new WriteOptions { Subresource = "status" },
            Cancellation
        );
        ResourceList<JsonObject> selected = await client.ListAsync(
            RawObjects.VirtualMachines,
            new Selection { FieldSelector = "status.node=node-7,status.phase=Pending" },
            Cancellation
        );

        Assert.Equal(30, patched["spec"]!["terminationGracePeriodSeconds"]!.GetValue<int>());
        Assert.Single(selected.Items);
        Assert.Empty(
            (
                await client.ListAsync(
                    RawObjects.VirtualMachines,
                    new Selection { FieldSelector = "status.node=node-8" },
                    Cancellation
                )
            ).Items
        );
    }

    [Fact]
    public async Task ServerSideApply_OfTwoManagers_ConflictsWhereTheyDisagree_AndNotWithTheAgentsStatus()
    {
        using KubernetesClient client = await ConnectAsync();
        ObjectKey key = new("default", "shared-by-two");
        await ApplyAsync("team", running: true);
        await client.ApplyAsync(
            RawObjects.VirtualMachines,
            key,
            VirtualMachine.KindName,
            new JsonObject { ["status"] = new JsonObject { ["phase"] = "Running" } },
            new WriteOptions
            {
                FieldManager = "fairlead-agent",
                Subresource = "status",
                Force = true,
            },
            Cancellation
        );

        await ApplyAsync("other", running: true);
        KubernetesException conflict = await Assert.ThrowsAsync<KubernetesException>(() =>
            ApplyAsync("other", running: false)
        );

        Assert.True(conflict.IsConflict);
        Assert.Equal(".spec.running", Assert.Single(conflict.Causes).Field);
        Assert.Contains("team", conflict.Message, StringComparison.Ordinal);
        JsonObject vm = await client.GetAsync(RawObjects.VirtualMachines, key, Cancellation);
        Assert.Equal("Running", vm["status"]!["phase"]!.ToString());

        Task ApplyAsync(string manager, bool running) =>
            client.ApplyAsync(
                RawObjects.VirtualMachines,
                key,
                VirtualMachine.KindName,
                new JsonObject { ["spec"] = new JsonObject { ["running"] = running } },
                new WriteOptions { FieldManager = manager },
                Cancellation
            );
    }

    [Theory]
    [InlineData("vm", "", "NAME PHASE IP NODE READY AGE")]
    [InlineData("vms", "--output=wide", "NAME PHASE IP NODE READY AGE MAC NETWORK HYPERVISOR")]
    [InlineData("all", "--ignore-not-found", "NAME PHASE IP NODE READY AGE")]
    public async Task KubectlGet_ShowsTheColumns(string resource, string option, string columns)
    {
        using KubernetesClient client = await ConnectAsync();
        await client.ApplyAsync(
            RawObjects.VirtualMachines,
            new ObjectKey("default", "columns"),
            VirtualMachine.KindName,
            [],
            new WriteOptions { FieldManager = "test" },
            Cancellation
        );

        CommandResult got = await Command.RunAsync([
            "kubectl",
            "--kubeconfig",
            (await shared.GetAsync()).Kubeconfig,
            "get",
            resource,
            .. option is "" ? (string[])[] : [option],
        ]);

        Assert.Contains(
            got.Output()
                .Split('\n')
                .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))),
            line => line == columns
        );
    }

    private static void AssertSameWords(ManifestFile read, KubernetesException refusal)
    {
        string[] said = [.. refusal.Causes.Select(c => $"{c.Field}: {c.Message}")];
        // A field of the wrong shape keeps the server from looking at the rules.
        if (refusal.Causes.Count == 0 || refusal.Causes.Any(c => c.Reason != "FieldValueInvalid"))
            return;
        foreach (
            ValidationError wanted in read
                .Documents.Where(d => d.VirtualMachine is not null)
                .SelectMany(d => VirtualMachineValidator.Validate(d.VirtualMachine!))
        )
        {
            if (s_otherWords.Any(w => wanted.ToString().Contains(w, StringComparison.Ordinal)))
                continue;
            Assert.True(
                refusal.Causes.Any(c =>
                    c.Field == wanted.Path && c.Message.EndsWith(wanted.Message, StringComparison.Ordinal)
                ),
                $"wanted {wanted}\nbut the API server says\n{string.Join('\n', said)}"
            );
        }
    }

    private static async Task<KubernetesException?> RefusalAsync(KubernetesClient client, JsonObject vm)
    {
        try
        {
            JsonObject copy = vm.DeepClone().AsObject();
            if (copy["metadata"] is JsonObject metadata)
            {
                metadata.Remove("uid"); // what a server sets may not be given to one
                if (metadata["namespace"]?.ToString() is "team-a" or "other")
                    metadata["namespace"] = "default"; // the others are not there
            }

            await client.CreateAsync(
                RawObjects.VirtualMachines,
                copy,
                new WriteOptions { DryRun = true, RefuseUnknownFields = true },
                Cancellation
            );
            return null;
        }
        catch (KubernetesException e) when (!e.IsTransient)
        {
            return e;
        }
    }

    private async Task<KubernetesClient> ConnectAsync()
    {
        KubernetesClient client = (await shared.GetAsync()).Connect();
        await VirtualMachineType.InstallAsync(client, Cancellation);
        return client;
    }

    private static Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(Path.Combine(s_corpus, file), Cancellation);

    private static IEnumerable<string> Files(string folder) =>
        Directory
            .GetFiles(Path.Combine(s_corpus, folder))
            .Select(file => Path.Combine(folder, Path.GetFileName(file)))
            .Order(StringComparer.Ordinal);
}
