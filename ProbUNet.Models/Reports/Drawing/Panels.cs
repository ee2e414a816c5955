using ProbUNet.Models.Data;
using SkiaSharp;

namespace ProbUNet.Models.Reports.Drawing;

/// <summary>Images, masks and maps as small pictures, one pixel a pixel; the canvas enlarges them by whole numbers.</summary>
internal static class Panels
{
    // Under a mask the image keeps its structure but stays darker than any mask colour, in grey print too.
    private const float DimmedBlack = 0.06f;
    private const float DimmedWhite = 0.46f;

    /// <summary>The image as it is: three channels as RGB, else the first one in grey.</summary>
    public static SKBitmap Of(GradedImage image)
    {
        var planes = image.Pixels();
        var size = image.Height * image.Width;
        return image.Channels == 3
            ? Paint(image.Height, image.Width, i => new(Level(planes[i]), Level(planes[size + i]), Level(planes[2 * size + i])))
            : Paint(image.Height, image.Width, i => Grey(planes[i]));
    }

    /// <summary>The mask in flat <paramref name="color"/> over the image in dim grey, so that one sees what was drawn and where.</summary>
    public static SKBitmap Of(BitMask mask, GradedImage image, SKColor color)
    {
        var planes = image.Pixels();
        return Paint(image.Height, image.Width, i => mask[i / image.Width, i % image.Width]
            ? color
            : Grey(DimmedBlack + (DimmedWhite - DimmedBlack) * Math.Clamp(Luminance(planes, image.Channels, i), 0, 1)));
    }

    /// <summary>A binary mask in flat <paramref name="color"/> over the image in dim grey; of several classes, each in its own colour.</summary>
    public static SKBitmap Of(Segmentation segmentation, GradedImage image, SKColor color) =>
        segmentation.Classes == 1 ? Of(segmentation.Foreground, image, color) : Of(segmentation, ClassColors.Of(image.Classes));

    /// <summary>Each class in its colour, what is ignored in black.</summary>
    public static SKBitmap Of(Segmentation segmentation, SKColor[] colors)
    {
        var labels = segmentation.Labels();
        return Paint(segmentation.Height, segmentation.Width, i => labels[i] < colors.Length ? colors[labels[i]] : ClassColors.Ignored);
    }

    /// <summary>A map [H, W] in the colours of <see cref="ColorMap"/>, from 0 to <paramref name="largest"/>.</summary>
    public static SKBitmap Of(ReadOnlyMemory<float> map, int height, int width, float largest) => Paint(height, width, i => ColorMap.At(map.Span[i] / largest));

    /// <summary>Draws a picture enlarged into <paramref name="target"/>, every pixel a square of one colour.</summary>
    public static void DrawPanel(this SKCanvas canvas, SKBitmap picture, SKRectI target)
    {
        using var image = SKImage.FromBitmap(picture);
        canvas.DrawImage(image, target, new SKSamplingOptions(SKFilterMode.Nearest));
    }

    /// <summary>Draws a picture of a chart in points, enlarged by a whole number first: a viewer of SVG may smooth what it scales, and small pixels would blur.</summary>
    public static void DrawPicture(this SKCanvas canvas, SKBitmap picture, SKRect target)
    {
        var times = Math.Max(1, (int)MathF.Round(FigureFile.PixelsPerPoint * target.Width / picture.Width));
        using var large = new SKBitmap(picture.Width * times, picture.Height * times, picture.ColorType, picture.AlphaType);
        using (var enlarging = new SKCanvas(large))
            enlarging.DrawPanel(picture, SKRectI.Create(large.Width, large.Height));
        using var image = SKImage.FromBitmap(large);
        canvas.DrawImage(image, target, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
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
