using FsCheck.Xunit;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

public class BatchSamplerTests
{
    [Property(MaxTest = 50)]
    public void AnEpoch_SeesEveryImageOnce(byte images, byte batch, long seed)
    {
        var (count, size) = (images % 20 + 1, batch % 7 + 1);
        var data = ToyData.Squares(count);
        var sampler = new BatchSampler(data, size, seed);
        var seen = Enumerable.Range(1, (2 * count + size - 1) / size).SelectMany(sampler.Choose).Select(chosen => chosen.Image.Name).ToList();
        Assert.Equal(data.Select(image => image.Name).Order(), seen[..count].Order());
        Assert.Equal(data.Select(image => image.Name).Order(), seen[count..(2 * count)].Order());
    }

    [Property(MaxTest = 50)]
    public void AStep_IsAFunctionOfSeedAndNumber(byte step, long seed)
    {
        var data = ToyData.Squares(5);
        var straight = new BatchSampler(data, 3, seed);
        for (var earlier = 1; earlier <= step; earlier++)
            straight.Choose(earlier);
        Assert.Equal(straight.Choose(step + 1), new BatchSampler(data, 3, seed).Choose(step + 1));
    }

    [Fact]
    public void Graders_AreDrawnUniformly_TheEmptyOnesIncluded()
    {
        const int draws = 40_000, graders = 4;
        var sampler = new BatchSampler(ToyData.Squares(1, graders: graders), draws, seed: 1);
        var counts = sampler.Choose(1).CountBy(chosen => chosen.Grader).ToDictionary();
        var standardError = Math.Sqrt(draws * (1.0 / graders) * (1 - 1.0 / graders));
        for (var grader = 0; grader < graders; grader++)
            Assert.InRange(counts[grader], draws / graders - 4 * standardError, draws / graders + 4 * standardError);
    }

    [Fact]
    public void ABatch_HoldsTheChosenImagesAndMasks()
    {
        var data = ToyData.Squares(6);
        var sampler = new BatchSampler(data, 4, seed: 2);
        using var batch = sampler.Draw(3, TorchSharp.torch.CPU);
        Assert.Equal([4, 1, 8, 8], batch.Image.shape);
        Assert.Equal(batch.Image.shape, batch.Mask.shape);
        var chosen = sampler.Choose(3);
        for (var place = 0; place < 4; place++)
        {
            using var image = batch.Image[place];
            using var mask = batch.Mask[place];
            Assert.Equal(chosen[place].Image.Pixels.ToArray(), image.data<float>().ToArray());
            Assert.Equal(chosen[place].Image.Graders[chosen[place].Grader].Area, mask.data<float>().ToArray().Sum());
        }
    }
}
