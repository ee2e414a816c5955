using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Evaluation;

/// <summary>
/// What a network draws over its latent space for one image, and where its posterior puts the graders (Kohl et al. 2018, Fig. 6). Coordinates are whitened by the
/// image's prior: u = (z − µ) / σ, so that the prior is N(0, I) and one step is one standard deviation in every direction.
/// </summary>
/// <remarks>
/// A space of two dimensions is shown by its own axes, one of one dimension as a line. Of more dimensions the plane goes through the prior's mean along
/// the two orthonormal directions in which the drawing changes most: the first eigenvectors of E[Jᵀ J], where J is the Jacobian of the decoded probabilities by u and
/// the mean runs over the prior (the active subspace of Constantine, Dow and Wang, "Active subspace methods in theory and practice", 2014). Directions in which z varies but no mask does are of no
/// interest here, and unlike a covariance of z with the masks this sees changes that are alike on both sides of the mean. The eigenvalues are unknown where the network ignores z.
/// </remarks>
/// <param name="Grid">What is drawn at the places of the plane.</param>
/// <param name="Graders">The segmentations [K, H, W] that are marked: the image's graders, or draws from its truth where they are drawn anew; none of an image without.</param>
/// <param name="PosteriorMeans">For each of them the mean of Q(z|X, Y), whitened by the prior and projected on the plane; Y is 0 on a line.</param>
/// <param name="Directions">One or two orthonormal directions in whitened coordinates, [D] each.</param>
/// <param name="Share">The share of the mean squared change of the decoded probabilities that lies in the directions shown, in [0, 1]; 1 of at most two dimensions.</param>
public sealed record LatentPlane(LatentGrid Grid, IReadOnlyList<Segmentation> Graders, IReadOnlyList<(double X, double Y)> PosteriorMeans,
    IReadOnlyList<IReadOnlyList<double>> Directions, double Share)
{
    /// <summary>Points of the prior over which the mean squared Jacobian is taken.</summary>
    private const int Points = 16;

    /// <summary>Half the step of its central differences, in standard deviations.</summary>
    private const double Step = 0.1;

    /// <summary>Latent vectors that are decoded together.</summary>
    private const int Batch = 32;

    /// <summary>Draws from the truth that stand for graders who are drawn anew.</summary>
    private const int Draws = 4;

    /// <summary>The dimensions of the latent space.</summary>
    public int Dimension => Directions[0].Count;

    /// <summary>The whitened coordinates [D] of a place of the plane.</summary>
    public double[] At(double x, double y) => [.. Enumerable.Range(0, Dimension).Select(d => x * Directions[0][d] + (Directions.Count > 1 ? y * Directions[1][d] : 0))];

    /// <summary>The place of the plane nearest to whitened coordinates [D].</summary>
    public (double X, double Y) Nearest(IReadOnlyList<double> whitened) => Project(whitened, Directions);

    /// <summary>Decodes the plane; the U-Net runs once, and with the same arguments the result is the same.</summary>
    /// <param name="model">A network with a latent.</param>
    /// <param name="image">Of the network's size.</param>
    /// <param name="side">Segmentations along each axis.</param>
    /// <param name="seed">Decides the points at which directions are looked for (of more than two dimensions), and draws from the truth.</param>
    /// <exception cref="InputException">The image is not of the network's size, or has other classes.</exception>
    public static LatentPlane Of(LatentVariableModel model, GradedImage image, int side = LatentGrid.UsualSide, long seed = 1)
    {
        Fit.Check(model.Declaration, [image]);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var pixels = ImageTensors.Of(image, model.Device);
        var decoder = new Decoder(model, model.Features(pixels), model.Prior(pixels));

        var dimension = model.Declaration.Latent.Dimension;
        var (directions, share) = dimension > 2 ? MostSensitive(decoder, dimension, seed) : (Axes(dimension), 1);
        var rows = dimension == 1 ? 1 : side;
        double[][] places = [.. LatentGrid.Places(side, rows).Select(place => directions.Length == 1
            ? [place.X * directions[0][0]]
            : directions[0].Zip(directions[1], (first, second) => place.X * first + place.Y * second).ToArray())];
        var grid = new LatentGrid(side, rows, [.. places.Chunk(Batch).SelectMany(decoder.Segmentations)]);

        var graders = image.Shown(Draws, seed);
        return new(grid, graders, [.. graders.Select(grader => Project(decoder.WhitenedMean(pixels, grader), directions))], directions, share);
    }

    private static double[][] Axes(int dimension) => [.. Enumerable.Range(0, dimension).Select(axis => Enumerable.Range(0, dimension).Select(d => d == axis ? 1.0 : 0).ToArray())];

    private static (double X, double Y) Project(IReadOnlyList<double> whitened, IReadOnlyList<IReadOnlyList<double>> directions)
    {
        return (Along(directions[0]), directions.Count > 1 ? Along(directions[1]) : 0);

        double Along(IReadOnlyList<double> direction) => direction.Zip(whitened, (a, b) => a * b).Sum();
    }

    /// <summary>The first two eigenvectors of E[Jᵀ J], and the share that they have in its trace.</summary>
    private static (double[][] Directions, double Share) MostSensitive(Decoder decoder, int dimension, long seed)
    {
        using var scope = NewDisposeScope();
        using var random = RandomStream.For(seed, (long)Purpose.Plane).Generator();
        var points = randn([Points, dimension], ScalarType.Float64, generator: random).data<double>().ToArray();
        using var step = (2 * Step).ToScalar();   // held: see SegmentationModel.Operators.cs
        var sum = zeros([dimension, dimension], ScalarType.Float64);
        for (var point = 0; point < Points; point++)
        {
            using var inner = NewDisposeScope();
            var rows = Enumerable.Range(0, dimension).Select(axis => decoder.Probabilities([Moved(axis, Step), Moved(axis, -Step)])).Select(both => both[0].sub(both[1]).flatten());
            var jacobian = stack(rows.ToArray()).cpu().to(ScalarType.Float64).div(step);   // [D, K·H·W]
            sum.add_(jacobian.matmul(jacobian.t()));

            double[] Moved(int axis, double by) => [.. Enumerable.Range(0, dimension).Select(d => points[point * dimension + d] + (d == axis ? by : 0))];
        }
        var (values, vectors) = linalg.eigh(sum);   // in ascending order, vectors in columns
        var eigenvalues = values.data<double>().ToArray();
        double[][] directions = [.. new[] { 1, 2 }.Select(last => Oriented(vectors.select(1, dimension - last).contiguous().data<double>().ToArray()))];
        var total = eigenvalues.Sum();
        return (directions, total > 0 ? Math.Clamp((eigenvalues[^1] + eigenvalues[^2]) / total, 0, 1) : 0);
    }

    /// <summary>An eigenvector has no sign: its largest component is made positive, so that the picture does not depend on the solver.</summary>
    private static double[] Oriented(double[] direction) => direction.MaxBy(Math.Abs) < 0 ? [.. direction.Select(value => -value)] : direction;

    /// <summary>From whitened coordinates to what is drawn there, for one image.</summary>
    private sealed class Decoder(LatentVariableModel model, Tensor[] features, DiagonalGaussian prior)
    {
        /// <summary>[n, K, H, W] at n points; the caller owns it.</summary>
        public Tensor Probabilities(double[][] whitened)
        {
            using var scope = NewDisposeScope();
            var noise = tensor(whitened.SelectMany(point => point).Select(value => (float)value).ToArray(), [whitened.Length, whitened[0].Length], device: model.Device);
            return model.Probabilities(model.Combine(features, prior.At(noise))).MoveToOuterDisposeScope();
        }

        public Segmentation[] Segmentations(double[][] whitened)
        {
            using var probabilities = Probabilities(whitened);
            return [.. Predictor.Of(probabilities).Samples];
        }

        /// <summary>(µ of the posterior − µ of the prior) / σ of the prior, [D].</summary>
        public double[] WhitenedMean(Tensor pixels, Segmentation grader)
        {
            using var scope = NewDisposeScope();
            var posterior = model.Posterior(pixels, ImageTensors.Of([grader], model.Device));
            return posterior.Mean.sub(prior.Mean).div(prior.LogSigma.exp()).to(ScalarType.Float64).cpu().data<double>().ToArray();
        }
    }
}
