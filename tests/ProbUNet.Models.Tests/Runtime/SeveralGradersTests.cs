using FsCheck.Xunit;
using ProbUNet.Dsl;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Runtime;

/// <summary>Several masks of an image cost its features once, and are what the image would be so often in the batch.</summary>
public class SeveralGradersTests
{
    private static readonly UNetSpec Tiny = new() { Channels = [4, 6], ConvsPerBlock = 1 };

    [Property(MaxTest = 20)]
    public void TheLoss_AndItsGradient_AreThoseOfTheImageAsOften(byte masks, int seed)
    {
        var each = masks % 4 + 1;
        foreach (var family in Families.All.Where(family => family.Defaults is not DropoutUNetSpec))
        {
            using var scope = NewDisposeScope();
            using var random = new Generator((ulong)(uint)seed);
            var (image, mask) = (rand(2, 1, 8, 8, generator: random), rand(2 * each, 1, 8, 8, generator: random).round());
            var shared = Of(family.Defaults, image, mask);
            var repeated = Of(family.Defaults, image.repeat_interleave(each, 0), mask);
            Assert.Equal([2 * each], shared.Terms.CrossEntropy.shape);
            AssertNear(repeated.Terms.CrossEntropy, shared.Terms.CrossEntropy);
            Assert.Equal(repeated.Terms.KullbackLeibler is null, shared.Terms.KullbackLeibler is null);
            if (shared.Terms.KullbackLeibler is { } divergence)
                AssertNear(repeated.Terms.KullbackLeibler!, divergence);
            AssertNear(repeated.Gradient, shared.Gradient);
        }
    }

    [Theory]
    [InlineData(Objective.Paper)]
    [InlineData(Objective.Reference)]
    public void OfEqualMasks_TheLossIsThatOfOne(Objective objective)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var model = (ProbabilisticUNetModel)Interpreter.Create(new ProbabilisticUNetSpec { Image = new(1, 8, 8), UNet = Tiny, Latent = new() { Dimension = 2 } }, 1)
            .Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        var (image, mask, noise) = (rand(3, 1, 8, 8, generator: random), rand(3, 1, 8, 8, generator: random).round(), randn(3, 2, generator: random));
        float Of(int masks) => objective.Reduce(model.LossAt(image, mask.repeat_interleave(masks, 0), noise.repeat_interleave(masks, 0)), 10, model).item<float>();
        var one = Of(1);
        Assert.All([2, 3, 7], masks => Assert.Equal(one, Of(masks), 1e-5f * one));
    }

    private static void AssertNear(Tensor expected, Tensor actual) =>
        Assert.InRange(actual.sub(expected).norm().item<float>(), 0, 1e-5 * expected.norm().item<float>());

    private static (LossTerms Terms, Tensor Gradient) Of(ModelSpec defaults, Tensor image, Tensor mask)
    {
        using var model = Interpreter.Create(defaults with { Image = new(1, 8, 8), UNet = Tiny }, 1).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        using var random = new Generator(5);
        var terms = model.Loss(image, mask, random);
        var loss = terms.CrossEntropy.mean();
        if (terms.KullbackLeibler is { } divergence)
            loss = loss + divergence.sum(1).mean();
        loss.backward();
        return (terms, cat([.. model.parameters().Select(parameter => parameter.grad).OfType<Tensor>().Select(gradient => gradient.flatten())]).clone());
    }
}
