using System.Globalization;
using Fairlead.Crds;

namespace Fairlead.Cli.Manifests;

/// <summary>
/// One object of a file as it is sent to the agent: alone, so that a fault in one stops no other. The agent's errors
/// then count lines from the object's beginning; <see cref="Relocate"/> makes them the file's.
/// </summary>
internal sealed record ManifestText(string Source, string Text, int StartLine, bool KeepsItsLines)
{
    public static ManifestText Of(ManifestFile file, ManifestDocument document, string? @namespace)
    {
        if (@namespace is not null && !ManifestNamespace.IsNamedIn(document))
        {
            VirtualMachine vm = document.VirtualMachine!;
            vm = vm with { Metadata = vm.Metadata with { Namespace = @namespace } };
            return new ManifestText(document.Source, ManifestWriter.ToYaml(vm), document.StartLine, false);
        }
        string text = ManifestEditor.ExtractDocument(file.Text, document.Index);
        string span = file.Text[document.TextStart..document.TextEnd];
        // An item of a List is taken out of its indentation.
        if (!string.Equals(text, span, StringComparison.Ordinal))
            return new ManifestText(document.Source, text, document.StartLine, false);
        int startLine = 1 + file.Text.AsSpan(0, document.TextStart).Count('\n');
        return new ManifestText(document.Source, text, startLine, true);
    }

    /// <summary>Gives an error of the form <c>SOURCE:LINE:COLUMN: ...</c> its place in the file.</summary>
    public string Relocate(string error)
    {
        if (!error.StartsWith(Source + ":", StringComparison.Ordinal))
            return error;
        string[] parts = error[(Source.Length + 1)..].Split(':', 3);
        bool hasPlace =
            parts.Length == 3 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (!hasPlace || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int line))
            return error;
        return KeepsItsLines
            ? string.Create(CultureInfo.InvariantCulture, $"{Source}:{StartLine + line - 1}:{parts[1]}:{parts[2]}")
            : string.Create(CultureInfo.InvariantCulture, $"{Source}:{StartLine}:1:{parts[2]}");
    }
}
