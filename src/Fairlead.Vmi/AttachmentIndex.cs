using System.Collections.Immutable;

namespace Fairlead.Vmi;

/// <summary>Attachments by VM and by link: what each pass and each kernel event asks for, among any number of others.</summary>
internal sealed class AttachmentIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, AttachmentRecord> _byLink = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableSortedDictionary<string, AttachmentRecord>> _byVm = new(
        StringComparer.Ordinal
    );

    public IReadOnlyDictionary<string, AttachmentRecord> OfVm(string vmUid)
    {
        lock (_lock)
            return _byVm.GetValueOrDefault(vmUid, ImmutableSortedDictionary<string, AttachmentRecord>.Empty);
    }

    public AttachmentRecord? FindByLink(string linkName)
    {
        lock (_lock)
            return _byLink.GetValueOrDefault(linkName);
    }

    public void Set(AttachmentRecord record)
    {
        VnicNames names = record.Names;
        lock (_lock)
        {
            foreach (string link in LinksOf(names))
                _byLink[link] = record;
            _byVm[names.VmUid] = _byVm
                .GetValueOrDefault(
                    names.VmUid,
                    ImmutableSortedDictionary.Create<string, AttachmentRecord>(StringComparer.Ordinal)
                )
                .SetItem(names.Vnic, record);
        }
    }

    public void Remove(VnicNames names)
    {
        lock (_lock)
        {
            foreach (string link in LinksOf(names))
                _byLink.Remove(link);
            if (!_byVm.TryGetValue(names.VmUid, out ImmutableSortedDictionary<string, AttachmentRecord>? ofVm))
                return;
            ofVm = ofVm.Remove(names.Vnic);
            if (ofVm.IsEmpty)
                _byVm.Remove(names.VmUid);
            else
                _byVm[names.VmUid] = ofVm;
        }
    }

    private static string[] LinksOf(VnicNames names) => [names.VmInterface, names.Bridge, names.Tap];
}
