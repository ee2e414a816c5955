using SkiaSharp;

namespace OnnxDeploy;

/// <summary>Images in, sheets of samples out.</summary>
internal static class Picture
{
    private const int Columns = 4, Gap = 2;

    /// <summary>The middle of an image as [C, H, W] in [0, 1].</summary>
    public static float[] Read(string file, int channels, int height, int width)
    {
        if (!File.Exists(file))
            throw new InvalidDataException($"{file}: it is not there; name an image.");
        using var bitmap = SKBitmap.Decode(file) ?? throw new InvalidDataException($"{file}: it is no image that can be read; name a PNG.");
        if (channels is not (1 or 3))
            throw new InvalidDataException($"{file}: the network takes images of {channels} channels; this program has grey (1) and colour (3) alone.");
        if (bitmap.Width < width || bitmap.Height < height)
            throw new InvalidDataException($"{file}: it has {bitmap.Width}x{bitmap.Height} pixels, fewer than the {width}x{height} that the network takes; name a larger image.");
        var (left, top, values) = ((bitmap.Width - width) / 2, (bitmap.Height - height) / 2, new float[channels * height * width]);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var pixel = bitmap.GetPixel(left + x, top + y);
                byte[] levels = [pixel.Red, pixel.Green, pixel.Blue];
                for (var channel = 0; channel < channels; channel++)
                    values[(channel * height + y) * width + x] = levels[channel] / 255f;
            }
        return values;
    }

    /// <summary>Writes the image and its samples, row by row.</summary>
    public static void Write(string file, Network network, float[] image, float[][] samples)
    {
        var (height, width) = (network.Height, network.Width);
        var rows = (samples.Length + Columns) / Columns;   // the image is one more
        using var sheet = new SKBitmap(Columns * (width + Gap) - Gap, rows * (height + Gap) - Gap);
        for (var tile = 0; tile <= samples.Length; tile++)
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                {
                    var pixel = y * width + x;
                    sheet.SetPixel(tile % Columns * (width + Gap) + x, tile / Columns * (height + Gap) + y, tile == 0 ? OfImage(pixel) : OfSample(samples[tile - 1], pixel));
                }
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
            Directory.CreateDirectory(folder);
        using var stream = File.Create(file);
        sheet.Encode(stream, SKEncodedImageFormat.Png, quality: 100);

        SKColor OfImage(int pixel)
        {
            byte Level(int channel) => (byte)(image[channel % network.Channels * height * width + pixel] * 255);
            return new SKColor(Level(0), Level(1), Level(2));
        }

        // One class: the probability, in grey. Several: the likeliest, in a colour of its own.
        SKColor OfSample(float[] sample, int pixel)
        {
            if (network.Classes == 1)
                return (byte)(sample[pixel] * 255) is var level ? new SKColor(level, level, level) : default;
            var likeliest = Enumerable.Range(0, network.Classes).MaxBy(@class => sample[@class * height * width + pixel]);
            return SKColor.FromHsv(360f * likeliest / network.Classes, 70, 90);
        }
    }
}
