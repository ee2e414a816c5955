using ProbUNet.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Training;

/// <summary>Ours are torch's optimisers, bit for bit.</summary>
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
            Assert.All(ours.Zip(theirs), pair => Assert.Equal(pair.Second.data<float>().ToArray(), pair.First.data<float>().ToArray()));
        }
        Assert.Equal(6, mine.Steps);
    }

    [Fact]
    public void TheGradientsNorm_IsThatOfAllNumbersTogether_AndIsShortened()
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = [new(zeros(2)), new(zeros(1, 2)), new(zeros(3))];
        using var optimizer = new ProbUNet.Models.Training.Adam(parameters.Select((parameter, i) => ($"p{i}", parameter)), new HashSet<string>(), new TrainingPlan());
        Assert.Equal(0, optimizer.GradientNorm());
        parameters[0].grad = tensor(new[] { 1f, 2f });
        parameters[1].grad = tensor(new[] { 2f, 4f }).reshape(1, 2);
        Assert.Equal(5, optimizer.GradientNorm(), 1e-6);
        optimizer.Shorten(0.5);
        Assert.Equal(2.5, optimizer.GradientNorm(), 1e-6);
        optimizer.ZeroGradients();
        Assert.Equal(0, optimizer.GradientNorm());
    }
}
