using System.Globalization;

namespace Fairlead.Crds.Reading;

/// <summary>Turns the YAML documents of one file into <see cref="ManifestDocument"/>s.</summary>
internal sealed class DocumentReader(string text, string source)
{
    private const string ListKind = "List";
    private const string Items = "items";
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
            AddUnreadable(new Place(span, null, null), e.Offset, "", e.Message);
            return;
        }
        Place place = new(span, root, null);
        switch (root)
        {
            case null or ScalarNode { IsNull: true }:
                break;
            case MappingNode mapping when mapping.Find("kind")?.Value is ScalarNode { Value: ListKind }:
                ReadList(place, mapping, duplicates);
                break;
            case MappingNode mapping:
                Add(place, mapping, duplicates);
                break;
            default:
                AddUnreadable(place, root.Start, "", "wanted an object with apiVersion, kind, metadata and spec");
                break;
        }
    }

    private void ReadList(Place place, MappingNode list, List<DuplicateField> duplicates)
    {
        if (list.Find(Items)?.Value is not SequenceNode items)
        {
            AddUnreadable(place, list.Start, Items, "wanted a list of virtual machines");
            return;
        }
        if (list.Find("apiVersion") is { Value: var version } && version is not ScalarNode { Value: "v1" })
        {
            AddUnreadable(place, version.Start, "apiVersion", "wanted v1, the API version of kind: List");
            return;
        }
        if (items.Items.Count > ManifestLimits.Documents)
        {
            AddUnreadable(place, items.Start, Items, "more than 1,000 objects in one list");
            return;
        }
        foreach (
            DuplicateField field in duplicates.Where(field =>
                !field.Path.StartsWith("items[", StringComparison.Ordinal)
            )
        )
            AddUnreadable(place, field.Offset, field.Path, "given twice");
        for (int i = 0; i < items.Items.Count; i++)
        {
            Place itemPlace = place with { Node = items.Items[i], Item = new ListItem(items, i) };
            if (items.Items[i] is MappingNode item)
                Add(itemPlace, item, duplicates);
            else
                AddUnreadable(itemPlace, items.Items[i].Start, "", "wanted an object of kind VirtualMachine");
        }
    }

    private void Add(Place place, MappingNode root, List<DuplicateField> duplicates)
    {
        PathIndex paths = new(_lines, place.Prefix, root.Start);
        Findings findings = new(source, paths);
        foreach (DuplicateField field in duplicates)
        {
            if (place.Contains(field))
                findings.AddTwice(place.Inside(field.Path), field.Offset, _lines.Locate(field.FirstOffset).Line);
        }

        VirtualMachine? vm = null;
        if (HeaderCheck.IsOurs(root, findings))
        {
            vm = VirtualMachineBinder.VirtualMachine(new ObjectReader(root, "", paths, findings));
            foreach (ValidationError error in VirtualMachineValidator.Validate(vm))
                findings.Add(error);
        }
        _documents.Add(new ManifestDocument(source, _documents.Count, vm, paths, place, findings.ToList()));
    }

    private void AddUnreadable(Place place, int offset, string path, string message)
    {
        PathIndex paths = new(_lines, place.Prefix, offset);
        ManifestError error = paths.ToError(source, path, offset, message);
        _documents.Add(new ManifestDocument(source, _documents.Count, null, paths, place, [error]));
    }
}

/// <summary>Where an object stands: its YAML document, its node, and its place in a List if it is in one.</summary>
internal sealed record Place(DocumentSpan Span, Node? Node, ListItem? Item)
{
    public string Prefix => Item is null ? "" : string.Create(CultureInfo.InvariantCulture, $"items[{Item.Index}]");

    public bool Contains(DuplicateField field) =>
        Item is null || field.Path.StartsWith(Prefix + ".", StringComparison.Ordinal);

    public string Inside(string path) => Item is null ? path : path[(Prefix.Length + 1)..];
}

/// <summary>A place in the <c>items</c> of a List.</summary>
internal sealed record ListItem(SequenceNode Items, int Index);
