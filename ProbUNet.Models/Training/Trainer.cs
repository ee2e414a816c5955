using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>Fits a network to graded images.</summary>
public static class Trainer
{
    /// <summary>How many images the diversity of samples is looked at on, and how many samples of each.</summary>
    private const int DiversityImages = 8, DiversitySamples = 4;

    /// <summary>
    /// Trains in place. A step is a function of the weights, the optimiser's state (and GECO's), the seed and the step's number alone, so that
    /// two runs on one machine are the same, bit for bit. The members of an ensemble are trained independently of each other: each has images,
    /// graders and noise of its own.
    /// </summary>
    /// <param name="model">The network; its weights change.</param>
    /// <param name="images">What to train on; all of the network's size.</param>
    /// <param name="plan">How.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="run">Where metrics go on the way and the weights at the end; nowhere if left out.</param>
    /// <param name="cancellation">Ends the training between two steps.</param>
    /// <exception cref="InputException">A setting, the data's size, a loss that is no longer a number, or a run folder that cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled; the weights are those of the last whole step.</exception>
    public static void Train(SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan,
        IProgress<TrainingStep>? progress = null, RunFolder? run = null, CancellationToken cancellation = default)
    {
        Check(model, images, plan);
        var decayed = model.ConvolutionWeights;
        var parts = Enumerable.Range(0, model.PartCount).Select(part => new Part(model, images, plan, part, decayed)).ToList();
        var answers = Spread(images.Count, DiversityImages).Max(place => images[place].Reference.Modes.Count);
        var health = new TrainingHealth(plan, model.Declaration.Image.Height * model.Declaration.Image.Width, model is LatentVariableModel { PriorSeesImage: false } ? (long)answers * images.Count : answers);
        using var metrics = run?.OpenMetrics();
        model.train();
        try
        {
            for (var step = 1; step <= plan.Steps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                var done = Mean(parts.ConvertAll(part => part.Step(step)));
                if (!double.IsFinite(done.Loss))
                    throw new InputException($"TrainingPlan.LearningRate {plan.LearningRate}", $"the loss of step {step} is {done.Loss}", "lower the learning rate");
                if (plan.DiversityEvery > 0 && step % plan.DiversityEvery == 0)
                    done = done with { Diversity = DiversityOf(model, images) };
                done = done with { Warning = health.Notice(done) };
                metrics?.Append(done);
                progress?.Report(done);
            }
        }
        finally
        {
            model.eval();
            parts.ForEach(part => part.Dispose());
        }
        // A step tells of the weights before it: what the last one made is looked at here.
        if (model.named_parameters().FirstOrDefault(named => !IsFinite(named.parameter)) is { parameter: not null } broken)
            throw new InputException($"TrainingPlan.LearningRate {plan.LearningRate}", $"the last step left no numbers in {broken.name}", "lower the learning rate");
        run?.SaveCheckpoint(model, plan.Steps);
    }

    /// <summary>Refuses what <see cref="Train"/> would refuse before its first step.</summary>
    /// <exception cref="InputException">A setting, or the data's size or classes.</exception>
    public static void Check(SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan)
    {
        plan.Check();
        if (plan.Objective == Objective.Reference && model is not ProbabilisticUNetModel)
            throw new InputException("TrainingPlan.Objective Reference", $"it is the loss of a Probabilistic U-Net, and this is a {Families.Of(model.Declaration).Name}", "use Paper");
        if (plan.Geco is not null && model is not LatentVariableModel)
            throw new InputException("TrainingPlan.Geco", $"it weighs a KL term, and a {Families.Of(model.Declaration).Name} has none", "leave it out");
        Fit.Check(model.Declaration, images);
        if (images.FirstOrDefault(image => image.Grading is Grading.Unknown) is { } ungraded)
            throw new InputException(ungraded.Name, "nobody has graded this image", "train on images that have graders");
    }

    /// <summary>How a few images' samples differ, and how their graders do.</summary>
    private static Diversity DiversityOf(SegmentationModel model, IReadOnlyList<GradedImage> images)
    {
        model.eval();
        try
        {
            // Spread over the set, and always the same, so that the numbers of a run are one curve.
            var looked = Spread(images.Count, DiversityImages).Select(place => images[place]);
            var distances = looked.Select(image => GeneralizedEnergyDistance.Between(Predictor.Predict(model, image, DiversitySamples).Samples, image.Reference, image.Classes)).ToList();
            return new Diversity(distances.Average(distance => distance.SampleDiversity), distances.Average(distance => distance.GraderDiversity));
        }
        finally
        {
            model.train();
        }
    }

    /// <summary>At most so many places of a list, evenly over all of it, each once.</summary>
    internal static IEnumerable<int> Spread(int length, int most)
    {
        var count = Math.Min(length, most);
        return Enumerable.Range(0, count).Select(i => (int)((long)i * length / count));
    }

    private static TrainingStep Mean(List<TrainingStep> parts) => parts.Count == 1 ? parts[0] : parts[0] with
    {
        Loss = parts.Average(part => part.Loss),
        CrossEntropy = parts.Average(part => part.CrossEntropy),
    };

    private static bool IsFinite(Tensor values)
    {
        using var _ = no_grad();
        using var each = values.isfinite();
        using var all = each.all();
        return all.ToBoolean();
    }

    /// <summary>A network that is trained by itself: all of the model, or one member of an ensemble.</summary>
    private sealed class Part : IDisposable
    {
        private readonly SegmentationModel _model;
        private readonly TrainingPlan _plan;
        private readonly int _part;
        private readonly long _seed;
        private readonly BatchSampler _sampler;
        private readonly Adam _optimizer;
        private Geco _geco = Geco.Start;

        public Part(SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan, int part, IReadOnlySet<string> decayed)
        {
            (_model, _plan, _part) = (model, plan, part);
            // The first part has the plan's own seed: an ensemble of one is trained as a plain U-Net is.
            _seed = part == 0 ? plan.Seed : unchecked((long)RandomStream.For(plan.Seed, (long)Purpose.Part, part).NextUInt64());
            _sampler = new BatchSampler(images, plan.BatchSize, _seed);
            _optimizer = Optimizer(model.ParametersOf(part), decayed, plan);
        }

        public TrainingStep Step(int step)
        {
            using var scope = NewDisposeScope();
            foreach (var group in _optimizer.ParamGroups)
                group.LearningRate = _plan.LearningRateAt(step);

            var batch = _sampler.Draw(step, _model.Device);
            // A generator a step: training goes on from any step as if it had never stopped.
            using var random = RandomStream.For(_seed, (long)Purpose.Noise, step).Generator();

            _optimizer.zero_grad();
            var (beta, weight) = (_plan.BetaAt(step), _plan.Geco is null ? 1 : _geco.Weight);
            var terms = _model.Loss(batch.Image, batch.Mask, random, _part);
            var loss = _plan.Objective.Reduce(terms, beta, _model, weight);
            loss.backward();
            _optimizer.step();

            var crossEntropy = terms.CrossEntropy.mean().ToDouble();
            if (_plan.Geco is { } geco)
                _geco = _geco.After(geco, crossEntropy / (_model.Declaration.Image.Height * _model.Declaration.Image.Width));
            var perDimension = terms.KullbackLeibler?.detach().mean([0]).cpu().data<float>().Select(nats => (double)nats).ToArray();
            return new TrainingStep(step, _plan.Steps, loss.ToDouble(), crossEntropy, terms.KullbackLeibler?.sum(1).mean().ToDouble() ?? 0, _plan.LearningRateAt(step))
            {
                KullbackLeiblerPerDimension = perDimension,
                Beta = beta,
                ReconstructionWeight = weight,
            };
        }

        public void Dispose() => _optimizer.Dispose();

        /// <summary>Adam with the L2 penalty on the weights of convolutions, and none on biases and norms.</summary>
        private static Adam Optimizer(IEnumerable<(string Name, Parameter Parameter)> named, IReadOnlySet<string> decayed, TrainingPlan plan)
        {
            var penalised = named.ToLookup(parameter => decayed.Contains(parameter.Name), parameter => parameter.Parameter);
            Adam.ParamGroup Group(bool isPenalised) => new([.. penalised[isPenalised]], new Adam.Options { weight_decay = isPenalised ? plan.WeightDecay : 0 });
            return optim.Adam([Group(true), Group(false)], lr: plan.LearningRate);
        }
    }
}
