// TorchSharp's native library was linked with GCC 13, whose <iostream> leaves a marker symbol behind that exists from GLIBCXX_3.4.32 on.
// Nothing refers to the marker, but the loader of Debian 12 or Ubuntu 22.04 refuses the whole library for it. Declaring that one need
// weak is what the format offers for such a case: the loader then goes on without it, and machines that have the version see no change.
//
// MSBuild compiles this file by itself, against netstandard2.0 and with no project (LoaderMend.targets); the tests compile it without the task.
#nullable enable
using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace ProbUNet.Build;

/// <summary>What a library says about the version that older C++ runtimes lack.</summary>
public enum LoaderNeed
{
    /// <summary>It does not ask for the version.</summary>
    Absent,

    /// <summary>It asks for it as a wish: the loader goes on without it.</summary>
    Weak,

    /// <summary>It insists on the version although nothing in it uses a symbol of that version.</summary>
    Empty,

    /// <summary>It insists on the version and uses a symbol of it: declaring the need weak would only postpone the failure.</summary>
    Used,
}

/// <summary>A file that is not what the mend can read; the message says why, without the file's name.</summary>
public sealed class LoaderMendException : Exception
{
    /// <summary>Says what is wrong with the file.</summary>
    /// <param name="message">A clause whose subject is the file.</param>
    public LoaderMendException(string message)
        : base(message)
    {
    }
}

/// <summary>Declares a library's empty need for a newer C++ runtime weak.</summary>
public static class LoaderMend
{
    /// <summary>The C++ runtime that the need is addressed to.</summary>
    public const string Runtime = "libstdc++.so.6";

    /// <summary>The version that older distributions lack.</summary>
    public const string Version = "GLIBCXX_3.4.32";

    /// <summary>VER_FLG_WEAK in the flags of a needed version.</summary>
    public const ushort WeakFlag = 2;

    /// <summary>Reads what a library needs.</summary>
    /// <param name="image">The bytes of the file.</param>
    /// <param name="flagsOffset">Where the two bytes of the need's flags are, where there is such a need; else -1.</param>
    /// <returns>Whether the need is there, and whether it is an empty one.</returns>
    /// <exception cref="LoaderMendException">The bytes are not a whole shared library of the kind that Linux on 64 bits loads.</exception>
    public static LoaderNeed Examine(byte[] image, out int flagsOffset)
    {
        var library = new ElfLibrary(image);
        flagsOffset = library.FindNeed(Runtime, Version, out var versionIndex);
        if (flagsOffset < 0)
            return LoaderNeed.Absent;
        if ((library.UInt16(flagsOffset) & WeakFlag) != 0)
            return LoaderNeed.Weak;
        return library.RelocatesSymbolOfVersion(versionIndex) ? LoaderNeed.Used : LoaderNeed.Empty;
    }

    /// <summary>Mends the bytes of a library in place if its need is empty; else leaves them.</summary>
    /// <param name="image">The bytes of the file.</param>
    /// <returns>What was found before; the bytes were changed if it is <see cref="LoaderNeed.Empty"/>.</returns>
    /// <exception cref="LoaderMendException">The bytes are not a whole shared library of the kind that Linux on 64 bits loads.</exception>
    public static LoaderNeed Mend(byte[] image)
    {
        var need = Examine(image, out var flagsOffset);
        if (need == LoaderNeed.Empty)
            image[flagsOffset] |= (byte)WeakFlag;
        return need;
    }

    /// <summary>Replaces a file by a mended copy if its need is empty; else leaves it. Mode and time of writing stay.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What was found before; the file was replaced if it is <see cref="LoaderNeed.Empty"/>.</returns>
    /// <exception cref="LoaderMendException">The file is not a whole shared library of the kind that Linux on 64 bits loads.</exception>
    public static LoaderNeed MendFile(string path)
    {
        var image = File.ReadAllBytes(path);
        var need = Mend(image);
        if (need == LoaderNeed.Empty)
            Replace(path, image);
        return need;
    }

    /// <summary>The name under which the targets look up whether a file was seen before, as MSBuild's GetFileHash writes it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The SHA-256 of its bytes in hexadecimal digits.</returns>
    public static string Hash(string path)
    {
        using var sha = SHA256.Create();
        return BitConverter.ToString(sha.ComputeHash(File.ReadAllBytes(path))).Replace("-", string.Empty);
    }

    private static void Replace(string path, byte[] content)
    {
        // The name may be a hard link into the package cache: writing through it would change the package for every project on the machine.
        var copy = path + "." + Guid.NewGuid().ToString("N") + ".tmp";
        try
        {
            File.Copy(path, copy); // brings the mode along, which netstandard2.0 cannot set by itself
            var written = File.GetLastWriteTimeUtc(copy);
            var attributes = File.GetAttributes(copy);
            File.SetAttributes(copy, attributes & ~FileAttributes.ReadOnly);
            using (var stream = new FileStream(copy, FileMode.Truncate, FileAccess.Write))
                stream.Write(content, 0, content.Length);

            // MSBuild copies again whatever differs from the package's file in size or time.
            File.SetLastWriteTimeUtc(copy, written);
            if ((attributes & FileAttributes.ReadOnly) != 0)
                File.SetAttributes(copy, attributes);
            File.Replace(copy, path, null);
        }
        finally
        {
            File.Delete(copy);
        }
    }
}

/// <summary>The parts of a 64-bit shared library that the dynamic loader reads, found as the loader finds them: by the dynamic segment.</summary>
internal sealed class ElfLibrary
{
    private const int DynamicEntrySize = 16;
    private const int RelocationSize = 24;
    private const int ProgramHeaderSize = 56;
    private const uint LoadSegment = 1;
    private const uint DynamicSegment = 2;
    private const ulong StringTable = 5, StringTableSize = 10;
    private const ulong Relocations = 7, RelocationsSize = 8;
    private const ulong PltRelocations = 23, PltRelocationsSize = 2, PltRelocationKind = 20;
    private const ulong OldRelocations = 17;
    private const ulong SymbolVersions = 0x6ffffff0, NeededVersions = 0x6ffffffe;

    private readonly byte[] _image;
    private readonly int _programHeaders;
    private readonly int _programHeaderCount;
    private readonly int _dynamic;
    private readonly int _dynamicEnd;

    public ElfLibrary(byte[] image)
    {
        _image = image;
        if (image.Length < 4 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F')
            throw new LoaderMendException("it is not an ELF file");
        if (Byte(4) != 2 || Byte(5) != 1)
            throw new LoaderMendException("it is not a 64-bit little-endian ELF file");
        if (UInt16(16) != 3)
            throw new LoaderMendException("it is not a shared library");
        if (UInt16(54) != ProgramHeaderSize)
            throw new LoaderMendException("its program headers have an unknown size");

        _programHeaders = Offset(UInt64(32));
        _programHeaderCount = UInt16(56);
        for (var index = 0; index < _programHeaderCount; index++)
        {
            var header = ProgramHeader(index);
            if (UInt32(header) != DynamicSegment)
                continue;
            _dynamic = Offset(UInt64(header + 8));
            _dynamicEnd = Add(_dynamic, UInt64(header + 32));
            return;
        }

        throw new LoaderMendException("it has no dynamic segment");
    }

    /// <summary>Finds the entry that asks a library for a version: the offset of its flags, or -1, and the index that symbols of it carry.</summary>
    public int FindNeed(string library, string version, out int versionIndex)
    {
        versionIndex = 0;
        var found = -1;
        if (!TryDynamic(NeededVersions, out var address))
            return found;

        var need = Locate(address, 0);
        for (ulong step; ; need = Add(need, step))
        {
            Require(need, 16);
            if (IsString(UInt32(need + 4), library))
                found = FindVersion(need, version, found, ref versionIndex);
            step = UInt32(need + 12);
            if (step == 0)
                return found;
        }
    }

    /// <summary>Whether any relocation refers to a symbol of a version.</summary>
    public bool RelocatesSymbolOfVersion(int versionIndex)
    {
        if (TryDynamic(OldRelocations, out _) || (TryDynamic(PltRelocationKind, out var kind) && kind != Relocations))
            throw new LoaderMendException("it has relocations of an unknown kind");
        return Relocates(Relocations, RelocationsSize, versionIndex) || Relocates(PltRelocations, PltRelocationsSize, versionIndex);
    }

    public ushort UInt16(int offset)
    {
        Require(offset, 2);
        return (ushort)(_image[offset] | (_image[offset + 1] << 8));
    }

    private int FindVersion(int need, string version, int found, ref int versionIndex)
    {
        int count = UInt16(need + 2);
        var entry = Add(need, UInt32(need + 8));
        for (var index = 0; index < count; index++)
        {
            Require(entry, 16);
            if (IsString(UInt32(entry + 8), version))
            {
                if (found >= 0)
                    throw new LoaderMendException("it asks for " + version + " more than once");
                found = entry + 4;
                versionIndex = UInt16(entry + 6) & 0x7fff;

                // 0 and 1 stand for symbols without a version.
                if (versionIndex < 2)
                    throw new LoaderMendException("its need for " + version + " has no index of its own");
            }

            var step = UInt32(entry + 12);
            if (step == 0)
                break;
            entry = Add(entry, step);
        }

        return found;
    }

    private bool Relocates(ulong table, ulong tableSize, int versionIndex)
    {
        if (!TryDynamic(table, out var address))
            return false;
        if (!TryDynamic(tableSize, out var size) || size % RelocationSize != 0)
            throw new LoaderMendException("its relocations have no usable size");
        if (size == 0)
            return false;
        if (!TryDynamic(SymbolVersions, out var versionsAddress))
            throw new LoaderMendException("its symbols have no versions");

        var start = Locate(address, size);
        var end = Add(start, size);
        var versions = Locate(versionsAddress, 0);
        for (var entry = start; entry < end; entry += RelocationSize)
        {
            ulong symbol = UInt32(entry + 12);
            if (symbol != 0 && (UInt16(Add(versions, symbol * 2)) & 0x7fff) == versionIndex)
                return true;
        }

        return false;
    }

    private bool TryDynamic(ulong tag, out ulong value)
    {
        for (var entry = _dynamic; entry <= _dynamicEnd - DynamicEntrySize; entry += DynamicEntrySize)
        {
            var current = UInt64(entry);
            if (current == 0)
                break;
            value = UInt64(entry + 8);
            if (current == tag)
                return true;
        }

        value = 0;
        return false;
    }

    private bool IsString(uint index, string text)
    {
        if (!TryDynamic(StringTable, out var address) || !TryDynamic(StringTableSize, out var size))
            throw new LoaderMendException("it has no table of strings");
        var start = Locate(address, size);
        if (index >= size)
            throw new LoaderMendException("a name lies outside its table of strings");
        if ((ulong)text.Length + 1 > size - index)
            return false;
        var offset = Add(start, index);
        return Encoding.ASCII.GetString(_image, offset, text.Length) == text && _image[offset + text.Length] == 0;
    }

    /// <summary>Where in the file the bytes are that the loader puts at an address.</summary>
    private int Locate(ulong address, ulong size)
    {
        for (var index = 0; index < _programHeaderCount; index++)
        {
            var header = ProgramHeader(index);
            var start = UInt64(header + 16);
            var length = UInt64(header + 32);
            if (UInt32(header) != LoadSegment || address < start || address - start >= length)
                continue;
            if (size > length - (address - start))
                break;
            var offset = Add(Offset(UInt64(header + 8)), address - start);
            Require(offset, Offset(size));
            return offset;
        }

        throw new LoaderMendException("a table lies outside what is loaded");
    }

    private int ProgramHeader(int index)
    {
        var header = Add(_programHeaders, (ulong)index * ProgramHeaderSize);
        Require(header, ProgramHeaderSize);
        return header;
    }

    private byte Byte(int offset)
    {
        Require(offset, 1);
        return _image[offset];
    }

    private uint UInt32(int offset) => UInt16(offset) | ((uint)UInt16(offset + 2) << 16);

    private ulong UInt64(int offset) => UInt32(offset) | ((ulong)UInt32(offset + 4) << 32);

    private void Require(int offset, int size)
    {
        if (size > _image.Length || offset > _image.Length - size)
            throw Truncated();
    }

    private int Add(int offset, ulong step) => Offset(step > int.MaxValue ? step : (ulong)offset + step);

    private int Offset(ulong offset) => offset <= (ulong)_image.Length ? (int)offset : throw Truncated();

    private static LoaderMendException Truncated() => new("it ends before the tables that it announces");
}

#if !LOADER_MEND_WITHOUT_TASK
/// <summary>The step that LoaderMend.targets runs.</summary>
public sealed class MendLoader : Microsoft.Build.Utilities.Task
{
    /// <summary>The libraries to look at.</summary>
    [Microsoft.Build.Framework.Required]
    public Microsoft.Build.Framework.ITaskItem[] Files { get; set; } = Array.Empty<Microsoft.Build.Framework.ITaskItem>();

    /// <summary>A folder that remembers, by their hash, the files that need no further look.</summary>
    [Microsoft.Build.Framework.Required]
    public string Memory { get; set; } = string.Empty;

    /// <inheritdoc />
    public override bool Execute()
    {
        foreach (var file in Files)
        {
            var path = file.GetMetadata("FullPath");
            try
            {
                MendOne(path);
            }
            catch (Exception error) when (error is LoaderMendException || error is IOException || error is UnauthorizedAccessException)
            {
                Warn("PUN9002", path, "The need for " + LoaderMend.Version + " was not looked at: " + error.Message.TrimEnd('.')
                    + ". If the program stops with \"unable to load shared library\", restore and build again.");
            }
        }

        return !Log.HasLoggedErrors;
    }

    private void MendOne(string path)
    {
        var need = LoaderMend.MendFile(path);
        if (need == LoaderNeed.Used)
        {
            // Not remembered, so that every build says it.
            Warn("PUN9001", path, "This library uses a symbol of " + LoaderMend.Version
                + ", so it was left as it is; it needs a C++ runtime of GCC 13 or newer (Debian 13, Ubuntu 24.04).");
            return;
        }

        if (need == LoaderNeed.Empty)
        {
            Log.LogMessage(
                Microsoft.Build.Framework.MessageImportance.High,
                "Declared the need for " + LoaderMend.Version + " weak in " + path + ", so that it loads with older C++ runtimes.");
        }

        Directory.CreateDirectory(Memory);
        File.WriteAllText(Path.Combine(Memory, LoaderMend.Hash(path)), string.Empty);
    }

    private void Warn(string code, string path, string message) => Log.LogWarning(null, code, null, path, 0, 0, 0, 0, "{0}", message);
}
#endif
