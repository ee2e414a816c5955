using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Synthetic;

/// <summary>What a scanner or camera adds to a scene: blur, and noise that is blurred as the image itself is.</summary>
internal static class Scanner
{
    /// <summary>Brightness to add, one value a pixel, row-major: nearly normal, mean 0, standard deviation between 0.01 and 0.022.</summary>
    public static double[] Noise(RandomStream random, PixelGrid grid)
    {
        var deviation = random.NextDouble(0.01, 0.022);
        var (height, width) = (grid.Height, grid.Width);
        var columns = width + 2;
        var white = new double[(height + 2) * columns];
        // The sum of four uniform numbers has variance 1/3, and needs no function that machines compute differently.
        for (var i = 0; i < white.Length; i++)
            white[i] = Math.Sqrt(3) * (random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2);

        // Weights 1 2 1 in both directions: the sum of their squares is 36, so that a division by 6 keeps the variance.
        var noise = new double[height * width];
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++)
            {
                double Across(int at) => white[at] + 2 * white[at + 1] + white[at + 2];
                var corner = row * columns + column;
                noise[row * width + column] = deviation / 6 * (Across(corner) + 2 * Across(corner + columns) + Across(corner + 2 * columns));
            }
        return noise;
    }

    /// <summary>Values blurred with weights 1 4 1 in both directions, so that outlines have no steps; what lies beyond the border is as the border is.</summary>
    public static double[] Blur(double[] values, PixelGrid grid)
    {
        var (height, width) = (grid.Height, grid.Width);
        var blurred = new double[values.Length];
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++)
            {
                double Across(int at) => values[at * width + Math.Max(column - 1, 0)] + 4 * values[at * width + column] + values[at * width + Math.Min(column + 1, width - 1)];
                blurred[row * width + column] = (Across(Math.Max(row - 1, 0)) + 4 * Across(row) + Across(Math.Min(row + 1, height - 1))) / 36;
            }
        return blurred;
    }
}
