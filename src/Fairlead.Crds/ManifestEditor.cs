using Fairlead.Crds.Editing;
using Fairlead.Crds.Reading;

namespace Fairlead.Crds;

/// <summary>
/// Changes manifest texts that people wrote, and leaves their comments and layout alone. Every edit is read again
/// before it is returned; where it did not mean what it should, the document is written anew instead.
/// </summary>
public static class ManifestEditor
{
    /// <summary>Sets <c>spec.running</c> of one document and changes nothing else.</summary>
    /// <param name="documentIndex"><see cref="ManifestDocument.Index"/>.</param>
    /// <exception cref="ManifestFormatException">The document is no object, or not even YAML.</exception>
    public static string SetRunning(string text, int documentIndex, bool running)
    {
        ManifestFile file = ManifestReader.Read(text, "");
        ManifestDocument document = file.Documents[documentIndex];
        if (document.VirtualMachine is { } vm && vm.Spec.Running == running)
            return text;
        if (document.Place.Node is not MappingNode root)
            throw new ManifestFormatException(document.Errors);
        string edited = RunningEdit.Apply(text, root, running);
        if (edited != text && IsOnlyRunningChanged(file, ManifestReader.Read(edited, ""), documentIndex, running))
            return edited;
        return Rewrite(file, document, running);
    }

    /// <summary>The text without one document; null when nothing remains.</summary>
    /// <inheritdoc cref="SetRunning" path="/param"/>
    public static string? Remove(string text, int documentIndex)
    {
        ManifestFile file = ManifestReader.Read(text, "");
        ManifestDocument document = file.Documents[documentIndex];
        if (file.Documents.Count == 1)
            return null;
        List<ManifestDocument> siblings = [.. file.Documents.Where(other => other.Place.Span == document.Place.Span)];
        if (siblings.Count == 1)
            return DocumentText.RemoveSpan(text, document.Place.Span);
        if (document.Place is { Node: { } node, Item: { } item })
        {
            string edited = DocumentText.RemoveItem(text, node, item);
            if (ManifestReader.Read(edited, "").Documents.Count == file.Documents.Count - 1)
                return edited;
        }
        siblings.Remove(document);
        return Write(text, siblings, other => other.VirtualMachine!);
    }

    /// <summary>The text of one document alone, to be put into a file of its own.</summary>
    /// <inheritdoc cref="SetRunning" path="/param"/>
    public static string ExtractDocument(string text, int documentIndex)
    {
        ManifestDocument document = ManifestReader.Read(text, "").Documents[documentIndex];
        if (document.Place is not { Node: { } node, Item: not null })
            return text[document.TextStart..document.TextEnd];
        string item = DocumentText.ItemText(text, node);
        if (document.VirtualMachine is not { } vm)
            return item;
        ManifestFile alone = ManifestReader.Read(item, "");
        return alone.Documents is [{ VirtualMachine: { } same }] && IsSame(same, vm) ? item : ManifestWriter.ToYaml(vm);
    }

    private static bool IsOnlyRunningChanged(ManifestFile before, ManifestFile after, int index, bool running)
    {
        if (after.Documents.Count != before.Documents.Count)
            return false;
        for (int i = 0; i < before.Documents.Count; i++)
        {
            VirtualMachine? wanted = before.Documents[i].VirtualMachine;
            if (wanted is not null && i == index)
                wanted = WithRunning(wanted, running);
            VirtualMachine? got = after.Documents[i].VirtualMachine;
            if (
                wanted is null || got is null
                    ? !SameErrors(before.Documents[i], after.Documents[i])
                    : !IsSame(wanted, got)
            )
                return false;
        }
        return true;
    }

    private static VirtualMachine WithRunning(VirtualMachine vm, bool running) =>
        vm with
        {
            Spec = vm.Spec with { Running = running },
        };

    private static bool SameErrors(ManifestDocument before, ManifestDocument after) =>
        before.Errors.Select(error => error.Text).SequenceEqual(after.Errors.Select(error => error.Text));

    private static bool IsSame(VirtualMachine a, VirtualMachine b) =>
        ManifestWriter.ToJson(a) == ManifestWriter.ToJson(b);

    private static string Rewrite(ManifestFile file, ManifestDocument document, bool running)
    {
        List<ManifestDocument> siblings = [.. file.Documents.Where(other => other.Place.Span == document.Place.Span)];
        return Write(
            file.Text,
            siblings,
            other => other == document ? WithRunning(other.VirtualMachine!, running) : other.VirtualMachine!
        );
    }

    /// <summary>Puts the given objects in place of the YAML document that they come from.</summary>
    private static string Write(
        string text,
        List<ManifestDocument> documents,
        Func<ManifestDocument, VirtualMachine> content
    )
    {
        if (documents.Find(document => document.VirtualMachine is null) is { } bad)
            throw new ManifestFormatException(bad.Errors);
        Place place = documents[0].Place;
        bool json = text.AsSpan(place.Span.Start).TrimStart().StartsWith('{');
        IEnumerable<VirtualMachine> vms = documents.Select(content);
        string written = (json, place.Item) switch
        {
            (true, null) => ManifestWriter.ToJson(vms.Single()) + "\n",
            (true, _) => ManifestWriter.ToJson(vms) + "\n",
            (_, null) => ManifestWriter.ToYaml(vms.Single()),
            _ => ManifestWriter.ToYaml(vms),
        };
        return DocumentText.ReplaceSpan(text, place.Span, written);
    }
}
