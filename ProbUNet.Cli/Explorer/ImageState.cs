using ProbUNet.Models;
using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Cli.Explorer;

/// <summary>What a network with a latent says of one image that does not depend on z: computed once, so that a decode is the combiner alone. Owns its tensors.</summary>
internal sealed class ImageState : IDisposable
{
    /// <summary>Latent vectors that are decoded together, as many as the library samples at once: equal batches give equal bits.</summary>
    public const int AtOnce = 16;

    /// <summary>Draws from the truth that stand for graders who are drawn anew.</summary>
    public const int Draws = 4;

    private const double Away = 2;   // from the prior's mean, where a dimension is looked at

    private readonly LatentVariableModel _model;
    private readonly Tensor[] _features;
    private readonly DiagonalGaussian _prior;

    /// <summary>Runs the U-Net and the prior, and the posterior of each grader.</summary>
    /// <exception cref="InputException">The prior is not finite: the network has diverged.</exception>
    public ImageState(LatentVariableModel model, GradedImage image)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var pixels = ImageTensors.Of(image, model.Device);
        _model = model;
        (_features, _prior) = (model.Features(pixels), model.Prior(pixels));
        var prior = Numbers(_prior);
        if (!prior.Mean.Concat(prior.Sigma).All(double.IsFinite))
            throw new InputException(image.Name, "the prior of this image is not finite, for the training has diverged", "explore an earlier checkpoint (--checkpoint)");
        var graders = image.Shown(Draws).Select(grader => Posterior(pixels, grader, prior)).ToList();
        Space = new LatentSpace(prior, graders, Sensitivity());
        foreach (var feature in _features)
            feature.DetachFromDisposeScope();
        _prior.Mean.DetachFromDisposeScope();
        _prior.LogSigma.DetachFromDisposeScope();
    }

    /// <summary>In numbers.</summary>
    public LatentSpace Space { get; }

    private int Dimension => _model.Declaration.Latent.Dimension;

    /// <summary>Segmentations at z = µ + σ · u for each u [D].</summary>
    public Picture[] Decode(IReadOnlyList<IReadOnlyList<double>> places) => [.. places.Chunk(AtOnce).SelectMany(some =>
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        return Pictures(tensor(some.SelectMany(u => u).Select(value => (float)value).ToArray(), [some.Length, Dimension], device: _model.Device), some);
    })];

    /// <summary>Samples from the prior, those that <see cref="Models.Evaluation.Predictor"/> draws with the same seed.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">Where their noise comes from.</param>
    public Picture[] Sample(int count, Generator random)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var noise = Enumerable.Range(0, count).Select(_ => DiagonalGaussian.Noise([1, Dimension], _model.Device, random)).ToList();
        return [.. noise.Chunk(AtOnce).SelectMany(some => Pictures(cat(some), [.. some.Select(u => (IReadOnlyList<double>)[.. Values(u).Select(value => (double)value)])]))];
    }

    public void Dispose()
    {
        foreach (var feature in _features)
            feature.Dispose();
        _prior.Dispose();
    }

    private Picture[] Pictures(Tensor noise, IReadOnlyList<IReadOnlyList<double>> places)
    {
        var probabilities = Probabilities(noise);
        var size = probabilities.Length / places.Count;
        return [.. places.Select((u, place) => Picture.Of(probabilities.AsSpan(place * size, size), _model.Declaration.Classes, u))];
    }

    /// <summary>[n, K, H, W] at noise [n, D].</summary>
    private float[] Probabilities(Tensor noise)
    {
        using var scope = NewDisposeScope();
        return Values(_model.Probabilities(_model.Combine(_features, _prior.At(noise))));
    }

    private double[] Sensitivity()
    {
        var places = new float[2 * Dimension + 1, Dimension];   // the mean, then both signs of each dimension
        for (var d = 0; d < Dimension; d++)
            (places[2 * d + 1, d], places[2 * d + 2, d]) = ((float)Away, (float)-Away);
        var all = tensor(places, device: _model.Device);
        var mean = Probabilities(all[..1]);
        return [.. Enumerable.Range(0, Dimension).Select(d =>
        {
            var moved = Probabilities(all[(2 * d + 1)..(2 * d + 3)]);
            return moved.Select((value, i) => Math.Abs((double)value - mean[i % mean.Length])).Average() is var change && double.IsFinite(change) ? change : 0;
        })];
    }

    private Whitened Posterior(Tensor pixels, Segmentation grader, Whitened prior)
    {
        var posterior = Numbers(_model.Posterior(pixels, ImageTensors.Of([grader], _model.Device)));
        return new(Whiten(posterior.Mean, (value, d) => (value - prior.Mean[d]) / prior.Sigma[d]), Whiten(posterior.Sigma, (value, d) => value / prior.Sigma[d]));

        static double[] Whiten(IReadOnlyList<double> values, Func<double, int, double> whiten) => [.. values.Select(whiten)];
    }

    private static Whitened Numbers(DiagonalGaussian gaussian) =>
        new([.. Values(gaussian.Mean).Select(value => (double)value)], [.. Values(gaussian.LogSigma).Select(value => Math.Exp(value))]);

    private static float[] Values(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }
}
