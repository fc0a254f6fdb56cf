using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Fairlead.Kubernetes.Requests;

namespace Fairlead.Kubernetes;

// Watches: a response that goes on, a JSON object a line.
public sealed partial class KubernetesClient
{
    // After the server should have ended the watch it is taken for dead: the way to it may be cut without a word.
    private static readonly TimeSpan s_watchGrace = TimeSpan.FromSeconds(15);

    /// <summary>
    /// What happens from a resource version on, bookmarks included. Ends quietly when the server ends it, which it does
    /// after <paramref name="window"/>: watch again from the last seen version.
    /// </summary>
    /// <exception cref="KubernetesException">
    /// <see cref="KubernetesException.IsGone"/> if the version is too old, <see cref="KubernetesException.IsUnreachable"/>
    /// if the connection broke.
    /// </exception>
    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType<T> type,
        Selection selection,
        string resourceVersion,
        TimeSpan window,
        CancellationToken cancellationToken = default
    )
        where T : class =>
        WatchAsync(type, selection, resourceVersion, window, onUndecodable: null, opened: null, cancellationToken);

    internal async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType<T> type,
        Selection selection,
        string resourceVersion,
        TimeSpan window,
        Action<string>? onUndecodable,
        Action? opened,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class
    {
        string operation = $"watch {type}";
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(window + s_watchGrace);
        using HttpResponseMessage response = await OpenWatchAsync().ConfigureAwait(false);
        opened?.Invoke();
        Stream stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
        PipeReader reader = PipeReader.Create(stream);
        try
        {
            while (
                await ReadLineAsync(operation, reader, limit.Token, cancellationToken).ConfigureAwait(false) is { } line
            )
                yield return Decode(operation, () => ReadEvent(operation, line, type, onUndecodable));
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }

        Task<HttpResponseMessage> OpenWatchAsync() =>
            SendAsync(
                operation,
                HttpMethod.Get,
                type.CollectionPath(selection.Namespace)
                    + RequestQuery.Of(
                        ("watch", "true"),
                        ("labelSelector", selection.LabelSelector),
                        ("fieldSelector", selection.FieldSelector),
                        ("resourceVersion", resourceVersion),
                        ("allowWatchBookmarks", "true"),
                        ("timeoutSeconds", ((int)window.TotalSeconds).ToString(CultureInfo.InvariantCulture))
                    ),
                body: null,
                HttpCompletionOption.ResponseHeadersRead,
                limit.Token
            );
    }

    private static WatchEvent<T> ReadEvent<T>(
        string operation,
        byte[] line,
        ResourceType<T> type,
        Action<string>? onUndecodable
    )
        where T : class
    {
        (string name, ReadOnlyMemory<byte> json) = WireReader.ReadWatchLine(line);
        if (name is "ERROR")
            throw Failures.OfWatchError(operation, json.Span);
        WatchEventType happened = name switch
        {
            "ADDED" => WatchEventType.Added,
            "MODIFIED" => WatchEventType.Modified,
            "DELETED" => WatchEventType.Deleted,
            "BOOKMARK" => WatchEventType.Bookmark,
            _ => throw new JsonException($"a watch event of unknown type {name}"),
        };
        T? item =
            happened == WatchEventType.Bookmark ? null : WireReader.TryDecode(json.Span, type.Json, onUndecodable);
        string? version = item is not null
            ? type.Identify(item).ResourceVersion
            : JsonSerializer.Deserialize(json.Span, KubernetesJson.Default.MetadataOnly)?.Metadata?.ResourceVersion;
        return new WatchEvent<T>(happened, item, version ?? throw new JsonException("there is no resourceVersion"));
    }

    /// <summary>Null at the end, quiet or by the deadline.</summary>
    private static async Task<byte[]?> ReadLineAsync(
        string operation,
        PipeReader reader,
        CancellationToken limit,
        CancellationToken caller
    )
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await reader.ReadAsync(limit).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!caller.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception e) when (Failures.IsTransport(e))
            {
                throw Failures.OfTransport(operation, e);
            }

            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                byte[] line = read.Buffer.Slice(0, end).ToArray();
                reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                if (line.Length > 0)
                    return line;
                continue;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                return null; // half a line is nothing
        }
    }
}
