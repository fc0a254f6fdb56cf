using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Vmi.CloudInit;

/// <summary>
/// A read-only FAT12 volume of a floppy's size with a few small files in its root directory. Pure: the same files give
/// the same octets.
/// </summary>
/// <remarks>
/// How it is laid out (ECMA-107, and Microsoft's FAT specification 1.03 for the long names), in sectors of 512 octets:
/// <code>
/// 0        boot sector: the geometry
/// 1 - 9    FAT: 12 bits a cluster, which name the file's next one
/// 10 - 18  the same again
/// 19 - 32  root directory: 224 entries of 32 octets
/// 33 -     data, clusters 2, 3, ... of one sector each
/// </code>
/// A long name stands before its entry, 13 characters an entry, the last part first.
/// </remarks>
internal static class FatImage
{
    private const int SectorBytes = 512;
    private const int Sectors = 2880;
    private const int FatSectors = 9;
    private const int FirstFat = 1;
    private const int RootEntries = 224;
    private const int EntryBytes = 32;
    private const int FirstRoot = FirstFat + (2 * FatSectors);
    private const int FirstData = FirstRoot + (RootEntries * EntryBytes / SectorBytes);
    private const int FirstCluster = 2;
    private const int EndOfFile = 0xfff;
    private const byte Media = 0xf0;

    private const int CharactersOfPart = 13;
    private const byte LastPart = 0x40;

    [Flags]
    private enum Attributes : byte
    {
        ReadOnly = 0x01,
        VolumeLabel = 0x08,
        Archive = 0x20,
        LongName = 0x0f,
    }

    /// <param name="label">The volume's, at most 11 upper-case ASCII characters.</param>
    /// <param name="files">Their names, ASCII, and what is in them.</param>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public static byte[] Build(string label, IReadOnlyList<(string Name, byte[] Content)> files)
    {
        byte[] image = new byte[Sectors * SectorBytes];
        WriteBootSector(image, label);
        Span<byte> root = image.AsSpan(FirstRoot * SectorBytes, RootEntries * EntryBytes);
        WriteEntry(root, PaddedLabel(label), Attributes.VolumeLabel, cluster: 0, size: 0);
        root = root[EntryBytes..];
        List<int> fat = [0xf00 | Media, EndOfFile];
        for (int i = 0; i < files.Count; i++)
        {
            (string name, byte[] content) = files[i];
            int cluster = content.Length == 0 ? 0 : fat.Count;
            content.CopyTo(DataFrom(image, fat.Count, content.Length));
            int clusters = (content.Length + SectorBytes - 1) / SectorBytes;
            for (int c = 1; c <= clusters; c++)
                fat.Add(c == clusters ? EndOfFile : fat.Count + 1);
            byte[] shortName = Encoding.ASCII.GetBytes($"FILE{i, -4}   ");
            root = root[WriteLongName(root, name, shortName)..];
            WriteEntry(root, shortName, Attributes.ReadOnly | Attributes.Archive, cluster, content.Length);
            root = root[EntryBytes..];
        }

        WriteFat(image.AsSpan(FirstFat * SectorBytes), fat);
        WriteFat(image.AsSpan((FirstFat + FatSectors) * SectorBytes), fat);
        return image;
    }

    private static Span<byte> DataFrom(byte[] image, int cluster, int length)
    {
        Span<byte> rest = image.AsSpan((FirstData + cluster - FirstCluster) * SectorBytes);
        return length <= rest.Length
            ? rest
            : throw new ArgumentOutOfRangeException(nameof(length), length, "does not fit into the image");
    }

    private static void WriteBootSector(Span<byte> sector, string label)
    {
        ReadOnlySpan<byte> jump = [0xeb, 0x3c, 0x90];
        jump.CopyTo(sector);
        "FAIRLEAD"u8.CopyTo(sector[3..]);
        Put16(sector, 11, SectorBytes);
        sector[13] = 1; // sectors of a cluster
        Put16(sector, 14, FirstFat);
        sector[16] = 2; // copies of the FAT
        Put16(sector, 17, RootEntries);
        Put16(sector, 19, Sectors);
        sector[21] = Media;
        Put16(sector, 22, FatSectors);
        Put16(sector, 24, 18); // sectors of a track
        Put16(sector, 26, 2); // heads
        sector[38] = 0x29; // the three fields that follow are there
        Put16(sector, 39, 0x0f1a);
        PaddedLabel(label).CopyTo(sector[43..]);
        "FAT12   "u8.CopyTo(sector[54..]);
        Put16(sector, 510, 0xaa55);
    }

    private static void WriteFat(Span<byte> table, List<int> fat)
    {
        for (int cluster = 0; cluster < fat.Count; cluster++)
        {
            // Two entries are three octets: the low 8 bits of the first, its high 4 below the low 4 of the second, ...
            int at = cluster * 3 / 2;
            int shift = cluster % 2 * 4;
            int both = BinaryPrimitives.ReadUInt16LittleEndian(table[at..]) | (fat[cluster] << shift);
            BinaryPrimitives.WriteUInt16LittleEndian(table[at..], (ushort)both);
        }
    }

    private static void WriteEntry(
        Span<byte> entry,
        ReadOnlySpan<byte> name,
        Attributes attributes,
        int cluster,
        int size
    )
    {
        name.CopyTo(entry);
        entry[11] = (byte)attributes;
        Put16(entry, 24, 0x0021); // 1 January 1980, the first day that there is
        Put16(entry, 26, cluster);
        BinaryPrimitives.WriteInt32LittleEndian(entry[28..], size);
    }

    /// <returns>How many octets of the directory it takes.</returns>
    private static int WriteLongName(Span<byte> directory, string name, ReadOnlySpan<byte> shortName)
    {
        byte checksum = 0;
        foreach (byte octet in shortName)
            checksum = (byte)((checksum << 7) + (checksum >> 1) + octet);
        int parts = (name.Length + CharactersOfPart - 1) / CharactersOfPart;
        for (int part = parts; part > 0; part--)
        {
            Span<byte> entry = directory[((parts - part) * EntryBytes)..];
            entry[0] = (byte)(part | (part == parts ? LastPart : 0));
            entry[11] = (byte)Attributes.LongName;
            entry[13] = checksum;
            for (int i = 0; i < CharactersOfPart; i++)
            {
                int index = ((part - 1) * CharactersOfPart) + i;
                // One NUL ends the name, and ones fill the entry.
                int character =
                    index < name.Length ? name[index]
                    : index == name.Length ? 0
                    : 0xffff;
                Put16(entry, OffsetOf(i), character);
            }
        }

        return parts * EntryBytes;
    }

    // The 13 characters of a part stand around the fields of a short entry.
    private static int OffsetOf(int character) =>
        character switch
        {
            < 5 => 1 + (2 * character),
            < 11 => 14 + (2 * (character - 5)),
            _ => 28 + (2 * (character - 11)),
        };

    private static byte[] PaddedLabel(string label) => Encoding.ASCII.GetBytes(label.PadRight(11));

    private static void Put16(Span<byte> target, int offset, int value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(target[offset..], (ushort)value);
}
