using System.Formats.Tar;
using System.IO.Compression;
using ProbUNet.Models.Data;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Data;

/// <summary>A data set of a few small files, to be spoilt by tests.</summary>
internal sealed class TinySet : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>One image of 4x5 with two graders in each split, or nothing at all.</summary>
    public TinySet(bool empty = false)
    {
        foreach (var (split, @case) in empty ? [] : new[] { ("train", "a"), ("val", "b"), ("test", "c") })
            AddImage(split, @case, "x");
    }

    public string Root => _folder.Root;

    public string Of(string relative) => Path.Combine(_folder.Root, relative.Replace('/', Path.DirectorySeparatorChar));

    public void Write(string relative, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Of(relative))!);
        File.WriteAllBytes(Of(relative), content);
    }

    public void AddImage(string split, string @case, string name, int height = 4, int width = 5, int graders = 2)
    {
        Write($"{split}/images/{@case}/{name}.png", Grey(height, width));
        for (var grader = 0; grader < graders; grader++)
            Write($"{split}/gt/{@case}/{name}_l{grader}.png", Mask(height, width));
    }

    public GradedData Open() => DataSource.Open(Root);

    public InputException Refusal() => Assert.Throws<InputException>(Open);

    public static byte[] Grey(int height = 4, int width = 5) =>
        TinyPng.Grey(height, width, [.. Enumerable.Range(0, height * width).Select(i => (byte)(7 * i))]);

    public static byte[] Mask(int height = 4, int width = 5, byte foreground = 255) =>
        TinyPng.Grey(height, width, [.. Enumerable.Range(0, height * width).Select(i => i % 3 == 0 ? foreground : (byte)0)]);

    /// <summary>Packs a split and removes its folder.</summary>
    /// <param name="split">Its name.</param>
    /// <param name="prefix">What stands before the names in the archive.</param>
    public void Pack(string split, string prefix = "")
    {
        var names = Directory.GetFiles(Of(split), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Name: prefix + Path.GetRelativePath(Of(split), file).Replace('\\', '/'), Content: File.ReadAllBytes(file)));
        PackEntries(split, [.. names]);
        Directory.Delete(Of(split), recursive: true);
    }

    public void PackEntries(string split, params (string Name, byte[] Content)[] entries)
    {
        using var stream = new GZipStream(File.Create(Of($"{split}.tar.gz")), CompressionLevel.Fastest);
        using var archive = new TarWriter(stream);
        foreach (var (name, content) in entries)
            archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
    }

    public void Dispose() => _folder.Dispose();
}
