using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace ProbUNet.Build.Tests;

/// <summary>The smallest shared library that needs versions and has relocations. Where it is loaded differs from where it lies in the file.</summary>
internal sealed class SyntheticLibrary
{
    private const ulong Base = 0x10000;

    private readonly List<byte> _image = [];
    private readonly List<byte> _strings = [0];

    /// <summary>The symbols that the two tables of relocations refer to; see <see cref="Symbols"/>.</summary>
    public uint[] Relocated { get; init; } = [1];

    public uint[] RelocatedByPlt { get; init; } = [3];

    public string Runtime { get; init; } = LoaderMend.Runtime;

    public string Version { get; init; } = LoaderMend.Version;

    public ushort Flags { get; init; }

    public ushort VersionIndex { get; init; } = 4;

    public int Repetitions { get; init; } = 1;

    public bool OldRelocations { get; init; }

    /// <summary>Where the flags of the need are, once built.</summary>
    public int FlagsOffset { get; private set; }

    /// <summary>The symbol of the version in question; the table has the null symbol, malloc, this one and cout.</summary>
    public const uint Marker = 2;

    private ushort[] Symbols => [0, 2, (ushort)(VersionIndex | 0x8000), 3]; // the highest bit hides a symbol and is no part of its index

    public byte[] Build()
    {
        _image.AddRange(new byte[64 + (2 * 56)]);
        var versions = Mark();
        foreach (var version in Symbols)
            Put16(version);
        Align();
        var needs = Mark();
        PutNeed("libc.so.6", last: false, ("GLIBC_2.4", 2, 0));
        var questioned = Enumerable.Repeat((Version, VersionIndex, Flags), Repetitions);
        PutNeed(Runtime, last: true, [("GLIBCXX_3.4", 3, 0), .. questioned]);
        Align();
        var relocations = PutRelocations(Relocated);
        var pltRelocations = PutRelocations(RelocatedByPlt);
        var strings = Mark();
        _image.AddRange(_strings);
        Align();

        var dynamic = _image.Count;
        PutDynamic(5, strings);
        PutDynamic(10, (ulong)_strings.Count);
        PutDynamic(7, relocations);
        PutDynamic(8, (ulong)Relocated.Length * 24);
        PutDynamic(23, pltRelocations);
        PutDynamic(2, (ulong)RelocatedByPlt.Length * 24);
        PutDynamic(20, 7);
        if (OldRelocations)
            PutDynamic(17, relocations);
        PutDynamic(0x6ffffff0, versions);
        PutDynamic(0x6ffffffe, needs);
        PutDynamic(0x6fffffff, 2);
        PutDynamic(0, 0);

        var image = _image.ToArray();
        WriteHeaders(image, dynamic);
        return image;
    }

    private static void WriteHeaders(byte[] image, int dynamic)
    {
        byte[] identification = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identification.CopyTo(image, 0);
        Write16(16, 3);
        Write16(18, 62);
        Write64(32, 64);
        Write16(54, 56);
        Write16(56, 2);
        WriteSegment(64, 1, 0, image.Length);
        WriteSegment(64 + 56, 2, dynamic, image.Length - dynamic);

        void WriteSegment(int header, byte kind, int offset, int length)
        {
            image[header] = kind;
            Write64(header + 8, (ulong)offset);
            Write64(header + 16, Base + (ulong)offset);
            Write64(header + 32, (ulong)length);
            Write64(header + 40, (ulong)length);
        }

        void Write16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(offset), value);
        void Write64(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(offset), value);
    }

    private void PutNeed(string library, bool last, params (string Name, ushort Index, ushort Flags)[] versions)
    {
        Put16(1);
        Put16((ushort)versions.Length);
        Put32(String(library));
        Put32(16);
        Put32(last ? 0 : 16 + (16 * (uint)versions.Length));
        foreach (var (position, version) in versions.Index())
        {
            Put32(0);
            if (version.Name == Version)
                FlagsOffset = _image.Count;
            Put16(version.Flags);
            Put16(version.Index);
            Put32(String(version.Name));
            Put32(position == versions.Length - 1 ? 0u : 16u);
        }
    }

    private ulong PutRelocations(uint[] symbols)
    {
        var start = Mark();
        foreach (var symbol in symbols)
        {
            Put64(Base);
            Put32(6);
            Put32(symbol);
            Put64(0);
        }

        return start;
    }

    private void PutDynamic(ulong tag, ulong value)
    {
        Put64(tag);
        Put64(value);
    }

    private uint String(string text)
    {
        var index = (uint)_strings.Count;
        _strings.AddRange(Encoding.ASCII.GetBytes(text));
        _strings.Add(0);
        return index;
    }

    private ulong Mark() => Base + (ulong)_image.Count;

    private void Align() => _image.AddRange(new byte[(8 - (_image.Count % 8)) % 8]);

    private void Put16(ushort value) => _image.AddRange([(byte)value, (byte)(value >> 8)]);

    private void Put32(uint value)
    {
        Put16((ushort)value);
        Put16((ushort)(value >> 16));
    }

    private void Put64(ulong value)
    {
        Put32((uint)value);
        Put32((uint)(value >> 32));
    }
}
