using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Augmentation;

/// <summary>
/// By how much each pixel [H, W] moves: uniform noise, smoothed by a Gaussian (Simard et al. 2003). A field that is smooth over σ pixels is known by its values at every
/// σ/4-th: noise is drawn and smoothed on that grid and read between its nodes linearly, which errs by less than 1 % of the displacement and takes a time that
/// falls with σ². Noise goes on beyond the image, so that pixels at its edge move as much as others.
/// </summary>
internal sealed class ElasticField
{
    private const double NodesPerSigma = 4;

    private readonly float _spacing;
    private readonly int _columns;
    private readonly float[] _rowShifts, _columnShifts;   // [nodes down, nodes across]

    private ElasticField(float spacing, int columns, float[] rowShifts, float[] columnShifts) =>
        (_spacing, _columns, _rowShifts, _columnShifts) = (spacing, columns, rowShifts, columnShifts);

    /// <summary>Draws a field.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="alpha">See <see cref="AugmentationPlan.ElasticAlpha"/>; here the strength itself.</param>
    /// <param name="sigma">The σ itself, in pixels; at least 1.</param>
    /// <param name="random">One number a node is used.</param>
    public static ElasticField Draw(int height, int width, double alpha, double sigma, RandomStream random)
    {
        var spacing = Math.Max(1, sigma / NodesPerSigma);
        var kernel = Gaussian(sigma / spacing);
        var (rows, columns, margin) = ((int)((height - 1) / (float)spacing) + 2, (int)((width - 1) / (float)spacing) + 2, kernel.Length - 1);   // in float, as places are
        var size = (rows + margin) * (columns + margin);
        var noise = ArrayPool<float>.Shared.Rent(2 * size);
        var down = noise.AsSpan(0, size);
        var across = noise.AsSpan(size, size);
        for (var i = 0; i < down.Length; i++)
        {
            var bits = random.NextUInt64();
            (down[i], across[i]) = ((int)(bits >> 32) * (1 / 2147483648f), (int)bits * (1 / 2147483648f));
        }
        // A node stands for spacing² pixels, whose mean has 1/spacing of the deviation of each.
        var strength = (float)(alpha / spacing);
        var field = new ElasticField((float)spacing, columns, Smoothed(down, rows, columns, kernel, strength), Smoothed(across, rows, columns, kernel, strength));
        ArrayPool<float>.Shared.Return(noise);
        return field;
    }

    /// <summary>Writes how much the pixels of a row move, in pixels down and across.</summary>
    public void CopyRowTo(int row, Span<float> down, Span<float> across)
    {
        var place = row / _spacing;
        var (node, part) = ((int)place, place - (int)place);
        for (var column = 0; column < down.Length; column++)
        {
            var at = column / _spacing;
            var corner = node * _columns + (int)at;
            (down[column], across[column]) = (Between(_rowShifts, corner, part, at - (int)at), Between(_columnShifts, corner, part, at - (int)at));
        }
    }

    private float Between(float[] shifts, int corner, float down, float across)
    {
        var above = shifts[corner] + across * (shifts[corner + 1] - shifts[corner]);
        corner += _columns;
        return above + down * (shifts[corner] + across * (shifts[corner + 1] - shifts[corner]) - above);
    }

    /// <summary>The weights of a Gaussian mean up to three deviations away, odd in number; they sum to 1.</summary>
    private static float[] Gaussian(double sigma)
    {
        var radius = (int)Math.Ceiling(3 * sigma);
        var weights = Enumerable.Range(-radius, 2 * radius + 1).Select(distance => Math.Exp(-distance * distance / (2 * sigma * sigma))).ToArray();
        var sum = weights.Sum();
        return [.. weights.Select(weight => (float)(weight / sum))];
    }

    /// <summary>Along rows and then along columns, without the margin.</summary>
    private static float[] Smoothed(ReadOnlySpan<float> noise, int rows, int columns, float[] kernel, float strength)
    {
        var margin = kernel.Length - 1;
        var along = ArrayPool<float>.Shared.Rent((rows + margin) * columns);
        var result = new float[rows * columns];
        Array.Clear(along, 0, (rows + margin) * columns);
        for (var row = 0; row < rows + margin; row++)
            for (var tap = 0; tap < kernel.Length; tap++)
                Add(noise.Slice(row * (columns + margin) + tap, columns), kernel[tap], along.AsSpan(row * columns, columns));
        for (var row = 0; row < rows; row++)
            for (var tap = 0; tap < kernel.Length; tap++)
                Add(along.AsSpan((row + tap) * columns, columns), kernel[tap] * strength, result.AsSpan(row * columns, columns));
        ArrayPool<float>.Shared.Return(along);
        return result;
    }

    // Each sum adds the same products in the same order, however many a machine takes at a time: its bits are the same on all.
    private static void Add(ReadOnlySpan<float> values, float weight, Span<float> sums)
    {
        var many = MemoryMarshal.Cast<float, Vector<float>>(values);
        var manySums = MemoryMarshal.Cast<float, Vector<float>>(sums);
        for (var i = 0; i < many.Length; i++)
            manySums[i] += many[i] * weight;
        for (var i = many.Length * Vector<float>.Count; i < values.Length; i++)
            sums[i] += values[i] * weight;
    }
}
