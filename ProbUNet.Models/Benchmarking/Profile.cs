using System.Diagnostics;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources.Synthetic;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Benchmarking;

/// <summary>Part of a work.</summary>
/// <param name="Name">A phase, or a node of the graph behind its function: <c>features/encoder0.conv1</c>.</param>
/// <param name="What">What it does; empty for a phase.</param>
/// <param name="Ms">The median time, milliseconds; of all calls in the work together.</param>
/// <param name="Gigaflops">Billions of floating-point operations: two a multiply-add of its convolutions, twice as many again for their backward pass; 0 where there is none.</param>
internal sealed record ProfileRow(string Name, string What, double Ms, double Gigaflops)
{
    /// <summary>Billions of operations a second.</summary>
    public double Rate => Gigaflops / Ms * 1e3;
}

/// <summary>Where the time of a work goes.</summary>
/// <param name="Precision">What was computed in.</param>
/// <param name="Work">The work's name.</param>
/// <param name="Peak">The most that this machine does of a large product or convolution in that precision, measured just before; GFLOP/s.</param>
/// <param name="Phases">What the work is made of; they sum up to it.</param>
/// <param name="Operators">Every node of the graph as it is computed, in the forward pass, in order.</param>
internal sealed record Profile(string Precision, string Work, double Peak, IReadOnlyList<ProfileRow> Phases, IReadOnlyList<ProfileRow> Operators);

/// <summary>Looks where the time of the standard work goes. The interpreter runs it, which computes what generated code does, node by node.</summary>
internal static class Profiler
{
    private const int WarmUps = 2;

    /// <summary>A training step and 16 samples.</summary>
    /// <param name="precision">A precision of <see cref="Arithmetic"/>.</param>
    /// <param name="threads">Of libtorch.</param>
    /// <param name="runs">Of which medians are taken.</param>
    public static IReadOnlyList<Profile> Of(string precision, int threads, int runs)
    {
        set_num_threads(threads);
        var peak = Peak(Arithmetic.TypeOf(precision));
        using var network = Network(StandardNet.Spec);
        Arithmetic.Set(network, precision);
        return [Step(network, precision, Work.Training, peak, runs), Samples(network, precision, new Work(WorkKind.Sample, 16), peak, runs)];
    }

    private static ProbabilisticUNetModel Network(ProbabilisticUNetSpec spec) => Interpreter.Create(spec, seed: 1).Match(model => model, errors => throw new InvalidOperationException($"The standard network has errors: {errors}"));

    /// <summary>The phases of a step are those of <see cref="TrainingSession"/>, without what waits for images and looks after numbers.</summary>
    internal static Profile Step(ProbabilisticUNetModel network, string precision, Work work, double peak, int runs)
    {
        var image = network.Declaration.Image;
        var plan = Arithmetic.Of(new TrainingPlan { BatchSize = work.Count, LearningRate = 1e-4 }, precision);
        using var batch = new BatchSampler(SyntheticLesions.Draw(image.Height, image.Width, work.Count, 0, 0).Train, work.Count, seed: 1).Draw(1, CPU);
        using var optimizer = new Adam(network.named_parameters().Select(named => (named.name, named.parameter)), network.ConvolutionWeights, plan);
        using var random = RandomStream.GeneratorOf(1);
        network.train();
        var watch = new Watch(network.Runner!);
        for (var run = 0; run < WarmUps + runs; run++)
        {
            watch.Begin(isCounted: run >= WarmUps);
            using var scope = NewDisposeScope();
            watch.Phase("zero gradients", optimizer.ZeroGradients);
            var prior = watch.Phase("prior", () => network.Prior(batch.Image));
            var posterior = watch.Phase("posterior", () => network.Posterior(batch.Image, batch.Mask));
            var features = watch.Phase("features", () => network.Features(batch.Image));
            var logits = watch.Phase("combine", () =>
            {
                using var noise = DiagonalGaussian.Noise(posterior.Mean.shape, CPU, random);
                return network.Combine(features, posterior.At(noise));
            });
            var loss = watch.Phase("loss", () => plan.Objective.Reduce(new LossTerms(LossTerms.CrossEntropyOf(logits, batch.Mask), posterior.KullbackLeiblerPerDimension(prior)), plan.Beta, network));
            watch.Phase("backward", () => loss.backward());
            watch.Phase("optimiser", () =>
            {
                optimizer.GradientNorm();
                optimizer.Step(plan.LearningRate);
            });
        }
        network.eval();
        return watch.Done(precision, work, peak, backward: "backward");
    }

    internal static Profile Samples(ProbabilisticUNetModel network, string precision, Work work, double peak, int runs)
    {
        var image = network.Declaration.Image;
        using var x = Data.ImageTensors.Of(SyntheticLesions.DrawImage(Data.DataSplit.Train, 0, image.Height, image.Width), CPU);
        using var random = RandomStream.GeneratorOf(1);
        var watch = new Watch(network.Runner!);
        for (var run = 0; run < WarmUps + runs; run++)
        {
            watch.Begin(isCounted: run >= WarmUps);
            watch.Phase("all", () => network.Sample(x, work.Count, random).Dispose());
        }
        return watch.Done(precision, work, peak, backward: null);
    }

    /// <summary>GFLOP/s of a product of 2048x2048 and of a convolution like the widest ones, channels first or last: the best of them, each at its median.</summary>
    private static double Peak(ScalarType type)
    {
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        const int side = 2048, batch = 8, channels = 128, map = 64;
        var timing = new Timing(WarmUps: 2, Seconds: 0.3, Least: 5);
        var (a, b) = (rand(side, side).to(type), rand(side, side).to(type));
        var (x, w) = (rand(batch, channels, map, map).to(type), rand(channels, channels, 3, 3).to(type));
        var (xLast, wLast) = (Layout.ChannelsLast(x), Layout.ChannelsLast(w));
        double Rate(double multiplyAdds, Func<Tensor> make) => 2 * multiplyAdds / Timing.Median(timing.Of(() => make().Dispose())) / 1e6;
        const double product = (double)side * side * side, convolution = (double)batch * map * map * channels * channels * 9;
        return Math.Max(Rate(product, () => a.matmul(b)), Math.Max(Rate(convolution, () => nn.functional.conv2d(x, w, padding: [1, 1])), Rate(convolution, () => nn.functional.conv2d(xLast, wLast, padding: [1, 1]))));
    }

    /// <summary>Notes when each node was done, and each phase.</summary>
    private sealed class Watch
    {
        private readonly GraphRunner _runner;
        private readonly Dictionary<Node, Seen> _nodes;
        private readonly List<Seen> _inOrder = [];
        private readonly List<(string Name, List<double> Times)> _phases = [];
        private bool _isCounted;
        private long _last;
        private int _runs;

        public Watch(GraphRunner runner)
        {
            _runner = runner;
            // By reference: nodes of two functions may well be equal.
            _nodes = runner.Graph.Functions.SelectMany(function => function.Nodes.Select(node => (node, new Seen(function, node)))).ToDictionary(each => each.node, each => each.Item2, (IEqualityComparer<Node>)ReferenceEqualityComparer.Instance);
        }

        public void Begin(bool isCounted)
        {
            _isCounted = isCounted;
            _runs += isCounted ? 1 : 0;
        }

        public void Phase(string name, Action act) => Phase(name, () =>
        {
            act();
            return 0;
        });

        public T Phase<T>(string name, Func<T> act)
        {
            _runner.Observer = See;
            var begin = _last = Stopwatch.GetTimestamp();
            var result = act();
            var took = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            _runner.Observer = null;
            if (!_isCounted)
                return result;
            if (_phases.Find(phase => phase.Name == name).Times is not { } times)
                _phases.Add((name, times = []));
            times.Add(took);
            return result;
        }

        public Profile Done(string precision, Work work, double peak, string? backward)
        {
            ProfileRow[] rows = [.. _inOrder.Select(seen => new ProfileRow($"{seen.Function.Name}/{seen.Node.Name}", seen.Node.Operator.Description, Timing.Median(seen.Times(_runs)), seen.Gigaflops / _runs))];
            double In(string function) => rows.Where(row => row.Name.StartsWith(function + "/", StringComparison.Ordinal)).Sum(row => row.Gigaflops);
            ProfileRow[] phases = [.. _phases.Select(phase => new ProfileRow(phase.Name, "", Timing.Median(phase.Times), phase.Name == "all" ? rows.Sum(row => row.Gigaflops) : phase.Name == backward ? 2 * rows.Sum(row => row.Gigaflops) : In(phase.Name)))];
            return new Profile(precision, work.Name, peak, phases, rows);
        }

        private void See(Node node, Tensor made)
        {
            var now = Stopwatch.GetTimestamp();
            if (_isCounted && _nodes.TryGetValue(node, out var seen))
            {
                if (seen.Add(_runs, Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds, made.shape[0]))
                    _inOrder.Add(seen);
                now = Stopwatch.GetTimestamp();
            }
            _last = now;
        }

        private sealed class Seen(GraphFunction function, Node node)
        {
            private readonly Dictionary<int, double> _times = [];

            public GraphFunction Function => function;

            public Node Node => node;

            public double Gigaflops { get; private set; }

            /// <summary>Whether it was the first time.</summary>
            public bool Add(int run, double ms, long batch)
            {
                var isFirst = _times.Count == 0;
                _times[run] = _times.GetValueOrDefault(run) + ms;
                Gigaflops += 2e-9 * batch * node.Operator.MultiplyAdds(function.ShapeOf(node.Inputs[0]), node.Shape);
                return isFirst;
            }

            public IEnumerable<double> Times(int runs) => Enumerable.Range(1, runs).Select(run => _times.GetValueOrDefault(run));
        }
    }
}
