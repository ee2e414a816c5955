using ProbUNet.Models.Data;
using ProbUNet.Models.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>Fits a network to graded images.</summary>
public static class Trainer
{
    /// <summary>
    /// Trains in place. A step is a function of the weights, the optimiser's state, the seed and the step's number alone, so that two
    /// runs on one machine are the same, bit for bit.
    /// </summary>
    /// <param name="model">The network; its weights change.</param>
    /// <param name="images">What to train on; all of the network's size.</param>
    /// <param name="plan">How.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="run">Where metrics go on the way and the weights at the end; nowhere if left out.</param>
    /// <param name="cancellation">Ends the training between two steps.</param>
    /// <exception cref="InputException">A setting, the data's size, a loss that is no longer a number, or a run folder that cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled; the weights are those of the last whole step.</exception>
    public static void Train(ProbabilisticUNetModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan,
        IProgress<TrainingStep>? progress = null, RunFolder? run = null, CancellationToken cancellation = default)
    {
        plan.Check();
        Fit.Check(model.Declaration, images);
        var sampler = new BatchSampler(images, plan.BatchSize, plan.Seed);
        using var optimizer = Optimizer(model, plan);
        using var metrics = run?.OpenMetrics();
        model.train();
        try
        {
            for (var step = 1; step <= plan.Steps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                var done = Step(model, sampler, optimizer, plan, step);
                if (!double.IsFinite(done.Loss))
                    throw new InputException($"TrainingPlan.LearningRate {plan.LearningRate}", $"the loss of step {step} is {done.Loss}", "lower the learning rate");
                metrics?.Append(done);
                progress?.Report(done);
            }
        }
        finally
        {
            model.eval();
        }
        // A step tells of the weights before it: what the last one made is looked at here.
        if (model.named_parameters().FirstOrDefault(named => !IsFinite(named.parameter)) is { parameter: not null } broken)
            throw new InputException($"TrainingPlan.LearningRate {plan.LearningRate}", $"the last step left no numbers in {broken.name}", "lower the learning rate");
        run?.SaveCheckpoint(model, plan.Steps);
    }

    private static TrainingStep Step(ProbabilisticUNetModel model, BatchSampler sampler, Adam optimizer, TrainingPlan plan, int step)
    {
        using var scope = NewDisposeScope();
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = plan.LearningRateAt(step);

        var batch = sampler.Draw(step, model.Device);
        // A generator a step: training goes on from any step as if it had never stopped.
        using var random = new Generator(RandomStream.For(plan.Seed, (long)Purpose.Noise, step).NextUInt64());
        var noise = randn([plan.BatchSize, model.Declaration.Latent.Dimension], generator: random).to(model.Device);

        optimizer.zero_grad();
        var terms = ElboLoss.Terms(model, batch.Image, batch.Mask, noise);
        var loss = ElboLoss.Reduce(terms, plan.Beta, plan.Objective, model);
        loss.backward();
        optimizer.step();
        return new TrainingStep(step, plan.Steps, loss.ToDouble(), terms.CrossEntropy.mean().ToDouble(), terms.KullbackLeibler.sum(1).mean().ToDouble(), plan.LearningRateAt(step));
    }

    private static bool IsFinite(Tensor values)
    {
        using var _ = no_grad();
        using var each = values.isfinite();
        using var all = each.all();
        return all.ToBoolean();
    }

    /// <summary>Adam with the L2 penalty on weights, and none on biases.</summary>
    private static Adam Optimizer(ProbabilisticUNetModel model, TrainingPlan plan)
    {
        var named = model.named_parameters().ToList();
        Adam.ParamGroup Group(string ending, double decay) => new(
            named.Where(parameter => parameter.name.EndsWith(ending, StringComparison.Ordinal)).Select(parameter => parameter.parameter).ToList(),
            new Adam.Options { weight_decay = decay });
        return optim.Adam([Group(".weight", plan.WeightDecay), Group(".bias", 0)], lr: plan.LearningRate);
    }
}
