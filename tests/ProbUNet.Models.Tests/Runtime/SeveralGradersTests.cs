using FsCheck.Xunit;
using ProbUNet.Dsl;
using ProbUNet.Models.Runtime;
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
