using System.Text.Json;
using Fairlead.Cni;

namespace Fairlead.Cli.Commands.Cni;

/// <summary>Reads the values of CNI_ARGS and CAP_ARGS.</summary>
internal static class CniArguments
{
    /// <summary>Pairs <c>KEY=VALUE;KEY=VALUE</c> in their order; the first "=" of a pair parts it.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Pairs(string? text)
    {
        if (text is null)
            return [];
        List<KeyValuePair<string, string>> pairs = [];
        foreach (string pair in text.Split(';'))
        {
            if (pair.IndexOf('=') is not (> 0 and int equals))
                throw new CniRequestException(
                    CniErrorCode.InvalidEnvironment,
                    $"CNI_ARGS: pair {pairs.Count + 1}, \"{pair}\", is not of the form KEY=VALUE",
                    $"the whole value is \"{text}\"; pairs are separated by \";\""
                );
            pairs.Add(new(pair[..equals], pair[(equals + 1)..]));
        }
        return pairs;
    }

    /// <summary>A JSON object with a member for each capability.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Capabilities(string? json)
    {
        Dictionary<string, JsonElement> capabilities = new(StringComparer.Ordinal);
        if (json is null)
            return capabilities;
        try
        {
            JsonElement root = JsonElement.Parse(json);
            if (root.ValueKind != JsonValueKind.Object)
                throw NotAnObject($"it is {Name(root.ValueKind)}");
            foreach (JsonProperty member in root.EnumerateObject())
                capabilities[member.Name] = member.Value;
            return capabilities;
        }
        catch (JsonException e)
        {
            throw NotAnObject($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} is not JSON");
        }

        CniRequestException NotAnObject(string why) =>
            new(
                CniErrorCode.InvalidEnvironment,
                $"CAP_ARGS: {why}",
                $"wanted is an object such as {{\"mac\":\"02:00:00:00:00:01\"}}; given is {json}"
            );
    }

    private static string Name(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.Null => "null",
            _ => "a boolean",
        };
}
