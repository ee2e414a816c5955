using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Training;

public class BatchLoaderTests
{
    [Fact]
    public void TheBytes_AreTheSame_ForAnyNumberThatIsMadeAhead()
    {
        byte[] All(int ahead)
        {
            var sampler = new BatchSampler(ToyData.Squares(7), 3, seed: 5);
            using var loader = new BatchLoader(step => sampler.Draw(step, CPU), 2, 20, ahead, TimeProvider.System);
            var bytes = new List<byte>();
            for (var step = 2; step <= 20; step++)
            {
                using var batch = loader.Next(CPU);
                bytes.AddRange(batch.Image.bytes.ToArray());
                bytes.AddRange(batch.Mask.bytes.ToArray());
            }
            return [.. bytes];
        }
        var expected = All(0);
        foreach (var ahead in new[] { 1, 2, 3, 8, 50 })
            Assert.Equal(expected, All(ahead));
    }

    [Fact]
    public void NoMoreAreMade_ThanAreWantedAhead_NorBehindTheLast()
    {
        var made = new List<int>();
        using (var loader = new BatchLoader(step =>
        {
            lock (made)
                made.Add(step);
            return new Batch(zeros(1), zeros(1));
        }, 1, 6, ahead: 2, TimeProvider.System))
        {
            loader.Next(CPU).Dispose();
            SpinWait.SpinUntil(() => made.Count >= 3, 5000);
            Thread.Sleep(50);
            Assert.Equal([1, 2, 3], made.Order());
            for (var step = 2; step <= 6; step++)
                loader.Next(CPU).Dispose();
        }
        Assert.Equal([1, 2, 3, 4, 5, 6], made.Order());
    }

    [Fact]
    public void Waiting_IsToldByTheClockThatIsGiven()
    {
        using var loader = new BatchLoader(_ => new Batch(zeros(1), zeros(1)), 1, 3, ahead: 2, new SteadyClock(seconds: 7));
        for (var step = 1; step <= 3; step++)
            loader.Next(CPU).Dispose();
        Assert.Equal(TimeSpan.FromSeconds(3 * 7), loader.Waited);
    }

    [Fact]
    public void AnErrorInTheMaking_ComesWithTheStepThatAsks_AndWhatNobodyAskedFor_IsFreed()
    {
        var before = Tensor.TotalCount;
        using (var loader = new BatchLoader(step => step == 2 ? throw new InputException("a.png", "it is gone", "bring it back") : new Batch(zeros(1), zeros(1)), 1, 9, ahead: 4, TimeProvider.System))
        {
            loader.Next(CPU).Dispose();
            Assert.Contains("a.png", Assert.Throws<InputException>(() => loader.Next(CPU)).Message);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }
}
