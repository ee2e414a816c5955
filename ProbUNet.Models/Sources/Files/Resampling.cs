namespace ProbUNet.Models.Sources.Files;

/// <summary>Images at another size. Pixels are squares: the corners of an image stay where they are.</summary>
internal static class Resampling
{
    /// <summary>The pixel of the original under the middle of each new one: for labels, which have no values between them.</summary>
    public static Raster Nearest(Raster image, int height, int width)
    {
        if ((height, width) == (image.Height, image.Width))
            return image;
        var levels = new byte[image.Channels * height * width];
        for (var row = 0; row < image.Channels * height; row++)
        {
            var from = (row / height * image.Height + Under(row % height, height, image.Height)) * image.Width;
            for (var column = 0; column < width; column++)
                levels[row * width + column] = image.Levels[from + Under(column, width, image.Width)];
        }
        return new Raster(image.Channels, height, width, levels);

        static int Under(int at, int count, int of) => (int)((2L * at + 1) * of / (2L * count));
    }

    /// <summary>
    /// Bilinear. Where the image shrinks, the triangle that weighs its pixels is as many times wider, so that every one of them counts and fine patterns
    /// do not turn into coarse ones.
    /// </summary>
    public static Raster Bilinear(Raster image, int height, int width)
    {
        if ((height, width) == (image.Height, image.Width))
            return image;
        var (rows, columns) = (Weights(image.Height, height), Weights(image.Width, width));
        var levels = new byte[image.Channels * height * width];
        var across = new double[image.Height * width];
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var plane = image.Levels.AsSpan(channel * image.Height * image.Width, image.Height * image.Width);
            for (var row = 0; row < image.Height; row++)
                for (var column = 0; column < width; column++)
                {
                    var (first, weights) = columns[column];
                    var sum = 0.0;
                    for (var i = 0; i < weights.Length; i++)
                        sum += weights[i] * plane[row * image.Width + first + i];
                    across[row * width + column] = sum;
                }
            for (var row = 0; row < height; row++)
            {
                var (first, weights) = rows[row];
                for (var column = 0; column < width; column++)
                {
                    var sum = 0.0;
                    for (var i = 0; i < weights.Length; i++)
                        sum += weights[i] * across[(first + i) * width + column];
                    levels[(channel * height + row) * width + column] = (byte)Math.Clamp(Math.Floor(sum + 0.5), 0, 255);
                }
            }
        }
        return new Raster(image.Channels, height, width, levels);
    }

    /// <summary>For each of <paramref name="to"/> new pixels, the first old one that counts and the weights from there on; they sum to 1.</summary>
    private static (int First, double[] Weights)[] Weights(int from, int to)
    {
        var step = (double)from / to;
        var reach = Math.Max(step, 1);
        return [.. Enumerable.Range(0, to).Select(at =>
        {
            var middle = (at + 0.5) * step;
            var (first, last) = (Math.Max((int)Math.Floor(middle - reach), 0), Math.Min((int)Math.Ceiling(middle + reach), from));
            var weights = Enumerable.Range(first, last - first).Select(old => Math.Max(0, 1 - Math.Abs(old + 0.5 - middle) / reach)).ToArray();
            var sum = weights.Sum();
            return (first, Array.ConvertAll(weights, weight => weight / sum));
        })];
    }
}
