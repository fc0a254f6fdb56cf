using YamlDotNet.RepresentationModel;

namespace Fairlead.Kubernetes.Configuration;

/// <summary>A mapping of a file, read leniently: what has another shape is not there.</summary>
internal sealed class YamlView(YamlMappingNode node, string directory)
{
    /// <summary>Null when absent or empty.</summary>
    public string? Text(string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value)
        && value is YamlScalarNode { Value: { Length: > 0 } text } scalar
        && !(text is "null" or "~" && scalar.Style == YamlDotNet.Core.ScalarStyle.Plain)
            ? text
            : null;

    /// <summary>A path, made absolute from the file's directory.</summary>
    public string? Path(string key) => Text(key) is { } path ? System.IO.Path.Combine(directory, path) : null;

    public YamlView? Map(string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) && value is YamlMappingNode map
            ? new YamlView(map, directory)
            : null;

    public IEnumerable<YamlView> Items(string key) =>
        Nodes(key).OfType<YamlMappingNode>().Select(map => new YamlView(map, directory));

    public IReadOnlyList<string> Texts(string key) =>
        [.. Nodes(key).OfType<YamlScalarNode>().Select(scalar => scalar.Value ?? "")];

    private IEnumerable<YamlNode> Nodes(string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) && value is YamlSequenceNode list
            ? list.Children
            : [];
}
