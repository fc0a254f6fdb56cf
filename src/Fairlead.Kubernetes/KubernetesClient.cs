using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Kubernetes.Configuration;
using Fairlead.Kubernetes.Requests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Kubernetes;

/// <summary>
/// Typed requests to a Kubernetes API server. It retries nothing but a refused credential, once: whoever reconciles knows
/// better. Safe for concurrent use; one per process is enough.
/// </summary>
public sealed partial class KubernetesClient : IDisposable
{
    private static readonly TimeSpan s_requestTimeout = TimeSpan.FromSeconds(30);

    private readonly KubernetesConfiguration _configuration;
    private readonly HttpClient _http;
    private readonly string _server;

    public KubernetesClient(KubernetesConfiguration configuration, ILogger? logger = null)
    {
        _configuration = configuration;
        _http = new HttpClient(HandlerFactory.Create(configuration)) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(configuration.UserAgent);
        _server = configuration.Server.AbsoluteUri.TrimEnd('/');
        Logger = logger ?? NullLogger.Instance;
    }

    /// <summary>Where the server is.</summary>
    public Uri Server => _configuration.Server;

    /// <summary>The namespace of the configuration's context, or <c>default</c>.</summary>
    public string Namespace => _configuration.Namespace;

    internal ILogger Logger { get; }

    public void Dispose() => _http.Dispose();

    /// <exception cref="KubernetesException">It is not there, or another failure.</exception>
    public Task<T> GetAsync<T>(ResourceType<T> type, ObjectKey key, CancellationToken cancellationToken = default)
        where T : class =>
        SendAsync($"get {type} {key}", HttpMethod.Get, type.ObjectPath(key), body: null, type.Json, cancellationToken);

    /// <summary>The object, or null if it is not there.</summary>
    public async Task<T?> FindAsync<T>(
        ResourceType<T> type,
        ObjectKey key,
        CancellationToken cancellationToken = default
    )
        where T : class
    {
        try
        {
            return await GetAsync(type, key, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>All objects of the selection, read in pages and as one consistent state.</summary>
    public Task<ResourceList<T>> ListAsync<T>(
        ResourceType<T> type,
        Selection? selection = null,
        CancellationToken cancellationToken = default
    )
        where T : class => ListAsync(type, selection ?? Selection.Everything, onUndecodable: null, cancellationToken);

    internal async Task<ResourceList<T>> ListAsync<T>(
        ResourceType<T> type,
        Selection selection,
        Action<string>? onUndecodable,
        CancellationToken cancellationToken
    )
        where T : class
    {
        List<T> items = [];
        string? next = null;
        while (true)
        {
            string query = RequestQuery.Of(
                ("labelSelector", selection.LabelSelector),
                ("fieldSelector", selection.FieldSelector),
                ("limit", "500"),
                ("continue", next)
            );
            byte[] body = await SendAsync(
                    $"list {type}",
                    HttpMethod.Get,
                    type.CollectionPath(selection.Namespace) + query,
                    body: null,
                    cancellationToken
                )
                .ConfigureAwait(false);
            ResourceList<T> page = Decode($"list {type}", () => WireReader.ReadList(body, type.Json, onUndecodable));
            items.AddRange(page.Items);
            next = page.Continue;
            if (next is null)
                return page with { Items = items };
        }
    }

    private async Task<TResult> SendAsync<TResult>(
        string operation,
        HttpMethod method,
        string path,
        RequestBody? body,
        JsonTypeInfo<TResult> result,
        CancellationToken cancellationToken
    )
    {
        byte[] json = await SendAsync(operation, method, path, body, cancellationToken).ConfigureAwait(false);
        return Decode(operation, () => JsonSerializer.Deserialize(json, result)!);
    }

    private async Task<byte[]> SendAsync(
        string operation,
        HttpMethod method,
        string path,
        RequestBody? body,
        CancellationToken cancellationToken
    )
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_requestTimeout);
        try
        {
            using HttpResponseMessage response = await SendAsync(
                    operation,
                    method,
                    path,
                    body,
                    HttpCompletionOption.ResponseContentRead,
                    limit.Token
                )
                .ConfigureAwait(false);
            return await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KubernetesException(operation, $"no answer within {s_requestTimeout.TotalSeconds} s", e);
        }
    }

    /// <summary>A response whose status is a success.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        string operation,
        HttpMethod method,
        string path,
        RequestBody? body,
        HttpCompletionOption completion,
        CancellationToken cancellationToken
    )
    {
        HttpResponseMessage response = await SendOnceAsync(RenewCredential.IfDue).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Unauthorized && _configuration.Credential is not null)
        {
            response.Dispose();
            response = await SendOnceAsync(RenewCredential.Now).ConfigureAwait(false);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await Failures.OfResponseAsync(operation, response, cancellationToken).ConfigureAwait(false);

        async Task<HttpResponseMessage> SendOnceAsync(RenewCredential renew)
        {
            using HttpRequestMessage request = new(method, _server + path);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Content = body?.ToContent();
            foreach ((string name, string value) in _configuration.Headers)
                request.Headers.TryAddWithoutValidation(name, value);
            try
            {
                if (
                    _configuration.Credential is { } credential
                    && await credential.GetTokenAsync(renew, cancellationToken).ConfigureAwait(false) is { } token
                )
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                return await _http.SendAsync(request, completion, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (Failures.IsTransport(e))
            {
                throw Failures.OfTransport(operation, e);
            }
        }
    }

    private static TResult Decode<TResult>(string operation, Func<TResult> read)
    {
        try
        {
            return read();
        }
        catch (JsonException e)
        {
            throw new KubernetesException(operation, $"the answer is not what was expected: {e.Message}", e)
            {
                StatusCode = HttpStatusCode.OK,
            };
        }
    }
}
