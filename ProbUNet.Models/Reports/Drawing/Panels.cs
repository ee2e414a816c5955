using ProbUNet.Models.Data;
using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>Images, masks and maps as small pictures, a pixel or a square of a few a pixel; the canvas enlarges them by whole numbers.</summary>
internal static class Panels
{
    // Under a mask and around it the image keeps its structure but stays darker than any mask's outline, in grey print too.
    private const float DimmedBlack = 0.06f;
    private const float DimmedWhite = 0.46f;

    private const float Cover = 0.28f;   // the share of a mask's colour in its fill
    private const float Outlines = 160;   // as wide as a panel

    private const string Nothing = "empty";

    /// <summary>The image as it is: three channels as RGB, else the first one in grey.</summary>
    public static SKBitmap Of(GradedImage image)
    {
        var planes = image.Pixels();
        var size = image.Height * image.Width;
        return image.Channels == 3
            ? Paint(image.Height, image.Width, i => new(Level(planes[i]), Level(planes[size + i]), Level(planes[2 * size + i])))
            : Paint(image.Height, image.Width, i => Grey(planes[i]));
    }

    /// <summary>
    /// The mask as a veil of <paramref name="color"/> with an outline of it, over the image in dim grey, so that one sees what was drawn, where, and over what. The
    /// outline lies within the mask; what is thinner than two of it is nothing but outline.
    /// </summary>
    /// <param name="mask">[H, W].</param>
    /// <param name="image">Of the same size.</param>
    /// <param name="color">Of the mask.</param>
    /// <param name="times">Pixels of the picture to one of the mask's, in each direction; at least 1.</param>
    public static SKBitmap Of(BitMask mask, GradedImage image, SKColor color, int times)
    {
        var planes = image.Pixels();
        var (height, width) = (times * image.Height, times * image.Width);
        var inner = Inner(mask, times, OutlineOf(width));
        return Paint(height, width, i =>
        {
            var (y, x) = (i / width / times, i % width / times);
            var grey = Grey(DimmedBlack + (DimmedWhite - DimmedBlack) * Math.Clamp(Luminance(planes, image.Channels, y * image.Width + x), 0, 1));
            return !mask[y, x] ? grey : inner[i] ? Mixed(grey, color) : color;
        });
    }

    /// <summary>A binary mask over the image in dim grey; of several classes, each in its own colour, a pixel a pixel.</summary>
    public static SKBitmap Of(Segmentation segmentation, GradedImage image, SKColor color, int times) =>
        segmentation.Classes == 1 ? Of(segmentation.Foreground, image, color, times) : Of(segmentation, ClassColors.Of(image.Classes));

    /// <summary>Says of a binary mask that has nothing in it that this is the answer; a small word in the corner of its panel.</summary>
    /// <param name="canvas">Where the panel is already.</param>
    /// <param name="segmentation">What is in the panel.</param>
    /// <param name="target">The panel.</param>
    /// <param name="size">Of the word.</param>
    public static void MarkEmpty(this SKCanvas canvas, Segmentation segmentation, SKRect target, float size)
    {
        if (segmentation is { Classes: 1, IsEmpty: true } && Ink.WidthOf(Nothing, size) + size < target.Width && 2 * size < target.Height)
            canvas.Words(Nothing, target.Left + size / 2, target.Bottom - size / 2, size, Palette.NoteOnDark, halo: Grey(DimmedBlack));
    }

    /// <summary>How thick the outline of a mask is, in pixels of a picture so wide; at least 1.</summary>
    internal static int OutlineOf(int width) => Math.Max(1, (int)MathF.Round(width / Outlines));

    /// <summary>Each class in its colour, what is ignored in black.</summary>
    public static SKBitmap Of(Segmentation segmentation, SKColor[] colors)
    {
        var labels = segmentation.Labels();
        return Paint(segmentation.Height, segmentation.Width, i => labels[i] < colors.Length ? colors[labels[i]] : ClassColors.Ignored);
    }

    /// <summary>A map [H, W] in the colours of <see cref="ColorMap"/>, from 0 to <paramref name="largest"/>.</summary>
    public static SKBitmap Of(ReadOnlyMemory<float> map, int height, int width, float largest) => Paint(height, width, i => ColorMap.At(map.Span[i] / largest));

    /// <summary>How often a pixel of so many across is to be repeated to fill a part of a chart, whose width is in points; at least once.</summary>
    public static int TimesFor(int width, float target) => Math.Max(1, (int)MathF.Round(FigureFile.PixelsPerPoint * target / width));

    /// <summary>Draws a picture enlarged into <paramref name="target"/>, every pixel a square of one colour.</summary>
    public static void DrawPanel(this SKCanvas canvas, SKBitmap picture, SKRectI target)
    {
        using var image = SKImage.FromBitmap(picture);
        canvas.DrawImage(image, target, new SKSamplingOptions(SKFilterMode.Nearest));
    }

    /// <summary>Draws a picture of a chart in points, enlarged by a whole number first: a viewer of SVG may smooth what it scales, and small pixels would blur.</summary>
    public static void DrawPicture(this SKCanvas canvas, SKBitmap picture, SKRect target)
    {
        var times = TimesFor(picture.Width, target.Width);
        using var large = new SKBitmap(picture.Width * times, picture.Height * times, picture.ColorType, picture.AlphaType);
        using (var enlarging = new SKCanvas(large))
            enlarging.DrawPanel(picture, SKRectI.Create(large.Width, large.Height));
        using var image = SKImage.FromBitmap(large);
        canvas.DrawImage(image, target, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }

    /// <summary>Which pixels of a mask, enlarged, are further from all that is not in it than an outline is thick; what lies beyond the image is not in it.</summary>
    private static bool[] Inner(BitMask mask, int times, int outline)
    {
        var (height, width) = (times * mask.Height, times * mask.Width);
        bool[] enlarged = [.. Enumerable.Range(0, height * width).Select(i => mask[i / width / times, i % width / times])];
        return Shrunk(Shrunk(enlarged, height, width, 1), width, height, width);

        // Along lines of pixels that are so far from each other; runs lose an outline at both ends.
        bool[] Shrunk(bool[] from, int lines, int length, int step)
        {
            var to = new bool[from.Length];
            for (var line = 0; line < lines; line++)
            {
                var (start, run) = (step == 1 ? line * length : line, 0);
                for (var at = 0; at <= length; at++)
                    if (at < length && from[start + at * step])
                        run++;
                    else
                    {
                        for (var inside = at - run + outline; inside < at - outline; inside++)
                            to[start + inside * step] = true;
                        run = 0;
                    }
            }
            return to;
        }
    }

    private static SKColor Mixed(SKColor under, SKColor over)
    {
        static byte Mix(byte under, byte over) => (byte)MathF.Round((1 - Cover) * under + Cover * over);
        return new SKColor(Mix(under.Red, over.Red), Mix(under.Green, over.Green), Mix(under.Blue, over.Blue));
    }

    private static SKBitmap Paint(int height, int width, Func<int, SKColor> color)
    {
        var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Pixels = [.. Enumerable.Range(0, height * width).Select(color)];
        return bitmap;
    }

    /// <summary>The weights of ITU-R BT.601, for three channels.</summary>
    private static float Luminance(ReadOnlySpan<float> planes, int channels, int pixel)
    {
        var size = planes.Length / channels;
        return channels == 3 ? 0.299f * planes[pixel] + 0.587f * planes[size + pixel] + 0.114f * planes[2 * size + pixel] : planes[pixel];
    }

    private static SKColor Grey(float value) => new(Level(value), Level(value), Level(value));

    private static byte Level(float value) => (byte)MathF.Round(255 * Math.Clamp(value, 0, 1));
}
