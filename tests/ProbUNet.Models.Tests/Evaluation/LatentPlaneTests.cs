using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Tests.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Evaluation;

public class LatentPlaneTests
{
    private static readonly GradedImage Image = ToyData.Squares(1)[0];

    [Fact]
    public void TheMiddleOfTheGrid_IsDecodedAtThePriorsMean()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyNet(seed: 3);
        var plane = LatentPlane.Of(model, Image, side: 5);
        var pixels = tensor(Image.Pixels(), [1, 1, 8, 8]);
        var decoded = model.Combine(model.Features(pixels), model.Prior(pixels).Mean);
        var expected = BitMask.From<float>(8, 8, decoded.data<float>().ToArray(), logit => logit > 0);
        Assert.Equal(25, plane.Grid.Segmentations.Count);
        Assert.Equal(expected, plane.Grid.Segmentations[12].Foreground);
    }

    [Fact]
    public void EachPlaceOfTheGrid_IsDecodedAtItsWhitenedCoordinates()
    {
        var model = new Recording(2);
        LatentPlane.Of(model, Image, side: 5);
        Assert.Equal(1, model.FeatureCalls);
        Assert.Equal(25, model.Decoded.Count);
        double[][] corners = [[-4, 4], [4, 4], [-4, -4], [4, -4], [0, 0]];
        Assert.All(corners.Zip(new[] { 0, 4, 20, 24, 12 }), pair => AssertNear(pair.First, model.Whitened(model.Decoded[pair.Second])));
    }

    [Property(MaxTest = 20)]
    public bool ToMoveAlongAnAxis_MovesTheWhitenedLatentByExactlyThat(sbyte x, sbyte y, sbyte u)
    {
        var plane = Of(5);
        var (at, first, second) = (plane.At(x, y), plane.At(x + u / 16.0, y), plane.At(x, y + u / 16.0));
        return Near(Distance(at, first), Math.Abs(u / 16.0)) && Near(Distance(at, second), Math.Abs(u / 16.0)) && Near(plane.Nearest(at).X, x) && Near(plane.Nearest(at).Y, y);
    }

    [Fact]
    public void OfTwoDimensions_TheAxesAreTheLatentsOwn()
    {
        var plane = Of(2);
        Assert.Equal((2, 1.0), (plane.Directions.Count, plane.Share));
        Assert.Equal([1.0, 0], plane.Directions[0]);
        Assert.Equal([0.0, 1], plane.Directions[1]);
        Assert.Equal([3.0, -2], plane.At(3, -2));
    }

    [Fact]
    public void OfOneDimension_ThePlaneIsAStrip()
    {
        var plane = Of(1);
        Assert.Equal((19, 1), (plane.Grid.Columns, plane.Grid.Rows));
        Assert.Equal([2.5], plane.At(2.5, 7));
        Assert.All(plane.PosteriorMeans, mean => Assert.Equal(0, mean.Y));
    }

    /// <summary>The stub draws one half of the image by the whitened dimension 3, the other a quarter as strongly by 1.</summary>
    [Fact]
    public void OfMoreDimensions_ThePlaneGoesWhereTheDrawingChanges()
    {
        var plane = Of(5);
        Assert.True(Math.Abs(plane.Directions[0][3]) > 0.99, string.Join(", ", plane.Directions[0]));
        Assert.True(Math.Abs(plane.Directions[1][1]) > 0.99, string.Join(", ", plane.Directions[1]));
        Assert.InRange(plane.Share, 0.999, 1);
        Assert.InRange(plane.Directions[0].Zip(plane.Directions[1], (a, b) => a * b).Sum(), -1e-9, 1e-9);
        Assert.All(plane.Directions, direction => Assert.Equal(1, direction.Sum(value => value * value), 9));
        Assert.All(plane.Directions, direction => Assert.True(direction.MaxBy(Math.Abs) > 0));
    }

    [Fact]
    public void ALatentThatIsIgnored_HasNoShare() => Assert.Equal(0, LatentPlane.Of(new Recording(4) { Strength = 0 }, Image, side: 2).Share);

    [Fact]
    public void APosteriorThatIsThePrior_LiesInTheMiddle() =>
        Assert.All(new[] { 1, 2, 5 }, dimension => Assert.All(Of(dimension).PosteriorMeans, mean => AssertNear([0, 0], [mean.X, mean.Y])));

    [Fact]
    public void PosteriorMeans_AreInStandardDeviationsOfThePrior()
    {
        var plane = LatentPlane.Of(new Recording(2) { Offset = 1.5f }, Image, side: 1);
        Assert.Equal(4, plane.PosteriorMeans.Count);
        // Of an empty mask the stub's posterior is the prior; else it lies 1.5 of its deviations away in each dimension.
        Assert.All(plane.PosteriorMeans.Zip(Image.Graders), pair => AssertNear(pair.Second.IsEmpty ? [0, 0] : [1.5, 1.5], [pair.First.X, pair.First.Y]));
    }

    [Fact]
    public void TheSameImage_GivesTheSamePlane()
    {
        var (a, b) = (Of(5), Of(5));
        Assert.Equal(a.Grid.Segmentations, b.Grid.Segmentations);
        Assert.Equal(a.PosteriorMeans, b.PosteriorMeans);
        Assert.Equal(a.Directions.SelectMany(direction => direction), b.Directions.SelectMany(direction => direction));
    }

    [Fact]
    public void AnImageWithoutGraders_HasNoPosteriorMeans()
    {
        var bare = Images.Ungraded("bare", 1, 8, 8);
        Assert.Empty(LatentPlane.Of(new Recording(2), bare, side: 2).PosteriorMeans);
        Assert.Throws<InvalidOperationException>(() => bare.Reference);
    }

    [Fact]
    public void AnImageOfAnotherSize_IsRefused() => Assert.Throws<InputException>(() => LatentPlane.Of(new Recording(2), ToyData.Squares(1, size: 16)[0]));

    [Fact]
    public void NoTensor_IsKept()
    {
        using var model = new TinyNet();
        LatentPlane.Of(model, Image, side: 2);
        GC.Collect();   // what other tests left
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        LatentPlane.Of(model, Image, side: 3);
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static LatentPlane Of(int dimension) => LatentPlane.Of(new Recording(dimension), Image);

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-9;

    private static void AssertNear(double[] expected, double[] actual) => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 4));

    /// <summary>A network whose prior, posterior and decoder are known.</summary>
    private sealed class Recording : ProbabilisticUNetModel
    {
        private readonly int _dimension;
        private readonly float[] _mean;
        private readonly float[] _logSigma;

        public Recording(int dimension) : base(TinyNet.Spec with { Latent = new(dimension) }, seed: 1)
        {
            _dimension = dimension;
            _mean = [.. Enumerable.Range(0, dimension).Select(d => 0.3f * d - 0.5f)];
            _logSigma = [.. Enumerable.Range(0, dimension).Select(d => 0.4f - 0.2f * d)];
            Conv2d("unused", 1, 1, 1);   // where the weights are is where the work is done
            Complete(null);
        }

        public int FeatureCalls;

        public List<float[]> Decoded { get; } = [];

        public float Strength { get; init; } = 1;

        public float Offset { get; init; }

        public double[] Whitened(float[] z) => [.. z.Select((value, d) => (value - _mean[d]) / Math.Exp(_logSigma[d]))];

        public override Tensor[] Features(Tensor image, Generator? random = null)
        {
            FeatureCalls++;
            return [zeros(image.shape[0], 4, 8, 8)];
        }

        public override DiagonalGaussian Prior(Tensor image, Generator? random = null) => new(tensor(_mean, [1, _dimension]), tensor(_logSigma, [1, _dimension]));

        public override DiagonalGaussian Posterior(Tensor image, Tensor mask, Generator? random = null)
        {
            using var shift = tensor(_logSigma, [1, _dimension]).exp().mul(mask.any().item<bool>() ? Offset : 0);
            return new(tensor(_mean, [1, _dimension]).add(shift), tensor(_logSigma, [1, _dimension]));
        }

        public override Tensor Combine(Tensor[] features, Tensor z, Generator? random = null)
        {
            var rows = Enumerable.Range(0, (int)z.shape[0]).Select(i => z[i].data<float>().ToArray()).ToList();
            Decoded.AddRange(rows);
            return stack(rows.Select(Whitened).Select(u => cat([Half(_dimension < 4 ? u[0] : u[3]), Half(_dimension < 4 ? u[0] : 0.25 * u[1])], 2)).ToArray());

            Tensor Half(double logit) => full([1, 8, 4], Strength * (float)logit);
        }
    }
}
