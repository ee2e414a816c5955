using System.Globalization;
using System.Runtime.InteropServices;
using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>
/// A training between two steps. A step is a function of the weights, this state, the seed and the step's number alone, so that two runs on one machine are the same, bit for
/// bit, and a training that was stopped goes on as if it never had. The members of an ensemble are trained independently of each other.
/// </summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly SegmentationModel _model;
    private readonly TrainingPlan _plan;
    private readonly List<Part> _parts;
    private readonly List<TorchSharp.Modules.Parameter> _frozen;
    private readonly List<nn.Module> _still;
    private readonly TensorCopies _statistics;
    private readonly WeightAverage? _average;
    private readonly Communicator _ranks;

    /// <summary>Before the first step; the network is in training mode until the session is disposed.</summary>
    /// <param name="model">The network; its weights change.</param>
    /// <param name="images">What to train on; checked already.</param>
    /// <param name="plan">How; checked already.</param>
    /// <param name="ahead">Batches that are made before they are needed; they are the same for any number.</param>
    /// <param name="done">Steps that a restored state will have behind it.</param>
    /// <param name="ranks">Those who train together; all of them begin with the weights of the first. One alone if left out.</param>
    /// <param name="wire">What gradients are rounded to on their way between them.</param>
    /// <param name="time">By what waiting is measured; the system's clock if left out.</param>
    public TrainingSession(SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan, int ahead, int done = 0, Communicator? ranks = null, Precision wire = default, TimeProvider? time = null)
    {
        (_model, _plan, StepsDone, _ranks) = (model, plan, done, ranks ?? Communicator.Alone);
        model.Precision = plan.Precision;
        Broadcast(Weights.State(model));
        _frozen = [.. model.named_parameters().Where(named => IsFrozen(plan, named.name)).Select(named => named.parameter)];
        _frozen.ForEach(parameter => parameter.requires_grad = false);
        // A layer whose parameters all stay keeps its running statistics as well: it is the same function afterwards.
        var still = model.named_modules().Where(named => named.module is Layer && named.module.named_parameters().ToList() is { Count: > 0 } own && own.All(parameter => IsFrozen(plan, $"{named.name}.{parameter.name}"))).ToList();
        _still = [.. still.Select(named => named.module)];
        var moving = model.named_buffers().Where(named => !still.Exists(layer => named.name.StartsWith(layer.name + ".", StringComparison.Ordinal))).ToList();
        _statistics = new TensorCopies(moving.Select(named => (named.name, named.buffer)));
        _average = plan.AverageDecay is null ? null : new WeightAverage(
            [.. model.named_parameters().Where(named => !IsFrozen(plan, named.name)).Select(named => (named.name, (Tensor)named.parameter)), .. moving.Select(named => (named.name, named.buffer))]);
        _parts = [.. Enumerable.Range(0, model.PartCount).Select(part => new Part(model, images, plan, part, done, ahead, _ranks, wire, time ?? TimeProvider.System))];
        Train();
    }

    /// <summary>Steps behind it.</summary>
    public int StepsDone { get; private set; }

    /// <summary>How long steps have waited for their images.</summary>
    public TimeSpan Waited => _parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + part.Waited);

    /// <summary>GECO's state, a part each.</summary>
    public IReadOnlyList<Geco> Geco => [.. _parts.Select(part => part.Geco)];

    /// <summary>Tensors beside the network's that the next step depends on, by name.</summary>
    public IEnumerable<(string Name, Tensor Values)> State => _parts.SelectMany(part => part.State).Concat(_average?.State ?? []);

    /// <summary>Takes the next step.</summary>
    /// <exception cref="InputException">Something is no longer a number. Weights and running statistics of all parts are those before the step.</exception>
    public TrainingStep Next()
    {
        var step = StepsDone + 1;
        _statistics.Take();
        List<TrainingStep> parts;
        try
        {
            // No part moves before all gradients are known to be numbers.
            parts = _parts.ConvertAll(part => part.Gradient(step));
        }
        catch (InputException error)
        {
            _statistics.PutBack();
            if (!error.IsDivergence || FirstBroken() is not { } broken)
                throw;
            // The images are innocent.
            throw InputException.NoNumber(error.Input, $"{error.Problem}; there was no number in {broken} before", error.Remedy, error);
        }
        _parts.ForEach(part => part.Move(step));
        AverageStatistics();
        var done = Mean(parts);
        _average?.Follow(_plan.AverageDecayAt(step));
        StepsDone = step;
        return done;
    }

    /// <summary>Has the weights that a user gets in the network, ready to be asked, until what it returns is disposed: the running mean where the plan wants it.</summary>
    public IDisposable Evaluating()
    {
        _average?.Exchange();
        _model.eval();   // after the exchange: it forgets what was made of the weights before
        return new Evaluation(this);
    }

    /// <summary>Leaves the weights that a user gets in the network for good.</summary>
    public void Finish() => _average?.Exchange();

    /// <summary>Takes over tensors of <see cref="State"/>, copied while <see cref="Evaluating"/>, and GECO's state; the network has its weights already.</summary>
    /// <param name="tensors">By name, all of those there are; nothing on ranks behind the first, which get its.</param>
    /// <param name="geco">A part each.</param>
    /// <param name="source">What a refusal names.</param>
    /// <exception cref="InputException">They are not this training's.</exception>
    public void Restore(IReadOnlyDictionary<string, StoredTensor>? tensors, IReadOnlyList<Geco> geco, string source)
    {
        if (tensors is not null)
            Weights.Assign(State, source, tensors);
        if (geco.Count != _parts.Count)
            throw new InputException(source, $"it has {geco.Count} parts where the network has {_parts.Count}", "go on with the network that it was saved from");
        foreach (var (part, its) in _parts.Zip(geco))
            part.Restore(its, StepsDone);
        Broadcast(State);
        _average?.Exchange();   // the network had the mean until now, and the average the weights
    }

    /// <summary>Refuses weights, or running statistics, of which one is no longer a number.</summary>
    /// <exception cref="InputException">Names the first of them.</exception>
    public void CheckNumbers()
    {
        if (FirstBroken() is { } name)
            throw Broken(name);
    }

    /// <summary>Refuses to go on where ranks do not have the same weights, bit for bit: their sums were not the same, or a memory is broken.</summary>
    /// <exception cref="InvalidOperationException">Names the ranks that have others than the first.</exception>
    public void CheckRanks()
    {
        if (_ranks.Size == 1)
            return;
        var mine = Weights.HashOf(_model);
        var all = _ranks.Map(_ranks.Size, _ => mine);
        if (Enumerable.Range(0, _ranks.Size).Where(rank => all[rank] != all[0]).ToList() is { Count: > 0 } others)
            throw new InvalidOperationException($"after step {StepsDone} the weights of rank {string.Join(", ", others)} are not those of rank 0");
    }

    /// <summary>Gives all ranks the values of the first.</summary>
    private void Broadcast(IEnumerable<(string Name, Tensor Values)> tensors)
    {
        if (_ranks.Size == 1)
            return;
        using var _ = no_grad();
        foreach (var (_, values) in tensors)
        {
            using var scope = NewDisposeScope();
            var sent = values.cpu().contiguous().clone();
            _ranks.Broadcast(sent.bytes);
            values.copy_(sent);
        }
    }

    /// <summary>Gives all ranks the mean of their running statistics, each of which has seen its own images alone.</summary>
    private void AverageStatistics()
    {
        if (_ranks.Size == 1)
            return;
        using var share = _parts[0].Share.ToScalar();
        _statistics.Each((values, _) =>
        {
            using var scope = NewDisposeScope();
            var sum = values.cpu().contiguous().mul(share);
            _ranks.AllReduce(MemoryMarshal.Cast<byte, float>(sum.bytes));
            values.copy_(sum);
        });
    }

    private InputException Broken(string name) =>
        InputException.NoNumber(FormattableString.Invariant($"TrainingPlan.LearningRate {_plan.LearningRate}"), $"the last step left no numbers in {name}", "lower the learning rate");

    private string? FirstBroken()
    {
        using var _ = no_grad();
        foreach (var (name, values) in Weights.State(_model))
        {
            using var each = values.isfinite();
            using var all = each.all();
            if (!all.ToBoolean())
                return name;
        }
        return null;
    }

    private void Train()
    {
        _model.train();
        _still.ForEach(layer => layer.eval());
    }

    /// <summary>Whether a parameter stays as it is.</summary>
    internal static bool IsFrozen(TrainingPlan plan, string name) => plan.Frozen.Any(pattern => Wildcard.Fits(pattern, name));

    /// <summary>Frees what it has, and leaves the network in evaluation mode.</summary>
    public void Dispose()
    {
        _model.eval();
        _parts.ForEach(part => part.Dispose());
        _average?.Dispose();
        _statistics.Dispose();
        _frozen.ForEach(parameter => parameter.requires_grad = true);
    }

    private static TrainingStep Mean(List<TrainingStep> parts) => parts.Count == 1 ? parts[0] : parts[0] with
    {
        Loss = parts.Average(part => part.Loss),
        CrossEntropy = parts.Average(part => part.CrossEntropy),
        GradientNorm = parts.Average(part => part.GradientNorm),
    };

    private sealed class Evaluation(TrainingSession session) : IDisposable
    {
        public void Dispose()
        {
            session._average?.Exchange();
            session.Train();
        }
    }

    /// <summary>A network that is trained by itself: all of the model, or one member of an ensemble.</summary>
    private sealed class Part : IDisposable
    {
        private readonly SegmentationModel _model;
        private readonly TrainingPlan _plan;
        private readonly int _part;
        private readonly long _seed;
        private readonly BatchSampler _sampler;
        private readonly BatchLoader _loader;
        private readonly Adam _optimizer;
        private readonly Communicator _ranks;
        private readonly GradientExchange? _exchange;
        private readonly int _first;
        private Geco _next = Geco.Start;

        public Part(SegmentationModel model, IReadOnlyList<GradedImage> images, TrainingPlan plan, int part, int done, int ahead, Communicator ranks, Precision wire, TimeProvider time)
        {
            (_model, _plan, _part, _ranks) = (model, plan, part, ranks);
            var shard = Shard.Of(ranks);
            (_first, Share) = (shard.First(plan.BatchSize), (double)shard.Count(plan.BatchSize) / plan.BatchSize);
            // The first part has the plan's own seed: an ensemble of one is trained as a plain U-Net is.
            _seed = part == 0 ? plan.Seed : unchecked((long)RandomStream.For(plan.Seed, (long)Purpose.Part, part).NextUInt64());
            _sampler = new BatchSampler(images, plan.BatchSize, _seed, plan.Augmentation, shard, plan.Graders);
            _loader = new BatchLoader(step => _sampler.Draw(step, CPU), done + 1, plan.Steps, ahead, time);
            var moved = model.ParametersOf(part).Where(named => !IsFrozen(plan, named.Name)).ToList();
            _optimizer = new Adam(moved, model.ConvolutionWeights, plan);
            _exchange = ranks.Size == 1 ? null : new GradientExchange(ranks, moved.Select(named => named.Parameter), wire);
        }

        /// <summary>What part of each batch this rank trains on, in (0, 1].</summary>
        public double Share { get; }

        public TimeSpan Waited => _loader.Waited;

        public Geco Geco { get; private set; } = Geco.Start;

        public IEnumerable<(string Name, Tensor Values)> State => _optimizer.State;

        public void Restore(Geco geco, int steps) => (Geco, _optimizer.Steps) = (geco, steps);

        /// <summary>Works out what the next step is, and leaves the weights as they are.</summary>
        public TrainingStep Gradient(int step)
        {
            using var scope = NewDisposeScope();
            var batch = _loader.Next(_model.Device);
            // A generator a step: training goes on from any step as if it had never stopped.
            using var random = RandomStream.For(_seed, (long)Purpose.Noise, step).Generator();
            // The noise of z belongs to a place of the batch, on whatever rank; dropout is drawn by each rank for itself.
            using var own = _ranks.IsFirst ? null : RandomStream.For(_seed, (long)Purpose.Noise, step, _ranks.Rank).Generator();

            _optimizer.ZeroGradients();
            var (beta, weight) = (_plan.BetaAt(step), _plan.Geco is null ? 1 : Geco.Weight);
            var terms = _model.LossOfSome(batch.Image, batch.Mask, (_plan.BatchSize, _first), random, own ?? random, _part);
            var loss = Objectives.Reduce(_plan.Objective, terms, beta, _model, weight, Share);
            loss.backward();
            _exchange?.Sum();
            // All that a step tells comes from its device at once: a GPU is waited for once a step.
            Tensor[] told = [loss.detach().reshape(1), _optimizer.GradientNorm().to(loss.device).reshape(1), terms.CrossEntropy.detach().mean().reshape(1), .. terms.KullbackLeibler is { } nats ? [nats.detach().sum(1).mean().reshape(1), nats.detach().mean([0])] : Array.Empty<Tensor>()];
            double[] numbers = [.. OfBatch([.. cat(told).cpu().data<float>()])];
            var (value, norm, crossEntropy) = (numbers[0], numbers[1], numbers[2]);
            if (!double.IsFinite(value))
                throw NoNumber(step, $"the loss is {Invariant(value)}", terms);
            if (!double.IsFinite(norm))
                throw NoNumber(step, $"the gradient is {Invariant(norm)} though the loss is {Invariant(value)}", null);
            if (_plan.ClipNorm is { } most && norm > most)
                _optimizer.Shorten(most / norm);

            _next = _plan.Geco is { } geco ? Geco.After(geco, crossEntropy / (_model.Declaration.Image.Height * _model.Declaration.Image.Width)) : Geco;
            var (divergence, perDimension) = terms.KullbackLeibler is null ? (0, null) : (numbers[3], numbers[4..]);
            return new TrainingStep(step, _plan.Steps, value, crossEntropy, divergence, _plan.LearningRateAt(step))
            {
                KullbackLeiblerPerDimension = perDimension,
                Beta = beta,
                ReconstructionWeight = weight,
                GradientNorm = norm,
            };
        }

        /// <summary>What numbers of this rank's images are of the whole batch, the same bits on every rank: the loss is a share of it, the norm is known to all, and all else is a mean.</summary>
        private float[] OfBatch(float[] numbers)
        {
            if (_ranks.Size == 1)
                return numbers;
            numbers[1] *= _ranks.IsFirst ? 1 : 0;
            foreach (ref var mean in numbers.AsSpan(2))
                mean = (float)(mean * Share);
            _ranks.AllReduce(numbers);
            _ranks.Broadcast(MemoryMarshal.AsBytes(numbers.AsSpan()));   // all decide by what the first has, should sums differ in a bit
            return numbers;
        }

        /// <summary>Takes the step.</summary>
        public void Move(int step)
        {
            _optimizer.Step(_plan.LearningRateAt(step));
            Geco = _next;
        }

        public void Dispose()
        {
            _loader.Dispose();
            _optimizer.Dispose();
            _exchange?.Dispose();
        }

        /// <summary>What is no longer a number, for which images, and what to change.</summary>
        private InputException NoNumber(int step, string what, LossTerms? terms)
        {
            var here = _sampler.Choose(step).Select(choice => choice.Image.Name).ToArray();
            var byEntropy = OfAll(terms is { } known ? Broken(known.CrossEntropy, here) : []);
            var byDivergence = OfAll(terms?.KullbackLeibler is { } divergence ? Broken(divergence.sum(1), here) : []);
            var (term, culprits) = byEntropy.Length > 0 ? ("the cross-entropy", byEntropy)
                : byDivergence.Length > 0 ? ("the KL term", byDivergence)
                : (terms is null ? null : "the sum of its terms", OfAll(here));
            const int shown = 3;
            var named = string.Join(", ", culprits.Distinct().Take(shown)) + (culprits.Distinct().Count() is var count && count > shown ? $" and {count - shown} more" : "");
            return InputException.NoNumber($"TrainingPlan.LearningRate {Invariant(_plan.LearningRate)}",
                $"in step {step} {what}{(term is null ? "" : $", by {term}")}; images: {named}",
                _plan.ClipNorm is null ? "lower the learning rate, or bound the gradient by TrainingPlan.ClipNorm, and look at these images" : "lower the learning rate, and look at these images");
        }

        /// <summary>The names that each rank has, in the order of the batch.</summary>
        private string[] OfAll(string[] names) => [.. _ranks.Map(_ranks.Size, _ => names).SelectMany(each => each)];

        private static string[] Broken(Tensor perImage, string[] images)
        {
            using var scope = NewDisposeScope();
            return [.. perImage.detach().cpu().data<float>().Zip(images).Where(pair => !float.IsFinite(pair.First)).Select(pair => pair.Second)];
        }

        private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);
    }
}
