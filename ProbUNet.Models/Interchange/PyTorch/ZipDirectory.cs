using System.Buffers.Binary;
using System.Text;

namespace ProbUNet.Models.Interchange.PyTorch;

/// <summary>A file within a zip file.</summary>
/// <param name="Name">Its name there, with slashes.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Crc">Their checksum.</param>
internal sealed record ZipEntry(string Name, long Offset, long Length, uint Crc);

/// <summary>
/// The directory of a zip file whose entries are stored as they are (.ZIP File Format Specification, PKWARE), with its extension for more than 4 GB. Compressed entries are refused: PyTorch writes none, and so
/// nothing here ever grows. All entries are within the file and none overlaps another.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint LocalMark = 0x04034B50, EntryMark = 0x02014B50, EndMark = 0x06054B50, End64Mark = 0x06064B50, Locator64Mark = 0x07064B50;
    private const int LocalSize = 30, EntrySize = 46, EndSize = 22, End64Size = 56, Locator64Size = 20;
    private const int MaxComment = ushort.MaxValue, MaxDirectory = 1 << 24, Extra64 = 1;

    private readonly MappedFile _file;
    private readonly Dictionary<string, ZipEntry> _entries = new(StringComparer.Ordinal);

    private ZipDirectory(MappedFile file) => _file = file;

    /// <summary>The entries by name.</summary>
    public IReadOnlyDictionary<string, ZipEntry> Entries => _entries;

    /// <summary>Whether a file begins as a zip file does.</summary>
    public static bool Recognizes(MappedFile file) => file.Length >= EndSize && BinaryPrimitives.ReadUInt32LittleEndian(file.Bytes(0, 4)) is LocalMark or EndMark;

    /// <summary>Reads it.</summary>
    /// <exception cref="InputException">It is damaged, or its entries are compressed or enciphered.</exception>
    public static ZipDirectory Read(MappedFile file)
    {
        var directory = new ZipDirectory(file);
        directory.Read();
        return directory;
    }

    private void Read()
    {
        var (count, offset, length, end) = FindDirectory();
        if (offset < 0 || length < 0 || offset > end || length > end - offset || length > MaxDirectory || count > (ulong)length / EntrySize)
            throw Damaged(end, $"its directory cannot have {count} entries in {length} bytes at byte {offset}");
        var taken = new List<(long Begin, long End, string Name)>();
        var bytes = _file.Bytes(offset, (int)length);
        for (var at = 0; count > 0; count--)
        {
            var (entry, local, next) = ReadEntry(bytes, at, offset);
            if (!_entries.TryAdd(entry.Name, entry with { Offset = DataOf(entry, local, offset) }))
                throw Damaged(offset + at, $"{OneLine.Of(entry.Name)} is there twice");
            taken.Add((local, _entries[entry.Name].Offset + entry.Length, entry.Name));
            at = next;
        }
        taken.Sort();
        for (var i = 1; i < taken.Count; i++)
            if (taken[i].Begin < taken[i - 1].End)
                throw Damaged(taken[i].Begin, $"{OneLine.Of(taken[i].Name)} begins within another entry");
    }

    /// <summary>How many entries there are, where the directory begins, its length, and what it has to end before.</summary>
    private (ulong Count, long Offset, long Length, long End) FindDirectory()
    {
        var first = Math.Max(0, _file.Length - EndSize - MaxComment);
        var tail = _file.Bytes(first, (int)(_file.Length - first));
        var at = tail.Length - EndSize;
        while (at >= 0 && (BinaryPrimitives.ReadUInt32LittleEndian(tail[at..]) != EndMark || BinaryPrimitives.ReadUInt16LittleEndian(tail[(at + 20)..]) != tail.Length - at - EndSize))
            at--;
        if (at < 0)
            throw Damaged(_file.Length, "its end is missing");
        var place = first + at;
        var end = tail.Slice(at, EndSize);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end[4..]) != 0)
            throw Damaged(place, "it is a part of several");
        var locator = place - Locator64Size;
        if (locator < 0 || BinaryPrimitives.ReadUInt32LittleEndian(_file.Bytes(locator, 4)) != Locator64Mark)
            return (BinaryPrimitives.ReadUInt16LittleEndian(end[10..]), BinaryPrimitives.ReadUInt32LittleEndian(end[16..]), BinaryPrimitives.ReadUInt32LittleEndian(end[12..]), place);
        var end64 = BinaryPrimitives.ReadInt64LittleEndian(_file.Bytes(locator + 8, 8));
        if (end64 < 0 || end64 > locator - End64Size || BinaryPrimitives.ReadUInt32LittleEndian(_file.Bytes(end64, 4)) != End64Mark)
            throw Damaged(locator, $"the large directory is not at byte {end64}");
        var large = _file.Bytes(end64, End64Size);
        return (BinaryPrimitives.ReadUInt64LittleEndian(large[32..]), BinaryPrimitives.ReadInt64LittleEndian(large[48..]), BinaryPrimitives.ReadInt64LittleEndian(large[40..]), end64);
    }

    /// <summary>An entry of the directory, without the place of its bytes, but with that of the header before them.</summary>
    private (ZipEntry Entry, long Local, int Next) ReadEntry(ReadOnlySpan<byte> directory, int at, long offset)
    {
        var place = offset + at;
        if (directory.Length - at < EntrySize || BinaryPrimitives.ReadUInt32LittleEndian(directory[at..]) != EntryMark)
            throw Damaged(place, "there is no entry of its directory");
        var fixedPart = directory.Slice(at, EntrySize);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[28..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[30..]), commentLength = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[32..]);
        var next = at + EntrySize + nameLength + extraLength + commentLength;
        if (next > directory.Length)
            throw Damaged(place, "this entry of its directory ends too late");
        var name = Encoding.UTF8.GetString(directory.Slice(at + EntrySize, nameLength));
        if ((BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[8..]) & 1) != 0 || BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[10..]) != 0)
            throw new InputException(_file.Path, FormattableString.Invariant($"{OneLine.Of(name)} in it (byte {place}) is compressed or enciphered, which torch.save never does"), "save it again with torch.save");
        long stored = BinaryPrimitives.ReadUInt32LittleEndian(fixedPart[20..]), length = BinaryPrimitives.ReadUInt32LittleEndian(fixedPart[24..]), local = BinaryPrimitives.ReadUInt32LittleEndian(fixedPart[42..]);
        var extra = directory.Slice(at + EntrySize + nameLength, extraLength);
        if (length == uint.MaxValue || stored == uint.MaxValue || local == uint.MaxValue)
            ReadLarge(extra, place, ref length, ref stored, ref local);
        return stored == length && length >= 0 && local >= 0
            ? (new ZipEntry(name, 0, length, BinaryPrimitives.ReadUInt32LittleEndian(fixedPart[16..])), local, next)
            : throw Damaged(place, $"the lengths of {OneLine.Of(name)} are not those of a stored entry");
    }

    /// <summary>What has no room in an entry is in its extra field, in this order.</summary>
    private void ReadLarge(ReadOnlySpan<byte> extra, long place, ref long length, ref long stored, ref long local)
    {
        while (extra.Length >= 4)
        {
            int kind = BinaryPrimitives.ReadUInt16LittleEndian(extra), size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            extra = extra[4..];
            if (size > extra.Length)
                break;
            var values = extra[..size];
            extra = extra[size..];
            if (kind != Extra64)
                continue;
            if (Take(ref length, ref values) && Take(ref stored, ref values) && Take(ref local, ref values))
                return;
            break;
        }
        throw Damaged(place, "the large numbers of this entry are missing");
    }

    private static bool Take(ref long number, ref ReadOnlySpan<byte> values)
    {
        if (number != uint.MaxValue)
            return true;
        if (values.Length < sizeof(long))
            return false;
        number = BinaryPrimitives.ReadInt64LittleEndian(values);
        values = values[sizeof(long)..];
        return true;
    }

    /// <summary>Where the bytes of an entry begin: behind a header of their own.</summary>
    private long DataOf(ZipEntry entry, long local, long directory)
    {
        if (local > directory - LocalSize || BinaryPrimitives.ReadUInt32LittleEndian(_file.Bytes(local, 4)) != LocalMark)
            throw Damaged(Math.Min(local, _file.Length), $"there is no header of {OneLine.Of(entry.Name)}");
        var header = _file.Bytes(local, LocalSize);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        var data = local + LocalSize + nameLength + extraLength;
        return data <= directory && entry.Length <= directory - data
            && BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) == 0 && Encoding.UTF8.GetString(_file.Bytes(local + LocalSize, nameLength)) == entry.Name
            ? data
            : throw Damaged(local, $"the header of {OneLine.Of(entry.Name)} is not what the directory says");
    }

    private InputException Damaged(long offset, string why) => Damage.At(_file.Path, offset, "PyTorch", why);
}
