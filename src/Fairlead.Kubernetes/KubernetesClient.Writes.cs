using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Kubernetes.Requests;

namespace Fairlead.Kubernetes;

// Create, replace, apply, patch, delete.
public sealed partial class KubernetesClient
{
    /// <summary>Creates the object in its namespace; without a name, the server makes one of <c>generateName</c>.</summary>
    /// <exception cref="KubernetesException"><see cref="KubernetesException.IsAlreadyExists"/>, among others.</exception>
    public Task<T> CreateAsync<T>(
        ResourceType<T> type,
        T item,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where T : class
    {
        ObjectKey key = type.Identify(item).Key;
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(item, type.Json);
        return SendAsync(
            $"create {type} {key}",
            HttpMethod.Post,
            type.CollectionPath(key.Namespace) + Query(options, force: null),
            new RequestBody(json, RequestBody.ApplicationJson),
            type.Json,
            cancellationToken
        );
    }

    /// <summary>Posts to a subresource, as <c>binding</c> or <c>eviction</c> of a pod.</summary>
    public Task CreateSubresourceAsync<T>(
        ResourceType<T> type,
        ObjectKey key,
        string subresource,
        JsonObject body,
        CancellationToken cancellationToken = default
    )
        where T : class =>
        SendAsync(
            $"create {subresource} of {type} {key}",
            HttpMethod.Post,
            type.ObjectPath(key, subresource),
            new RequestBody(Utf8(body), RequestBody.ApplicationJson),
            cancellationToken
        );

    /// <summary>
    /// Replaces the object. With a resource version in it, only if it has not changed since. Fields that
    /// <typeparamref name="T"/> does not have are lost.
    /// </summary>
    /// <exception cref="KubernetesException"><see cref="KubernetesException.IsConflict"/>, among others.</exception>
    public Task<T> ReplaceAsync<T>(
        ResourceType<T> type,
        T item,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where T : class
    {
        ObjectKey key = type.Identify(item).Key;
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(item, type.Json);
        return SendAsync(
            $"update {type} {key}",
            HttpMethod.Put,
            type.ObjectPath(key, options?.Subresource) + Query(options, force: null),
            new RequestBody(json, RequestBody.ApplicationJson),
            type.Json,
            cancellationToken
        );
    }

    /// <summary>
    /// Server-side apply: the manager owns exactly the fields that are given; those that it gave before and does not give
    /// now are removed. Creates the object if it is not there (not by way of a subresource).
    /// </summary>
    /// <param name="type">The type.</param>
    /// <param name="key">The object.</param>
    /// <param name="fields">The wanted fields; apiVersion, kind and names are added.</param>
    /// <param name="kind">As <c>Lease</c>.</param>
    /// <param name="options"><see cref="WriteOptions.FieldManager"/> is required.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KubernetesException"><see cref="KubernetesException.IsConflict"/> if another manager owns a field.</exception>
    public Task<T> ApplyAsync<T>(
        ResourceType<T> type,
        ObjectKey key,
        string kind,
        JsonObject fields,
        WriteOptions options,
        CancellationToken cancellationToken = default
    )
        where T : class
    {
        if (string.IsNullOrEmpty(options.FieldManager))
            throw new ArgumentException("an apply needs a field manager", nameof(options));
        JsonObject body = fields.DeepClone().AsObject();
        body["apiVersion"] = type.ApiVersion;
        body["kind"] = kind;
        if (body["metadata"] is not JsonObject metadata)
            body["metadata"] = metadata = [];
        metadata["name"] = key.Name;
        if (key.Namespace is not "")
            metadata["namespace"] = key.Namespace;
        return SendAsync(
            $"apply {type} {key} as {options.FieldManager}",
            HttpMethod.Patch,
            type.ObjectPath(key, options.Subresource) + Query(options, options.Force ? "true" : "false"),
            new RequestBody(Utf8(body), RequestBody.ApplyPatch),
            type.Json,
            cancellationToken
        );
    }

    /// <summary>JSON merge patch (RFC 7386): what is given replaces, null removes, lists are replaced whole.</summary>
    public Task<T> MergePatchAsync<T>(
        ResourceType<T> type,
        ObjectKey key,
        JsonObject patch,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where T : class =>
        SendAsync(
            $"patch {type} {key}",
            HttpMethod.Patch,
            type.ObjectPath(key, options?.Subresource) + Query(options, force: null),
            new RequestBody(Utf8(patch), RequestBody.MergePatch),
            type.Json,
            cancellationToken
        );

    /// <summary>Deletes the object; one with finalizers only begins to go.</summary>
    /// <returns>False if it was not there.</returns>
    /// <exception cref="KubernetesException"><see cref="KubernetesException.IsConflict"/> if a precondition does not hold.</exception>
    public async Task<bool> DeleteAsync<T>(
        ResourceType<T> type,
        ObjectKey key,
        DeleteOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where T : class
    {
        options ??= DeleteOptions.Default;
        DeleteBody body = new()
        {
            GracePeriodSeconds = (long?)options.GracePeriod?.TotalSeconds,
            PropagationPolicy = options.PropagationPolicy,
            Preconditions =
                options.Uid is null && options.ResourceVersion is null
                    ? null
                    : new DeletePreconditions(options.Uid, options.ResourceVersion),
        };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(body, KubernetesJson.Default.DeleteBody);
        try
        {
            await SendAsync(
                    $"delete {type} {key}",
                    HttpMethod.Delete,
                    type.ObjectPath(key),
                    new RequestBody(json, RequestBody.ApplicationJson),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return true;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    private static string Query(WriteOptions? options, string? force) =>
        RequestQuery.Of(
            ("fieldManager", options?.FieldManager),
            ("force", force),
            ("dryRun", options?.DryRun == true ? "All" : null),
            ("fieldValidation", options?.RefuseUnknownFields == true ? "Strict" : null)
        );

    private static byte[] Utf8(JsonObject json)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
            json.WriteTo(writer);
        return stream.ToArray();
    }
}
