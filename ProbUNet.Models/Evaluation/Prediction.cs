using ProbUNet.Models.Data;

namespace ProbUNet.Models.Evaluation;

/// <summary>What a network, or any model that tells probabilities, says about one image: the probabilities of n samples, and all that follows from them.</summary>
public sealed class Prediction
{
    private readonly Lazy<IReadOnlyList<Segmentation>> _samples;
    private readonly Lazy<float[]> _mean, _deviation;

    /// <summary>Puts samples together.</summary>
    /// <param name="probabilities">Of each class at each pixel, in [0, 1], [n, K, H, W] row-major; of one class, of foreground. Not copied.</param>
    /// <param name="count">n, at least 1.</param>
    /// <param name="classes">K, from 1 to 255.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <exception cref="ArgumentException">The probabilities are not n · K · H · W.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no sample, or no class or too many, or a value is no probability.</exception>
    public Prediction(ReadOnlyMemory<float> probabilities, int count, int classes, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, Segmentation.Ignored);
        if (probabilities.Length != (long)count * classes * height * width)
            throw new ArgumentException($"{count} samples of {classes}x{height}x{width} are not {probabilities.Length} probabilities.", nameof(probabilities));
        foreach (var value in probabilities.Span)
            if (!float.IsNaN(value))   // a network that has diverged still draws; its maps are refused
                PixelMaps.Probability(value);
        (Probabilities, Count, Classes, Height, Width) = (probabilities, count, classes, height, width);
        _samples = new(() => [.. Enumerable.Range(0, Count).Select(Sample)]);
        _mean = new(() => PixelMaps.MeanProbability(Probabilities.Span, Count));
        _deviation = new(() => LargestOfClasses(PixelMaps.StandardDeviation(Probabilities.Span, Count)));
    }

    /// <summary>The number of samples, n.</summary>
    public int Count { get; }

    /// <summary>The number of classes, K; 1 for the probability of foreground.</summary>
    public int Classes { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>The probabilities, [n, K, H, W] row-major, in [0, 1].</summary>
    public ReadOnlyMemory<float> Probabilities { get; }

    /// <summary>[K, H, W] each, in the order drawn: thresholded at a probability of one half for one class, the most probable class of each pixel for several.</summary>
    public IReadOnlyList<Segmentation> Samples => _samples.Value;

    /// <summary>Samples of one class, [H, W] each.</summary>
    /// <exception cref="InvalidOperationException">There are several classes.</exception>
    public IReadOnlyList<BitMask> Masks => [.. Samples.Select(sample => sample.Foreground)];

    /// <summary>The mean of the probabilities over the samples, [K, H, W] row-major: <see cref="PixelMaps.MeanProbability"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A probability is NaN.</exception>
    public float[] Mean => _mean.Value;

    /// <summary>
    /// The standard deviation of the probabilities over the samples, a pixel each, [H, W] in [0, 0.5]; of several classes, that of the class for which it is largest.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A probability is NaN.</exception>
    public float[] StandardDeviation => _deviation.Value;

    /// <summary>The first samples.</summary>
    /// <param name="count">From 1 to the number of samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public Prediction First(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        return count == Count ? this : new(Probabilities[..(Math.Max(count, 0) * SampleSize)], count, Classes, Height, Width);
    }

    /// <summary>Refuses probabilities that are none, as a network draws that has diverged.</summary>
    /// <exception cref="InputException">One is NaN.</exception>
    internal void CheckNumbers(string image)
    {
        foreach (var value in Probabilities.Span)
            if (float.IsNaN(value))
                throw InputException.NoNumber(image, "a probability that the network gives is NaN, which means that its weights have diverged", "take the weights of an earlier checkpoint, or train it with a smaller learning rate");
    }

    private int SampleSize => Probabilities.Length / Count;

    private Segmentation Sample(int place)
    {
        var labels = PixelMaps.MostProbable(Probabilities.Span.Slice(place * SampleSize, SampleSize), Classes);
        return Classes == 1 ? Segmentation.Binary(BitMask.From<byte>(Height, Width, labels, label => label != 0)) : Segmentation.FromLabels(Height, Width, labels, Classes);
    }

    private float[] LargestOfClasses(float[] deviations)
    {
        var size = Height * Width;
        var largest = deviations[..size];
        for (var i = size; i < deviations.Length; i++)
            largest[i % size] = Math.Max(largest[i % size], deviations[i]);
        return largest;
    }
}
