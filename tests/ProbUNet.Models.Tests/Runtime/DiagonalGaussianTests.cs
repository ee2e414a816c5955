using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Runtime;

/// <summary>Law 6: KL ≥ 0, = 0 for equal Gaussians and only for them, ≈ Monte Carlo.</summary>
public class DiagonalGaussianTests
{
    /// <summary>Mean and log sigma of two Gaussians, a few dimensions.</summary>
    public sealed record Pair(double[] Mean1, double[] LogSigma1, double[] Mean2, double[] LogSigma2);

    public static class Arbitraries
    {
        public static Arbitrary<Pair> Pairs()
        {
            var number = Gen.Choose(-200, 200).Select(value => value / 100.0);
            return (from size in Gen.Choose(1, 6)
                    from a in number.ArrayOf(size)
                    from b in number.ArrayOf(size)
                    from c in number.ArrayOf(size)
                    from d in number.ArrayOf(size)
                    select new Pair(a, b, c, d)).ToArbitrary();
        }
    }

    [Property(Arbitrary = [typeof(Arbitraries)])]
    public void KullbackLeibler_IsNeverNegative_AndZeroForEqualsOnly(Pair pair)
    {
        using var scope = NewDisposeScope();
        var (one, two) = (Of(pair.Mean1, pair.LogSigma1), Of(pair.Mean2, pair.LogSigma2));
        Assert.Equal(0, one.KullbackLeibler(one).item<double>());
        var divergence = one.KullbackLeibler(two).item<double>();
        Assert.True(divergence >= 0);
        var equal = pair.Mean1.SequenceEqual(pair.Mean2) && pair.LogSigma1.SequenceEqual(pair.LogSigma2);
        Assert.Equal(equal, divergence < 1e-9);
    }

    [Fact]
    public void KullbackLeibler_IsTheMeanOfTheLogRatio()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var (one, two) = (Of([0.3, -1.0, 2.0], [0.2, -0.5, 0.0]), Of([0.0, -0.4, 1.5], [0.5, 0.1, -0.3]));
        const int draws = 200_000;
        var z = one.Mean.add(one.LogSigma.exp().mul(randn([draws, 3], dtype: ScalarType.Float64, generator: random)));
        Tensor LogDensity(DiagonalGaussian of) => z.sub(of.Mean).div(of.LogSigma.exp()).square().mul(-0.5).sub(of.LogSigma).sum(1);   // the constant cancels
        var ratio = LogDensity(one).sub(LogDensity(two));
        var standardError = ratio.std().item<double>() / Math.Sqrt(draws);
        Assert.Equal(one.KullbackLeibler(two).item<double>(), ratio.mean().item<double>(), 4 * standardError);
    }

    [Fact]
    public void Samples_HaveTheGaussiansMeanAndSigma()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        const int draws = 100_000;
        var gaussian = new DiagonalGaussian(full(draws, 1, 1.5f), full(draws, 1, (float)Math.Log(0.3)));
        var z = gaussian.Sample(random);
        Assert.Equal(1.5, z.mean().item<float>(), 4 * 0.3 / Math.Sqrt(draws));
        Assert.Equal(0.3, z.std().item<float>(), 0.003);
    }

    private static DiagonalGaussian Of(double[] mean, double[] logSigma) => new(tensor(mean).unsqueeze(0), tensor(logSigma).unsqueeze(0));
}
