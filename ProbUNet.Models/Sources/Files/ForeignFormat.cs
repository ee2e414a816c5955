namespace ProbUNet.Models.Sources.Files;

/// <summary>Formats of medical images that are not read: whoever has them is told what to do, and not that a file is no PNG.</summary>
internal static class ForeignFormat
{
    /// <summary>What to do.</summary>
    public const string Remedy =
        "convert the slices to PNG of 8 or 16 bits, DICOM with dcm2niix to NIfTI first and NIfTI with a few lines of nibabel, as docs/data.md shows, and describe where they lie in a dataset.json";

    private const int MostLooked = 20_000;   // files, so that a whole disk is not searched

    private static readonly (string Ending, string Format)[] Endings =
        [(".nii", "NIfTI"), (".nii.gz", "NIfTI"), (".dcm", "DICOM"), (".dicom", "DICOM"), (".ima", "DICOM")];

    /// <summary>The format that a name promises; nothing where it is none of these.</summary>
    public static string? OfName(string name) =>
        Array.Find(Endings, each => name.EndsWith(each.Ending, StringComparison.OrdinalIgnoreCase)).Format;

    /// <summary>The format of a file by its first bytes: DICOM PS3.10, 7.1, or the header of NIfTI-1 and -2, in either order of bytes; compressed NIfTI by its name.</summary>
    public static string? Of(string path, ReadOnlySpan<byte> start)
    {
        if (start.Length >= 132 && start.Slice(128, 4).SequenceEqual("DICM"u8))
            return "DICOM";
        if ((start.Length >= 348 && (start.Slice(344, 4).SequenceEqual("n+1\0"u8) || start.Slice(344, 4).SequenceEqual("ni1\0"u8)))
            || (start.Length >= 8 && (start.Slice(4, 4).SequenceEqual("n+2\0"u8) || start.Slice(4, 4).SequenceEqual("ni2\0"u8))))
            return "NIfTI";
        return start.StartsWith<byte>([0x1F, 0x8B]) ? OfName(path) : null;
    }

    /// <summary>The files of such a format below a folder, among the first so many, in no order; DICOM often has names without an ending, so that those are opened.</summary>
    public static IEnumerable<(string Path, string Format)> In(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 8 };
        foreach (var path in Directory.EnumerateFiles(folder, "*", options).Take(MostLooked))
            if ((OfName(path) ?? (Path.GetExtension(path).Length is 0 or > 5 || Path.GetExtension(path).AsSpan(1).ContainsAnyInRange('0', '9') ? OfStart(path) : null)) is { } format)
                yield return (path, format);
    }

    private static string? OfStart(string path)
    {
        try
        {
            if (!Disk.HasBytes(path))
                return null;
            Span<byte> start = stackalloc byte[352];
            using var file = File.OpenRead(path);
            return Of(path, start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
