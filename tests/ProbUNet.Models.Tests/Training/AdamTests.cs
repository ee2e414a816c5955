using ProbUNet.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Training;

/// <summary>Ours are torch's optimisers: bit for bit but for the root, which MKL does not round to the nearest.</summary>
public class AdamTests
{
    [Theory]
    [InlineData(Optimization.Adam, 0)]
    [InlineData(Optimization.Adam, 0.1)]
    [InlineData(Optimization.AdamW, 0)]
    [InlineData(Optimization.AdamW, 0.1)]
    public void Steps_AreTorchs(Optimization optimizer, double weightDecay)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        long[][] shapes = [[3, 2, 3, 3], [3], [], [1, 5]];
        Parameter[] ours = [.. shapes.Select(shape => new Parameter(randn(shape, generator: random)))];
        Parameter[] theirs = [.. ours.Select(parameter => new Parameter(parameter.detach().clone()))];
        using var mine = new ProbUNet.Models.Training.Adam(ours.Select((parameter, i) => ($"p{i}", parameter)), Enumerable.Range(0, shapes.Length).Select(i => $"p{i}").ToHashSet(),
            new TrainingPlan { Optimizer = optimizer, WeightDecay = weightDecay });
        optim.Optimizer reference = optimizer == Optimization.AdamW ? optim.AdamW(theirs, lr: 1, weight_decay: weightDecay) : optim.Adam(theirs, lr: 1, weight_decay: weightDecay);
        for (var step = 1; step <= 6; step++)
        {
            foreach (var (one, other) in ours.Zip(theirs))
            {
                var gradient = randn(one.shape, generator: random).mul(Math.Pow(10, step - 3));
                one.grad = gradient;
                other.grad = gradient.clone();
            }
            foreach (var group in reference.ParamGroups)
                group.LearningRate = 0.01 * step;
            mine.Step(0.01 * step);
            reference.step();
            Assert.All(ours.Zip(theirs), pair => Assert.All(pair.Second.data<float>().Zip(pair.First.data<float>()), each => Assert.InRange(Math.Abs(each.First - each.Second), 0, 1e-6 * Math.Max(0.1, Math.Abs(each.First)))));
        }
        Assert.Equal(6, mine.Steps);
    }

    [Theory]
    [InlineData(Optimization.Adam, 0.1)]
    [InlineData(Optimization.AdamW, 0.1)]
    public void ByOperators_AsWhereThereIsNoMemoryToGoOver_StepsAreTorchs_BitForBit(Optimization optimizer, double weightDecay)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        // Of float64, which the one pass leaves to them.
        Parameter mine = new(randn(3, 2, 3, 3, dtype: ScalarType.Float64, generator: random)), theirs = new(mine.detach().clone());
        using var ours = new ProbUNet.Models.Training.Adam([("p", mine)], new HashSet<string> { "p" }, new TrainingPlan { Optimizer = optimizer, WeightDecay = weightDecay });
        optim.Optimizer reference = optimizer == Optimization.AdamW ? optim.AdamW([theirs], lr: 0.01, weight_decay: weightDecay) : optim.Adam([theirs], lr: 0.01, weight_decay: weightDecay);
        for (var step = 1; step <= 6; step++)
        {
            var gradient = randn(mine.shape, dtype: ScalarType.Float64, generator: random);
            (mine.grad, theirs.grad) = (gradient, gradient.clone());
            ours.Step(0.01);
            reference.step();
            Assert.Equal(theirs.data<double>().ToArray(), mine.data<double>().ToArray());
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.1f, 1)]
    [InlineData(0, 0.99f)]
    public void InOnePass_AStepIsTheFormula_WhateverTheSizeAndTheOrderInMemory(float penalty, float shrink)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        var step = new FusedAdam(0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 0.7f, -0.01f, penalty, shrink);
        foreach (long[] shape in new long[][] { [], [1], [15], [16], [33], [7, 5, 3, 3], [70_001], [8, 200, 9, 9] })
        {
            Tensor Drawn() => shape.Length == 4 ? ProbUNet.Models.Runtime.Layout.ChannelsLast(randn(shape, generator: random)) : randn(shape, generator: random);
            var (weights, mean, square) = (Drawn(), Drawn(), Drawn().square());
            var gradient = randn(shape, generator: random);   // in another order
            float[] Values(Tensor x) => x.contiguous().data<float>().ToArray();
            var (w, g, m, s) = (Values(weights), Values(gradient), Values(mean), Values(square));
            for (var i = 0; i < w.Length; i++)
            {
                var (weight, slope) = (w[i] * shrink, penalty == 0 ? g[i] : MathF.FusedMultiplyAdd(w[i] * shrink, penalty, g[i]));
                m[i] = MathF.FusedMultiplyAdd(slope, 0.1f, m[i] * 0.9f);
                s[i] = MathF.FusedMultiplyAdd(slope * 0.001f, slope, s[i] * 0.999f);
                w[i] = weight + m[i] * -0.01f / (MathF.Sqrt(s[i]) / 0.7f + 1e-8f);
            }
            Assert.True(step.TryStep(weights, gradient, mean, square, isDecayed: true));
            Assert.Equal(w, Values(weights));
            Assert.Equal(m, Values(mean));
            Assert.Equal(s, Values(square));
        }
        Assert.False(step.TryStep(zeros(4, 4).narrow(1, 0, 2), zeros(4, 2), zeros(4, 2), zeros(4, 2), isDecayed: false));
    }

    [Fact]
    public void TheGradientsNorm_IsThatOfAllNumbersTogether_AndIsShortened()
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = [new(zeros(2)), new(zeros(1, 2)), new(zeros(3))];
        using var optimizer = new ProbUNet.Models.Training.Adam(parameters.Select((parameter, i) => ($"p{i}", parameter)), new HashSet<string>(), new TrainingPlan());
        Assert.Equal(0, optimizer.GradientNorm().item<float>());
        parameters[0].grad = tensor(new[] { 1f, 2f });
        parameters[1].grad = tensor(new[] { 2f, 4f }).reshape(1, 2);
        Assert.Equal(5, optimizer.GradientNorm().item<float>(), 1e-6);
        optimizer.Shorten(0.5);
        Assert.Equal(2.5, optimizer.GradientNorm().item<float>(), 1e-6);
        optimizer.ZeroGradients();
        Assert.Equal(0, optimizer.GradientNorm().item<float>());
    }
}
