using System.Numerics;
using ProbUNet.Models.Data;

namespace ProbUNet.Benchmarks;

/// <summary>
/// GED² as most write it in NumPy: masks are arrays of float32, every ordered pair is computed, and each operator makes a whole array for the next one. Its loops are vectorised, as NumPy's are.
/// </summary>
internal static class NumPyStyle
{
    /// <summary>The pixels of masks.</summary>
    public static float[][] Arrays(IEnumerable<BitMask> masks) => [.. masks.Select(mask =>
    {
        var pixels = new float[mask.Height * mask.Width];
        mask.CopyTo(pixels);
        return pixels;
    })];

    /// <summary>2 E[d(S, Y)] − E[d(S, S′)] − E[d(Y, Y′)].</summary>
    public static double Ged(float[][] samples, float[][] graders) => 2 * Mean(samples, graders) - Mean(samples, samples) - Mean(graders, graders);

    private static double Mean(float[][] rows, float[][] columns)
    {
        var sum = 0.0;
        foreach (var row in rows)
            foreach (var column in columns)
                sum += Distance(row, column);
        return sum / (rows.Length * columns.Length);
    }

    /// <summary>1 − (a · b).sum() / np.maximum(a, b).sum(), and 0 where the union is empty.</summary>
    private static double Distance(float[] a, float[] b)
    {
        var union = Sum(Maximum(a, b));
        return union == 0 ? 0 : 1 - Sum(Product(a, b)) / union;
    }

    private static float[] Maximum(float[] a, float[] b)
    {
        var made = GC.AllocateUninitializedArray<float>(a.Length);
        for (var i = 0; i < a.Length; i += Vector<float>.Count)
            Vector.Max(new Vector<float>(a, i), new Vector<float>(b, i)).CopyTo(made, i);
        return made;
    }

    private static float[] Product(float[] a, float[] b)
    {
        var made = GC.AllocateUninitializedArray<float>(a.Length);
        for (var i = 0; i < a.Length; i += Vector<float>.Count)
            (new Vector<float>(a, i) * new Vector<float>(b, i)).CopyTo(made, i);
        return made;
    }

    private static double Sum(float[] values)
    {
        var sums = Vector<float>.Zero;
        for (var i = 0; i < values.Length; i += Vector<float>.Count)
            sums += new Vector<float>(values, i);
        return Vector.Sum(sums);
    }
}
