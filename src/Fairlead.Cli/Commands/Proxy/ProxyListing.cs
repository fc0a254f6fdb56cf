using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.Output;

namespace Fairlead.Cli.Commands.Proxy;

/// <summary>Things of one kind that the proxy has told of, in the format that was asked for.</summary>
internal sealed class ProxyListing<T>
{
    /// <summary>What they are called in JSON.</summary>
    public required string Member { get; init; }

    /// <summary>What is said when there are none.</summary>
    public required string Nothing { get; init; }

    public required string[] Headers { get; init; }

    public required Func<T, string[]> Row { get; init; }

    public required Func<T, JsonObject> Document { get; init; }

    /// <summary>What <c>-o name</c> shows.</summary>
    public Func<T, string> Name { get; init; } = static _ => "";

    public void Write(ParseResult parseResult, string? output, IReadOnlyList<T> items)
    {
        TextWriter writer = parseResult.InvocationConfiguration.Output;
        switch (OutputFormats.Of(output))
        {
            case OutputFormat.Json:
                writer.Write(ObjectText.Json(new JsonObject { [Member] = new JsonArray([.. items.Select(Document)]) }));
                break;
            case OutputFormat.Name:
                foreach (T item in items)
                    writer.WriteLine(Name(item));
                break;
            case OutputFormat.Table when items.Count == 0:
                parseResult.InvocationConfiguration.Error.WriteLine(Nothing);
                break;
            default:
                new TableWriter(writer, Headers).Write([.. items.Select(Row)]);
                break;
        }
    }
}
