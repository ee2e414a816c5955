using BenchmarkDotNet.Attributes;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Sources.Synthetic;

namespace ProbUNet.Benchmarks;

/// <summary>GED² of 16 samples and 4 graders at 128x128. The target is 50 times the speed of arrays.</summary>
[MemoryDiagnoser]
public class EnergyDistanceBenchmarks
{
    private const int Samples = 16, Graders = 4, Size = 128;

    private BitMask[] _samples = [], _graders = [];
    private float[][] _sampleArrays = [], _graderArrays = [];

    [GlobalSetup]
    public void SetUp()
    {
        // The graders of five images with a lesion each: masks that overlap, and are of the form that networks draw.
        BitMask[] masks = [.. Enumerable.Range(0, 100).SelectMany(index => SyntheticLesions.DrawImage(DataSplit.Train, index, Size, Size).Graders).Select(grader => grader.Foreground)
            .Where(mask => !mask.IsEmpty).Take(Samples + Graders)];
        (_samples, _graders) = (masks[Graders..], masks[..Graders]);
        (_sampleArrays, _graderArrays) = (NumPyStyle.Arrays(_samples), NumPyStyle.Arrays(_graders));
        if (Math.Abs(Bits() - Arrays()) > 1e-6)
            throw new InvalidOperationException("The two compute different distances.");
    }

    [Benchmark(Baseline = true)]
    public double Arrays() => NumPyStyle.Ged(_sampleArrays, _graderArrays);

    [Benchmark]
    public double Bits() => GeneralizedEnergyDistance.Between(_samples, _graders).Squared;
}
