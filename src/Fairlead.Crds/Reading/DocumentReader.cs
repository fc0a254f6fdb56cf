namespace Fairlead.Crds.Reading;

/// <summary>Turns the YAML documents of one file into <see cref="ManifestDocument"/>s.</summary>
internal sealed class DocumentReader(string text, string source)
{
    private const string ListKind = "List";
    private readonly LineMap _lines = new(text);
    private readonly List<ManifestDocument> _documents = [];

    public IReadOnlyList<ManifestDocument> Documents => _documents;

    public void Read(DocumentSpan span)
    {
        List<DuplicateField> duplicates = [];
        Node? root;
        try
        {
            root = Composer.Compose(text, span, duplicates);
        }
        catch (UnreadableDocumentException e)
        {
            AddUnreadable(span, null, e.Offset, "", e.Message);
            return;
        }
        switch (root)
        {
            case null or ScalarNode { IsNull: true }:
                break;
            case MappingNode mapping when KindOf(mapping) is ListKind:
                ReadList(span, mapping, duplicates);
                break;
            case MappingNode mapping:
                Add(span, mapping, "", duplicates);
                break;
            default:
                AddUnreadable(span, root, root.Start, "", "wanted an object with apiVersion, kind, metadata and spec");
                break;
        }
    }

    private void ReadList(DocumentSpan span, MappingNode list, List<DuplicateField> duplicates)
    {
        if (list.Find("items")?.Value is not SequenceNode items)
        {
            AddUnreadable(span, list, list.Start, "items", "wanted a list of virtual machines");
            return;
        }
        if (list.Find("apiVersion") is { Value: var version } && version is not ScalarNode { Value: "v1" })
        {
            AddUnreadable(span, list, version.Start, "apiVersion", "wanted v1, the API version of kind: List");
            return;
        }
        if (items.Items.Count > ManifestLimits.Documents)
        {
            AddUnreadable(span, list, items.Start, "items", "more than 1,000 objects in one list");
            return;
        }
        for (int i = 0; i < items.Items.Count; i++)
        {
            string path = FieldPath.Item("items", i);
            if (items.Items[i] is MappingNode item)
                Add(span, item, path, duplicates);
            else
                AddUnreadable(
                    span,
                    items.Items[i],
                    items.Items[i].Start,
                    path,
                    "wanted an object of kind VirtualMachine"
                );
        }
    }

    private void Add(DocumentSpan span, MappingNode root, string prefix, List<DuplicateField> duplicates)
    {
        PathIndex paths = new(_lines, prefix, root.Start);
        Findings findings = new(source, paths);
        foreach (
            DuplicateField field in duplicates.Where(field => field.Offset >= root.Start && field.Offset < root.End)
        )
            findings.AddTwice(
                field.Path[prefix.Length..].TrimStart('.'),
                field.Offset,
                _lines.Locate(field.FirstOffset).Line
            );

        VirtualMachine? vm = null;
        if (HeaderCheck.IsOurs(root, findings))
        {
            vm = VirtualMachineBinder.VirtualMachine(new ObjectReader(root, "", paths, findings));
            foreach (ValidationError error in VirtualMachineValidator.Validate(vm))
                findings.Add(error);
        }
        VirtualMachineKey? owner = vm is { Metadata.Name: not "" } ? vm.Key : null;
        _documents.Add(new ManifestDocument(source, _documents.Count, vm, owner, paths, span, root, findings.ToList()));
    }

    private void AddUnreadable(DocumentSpan span, Node? root, int offset, string path, string message)
    {
        PathIndex paths = new(_lines, "", offset);
        ManifestError error = paths.ToError(source, path, offset, message);
        _documents.Add(new ManifestDocument(source, _documents.Count, null, null, paths, span, root, [error]));
    }

    private static string? KindOf(MappingNode mapping) =>
        mapping.Find("kind")?.Value is ScalarNode kind ? kind.Value : null;
}
