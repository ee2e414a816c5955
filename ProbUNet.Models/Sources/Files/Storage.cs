using System.Runtime.InteropServices;
using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Files;

/// <summary>Where what is read is put: in memory as far as that may be used, and in a temporary file from there on. Many threads may put at a time.</summary>
/// <param name="memory">How much may be used.</param>
internal sealed class Storage(DataMemory memory)
{
    private readonly Lazy<Spool> _spool = new(() => new Spool(memory.Folder ?? Path.GetTempPath()));
    private long _left = memory.Limit;

    /// <summary>Keeps the levels of an image.</summary>
    /// <exception cref="InputException">There is no room.</exception>
    public ImagePixels Keep(Raster image) => new(image.Channels, image.Height, image.Width, HasRoom(image.Levels.Length)
        ? new PixelStore.Levels(image.Levels, image.Bits)
        : new PixelStore.Spooled(_spool.Value.Add(image.Levels), image.Bits));

    /// <summary>Keeps a segmentation.</summary>
    /// <exception cref="InputException">There is no room.</exception>
    public StoredSegmentation Keep(Segmentation drawn) =>
        HasRoom(drawn.Planes.Where(plane => !plane.IsEmpty).Sum(plane => (long)plane.Words.Length * sizeof(ulong))) || drawn is { Classes: 1, IsEmpty: true }   // one object, for all of a size
            ? new StoredSegmentation.Held(drawn)
            : drawn.Classes > 1
                ? new StoredSegmentation.OfLabels(drawn.Height, drawn.Width, drawn.Classes, _spool.Value.Add(drawn.Labels()))
                : new StoredSegmentation.OfWords(drawn.Height, drawn.Width, _spool.Value.Add(MemoryMarshal.AsBytes(drawn.Foreground.Words)));

    private bool HasRoom(long bytes) => Interlocked.Add(ref _left, -bytes) >= 0;
}

/// <summary>A segmentation that is kept somewhere.</summary>
internal abstract class StoredSegmentation
{
    /// <summary>Whether it is in memory.</summary>
    public bool IsHeld => this is Held;

    /// <summary>Gives it. Many threads may ask at a time.</summary>
    public abstract Segmentation Load();

    /// <summary>In memory.</summary>
    public sealed class Held(Segmentation drawn) : StoredSegmentation
    {
        public override Segmentation Load() => drawn;
    }

    /// <summary>A binary mask in a temporary file, as its words.</summary>
    public sealed class OfWords(int height, int width, Spool.Block words) : StoredSegmentation
    {
        public override Segmentation Load()
        {
            var read = new ulong[words.Length / sizeof(ulong)];
            words.Read(0, MemoryMarshal.AsBytes(read.AsSpan()));
            return Segmentation.Binary(BitMask.FromWords(height, width, read));
        }
    }

    /// <summary>Several classes in a temporary file, as the label of each pixel.</summary>
    public sealed class OfLabels(int height, int width, int classes, Spool.Block labels) : StoredSegmentation
    {
        public override Segmentation Load()
        {
            var read = new byte[labels.Length];
            labels.Read(0, read);
            return Segmentation.FromLabels(height, width, read, classes);
        }
    }
}
