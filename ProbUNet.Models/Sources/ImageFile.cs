using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Sources.Files;

namespace ProbUNet.Models.Sources;

/// <summary>Single pictures: images to sample for, and segmentations to keep.</summary>
public static class ImageFile
{
    /// <summary>Reads an image that nobody has graded, for a network.</summary>
    /// <param name="path">A PNG of 8 or 16 bits a level, grey or colour as the network takes it, of the network's size or, if <paramref name="anySize"/> says so, of one that it could be declared for. Its name is that of the file without its extension.</param>
    /// <param name="network">What the image is for.</param>
    /// <param name="names">The names of the network's classes; numbers if left out, or if they are not as many.</param>
    /// <param name="anySize">Whether the image may have another size than the network: for sampling in tiles.</param>
    /// <exception cref="InputException">The file cannot be used, or its size or channels are not the network's; the remedy says what to do.</exception>
    public static GradedImage Read(string path, ModelSpec network, IReadOnlyList<string>? names = null, bool anySize = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(network);
        return Ungraded(path, Path.GetFileNameWithoutExtension(path), PngFile.Read(path), network, names, anySize);
    }

    /// <summary>An image whose file is at hand; the middle of a larger one is cut out.</summary>
    /// <param name="name">Of the image; what an error names.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="network">What the image is for.</param>
    /// <param name="names">The names of the network's classes; numbers if left out, or if they are not as many.</param>
    /// <returns>The image, and the rows and columns of the file's.</returns>
    /// <exception cref="InputException">The file cannot be used, is smaller than the network's size, or has other channels.</exception>
    internal static (GradedImage Image, int Height, int Width) MiddleOf(string name, byte[] bytes, ModelSpec network, IReadOnlyList<string>? names = null)
    {
        var raster = PngFile.Decode(name, bytes);
        var (height, width) = (network.Image.Height, network.Image.Width);
        var middle = raster.Height >= height && raster.Width >= width ? raster.CropCenter(height, width) : raster;
        return (Ungraded(name, name, middle, network, names, anySize: false), raster.Height, raster.Width);
    }

    private static GradedImage Ungraded(string path, string name, Raster raster, ModelSpec network, IReadOnlyList<string>? names, bool anySize)
    {
        var wanted = network.Image;
        if (raster.Channels != wanted.Channels)
            throw new InputException(path, $"the image is {Kind(raster.Channels)} and the network takes {Kind(wanted.Channels)}", $"save it as {Kind(wanted.Channels)}");
        if (anySize && (network with { Image = new(wanted.Channels, raster.Height, raster.Width) }).Validate() is [var error, ..])
            throw new InputException(path, $"the image has {raster.Height} rows and {raster.Width} columns. {error.Message}", "cut it or pad it to such a size");
        if (!anySize && (raster.Height, raster.Width) != (wanted.Height, wanted.Width))
            throw new InputException(path, $"the image has {raster.Height} rows and {raster.Width} columns and the network takes {wanted.Height}x{wanted.Width}",
                raster.Height >= wanted.Height && raster.Width >= wanted.Width
                    ? $"cut out {wanted.Height}x{wanted.Width} pixels of it, at the scale of the images that the network was trained on, or have the whole of it sampled in tiles"
                    : $"take a larger image, at the scale of those that the network was trained on, and cut out {wanted.Height}x{wanted.Width} pixels");
        var classes = network.Classes == 1 ? SegmentationClasses.Binary
            : new SegmentationClasses(names?.Count == network.Classes ? names : [.. Enumerable.Range(0, network.Classes).Select(@class => $"class {@class}")]);
        return new GradedImage(name, name, new ImagePixels(raster.Channels, raster.Height, raster.Width, new PixelStore.Levels(raster.Levels, raster.Bits)), Grading.Unknown.Instance, classes);
    }

    /// <summary>Writes a segmentation as an 8-bit grey PNG: 0 and 255 of a binary mask, else the number of each pixel's class, and 255 where it is ignored.</summary>
    /// <param name="path">The file, whose name ends in <c>.png</c>, written whole or not at all; its folder is made if there is none.</param>
    /// <param name="segmentation">[K, H, W].</param>
    /// <exception cref="InputException">The path ends otherwise, is a folder, or cannot be written.</exception>
    public static void Write(string path, Segmentation segmentation)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(segmentation);
        if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            throw new InputException(path, "a segmentation is kept as a PNG", "end its name with .png");
        byte[] levels = segmentation.Classes == 1 ? [.. segmentation.Labels().Select(label => (byte)(label * 255))] : segmentation.Labels();
        PngFile.WriteGrey(path, segmentation.Height, segmentation.Width, levels);
    }

    /// <summary>Writes samples of an image so, a file each: <c>scan_s0.png</c>, <c>scan_s1.png</c> ….</summary>
    /// <param name="folder">Made if there is none.</param>
    /// <param name="name">Of the image.</param>
    /// <param name="samples">[K, H, W] each.</param>
    /// <returns>The files, in the order of the samples.</returns>
    /// <exception cref="InputException">A file cannot be written.</exception>
    public static IReadOnlyList<string> WriteSamples(string folder, string name, IReadOnlyList<Segmentation> samples)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(samples);
        var files = new List<string>();
        foreach (var sample in samples)
        {
            var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}_s{files.Count}.png"));
            Write(file, sample);
            files.Add(file);
        }
        return files;
    }

    private static string Kind(int channels) => channels switch { 1 => "grey", 3 => "colour", _ => $"one of {channels} channels" };
}
