using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Comparison;

/// <summary>
/// Trains and judges the paper's five systems alike. Everything done is on disk: what was stopped is gone on with, and what is finished is not
/// done again. A folder holds <c>plan.json</c>, a run folder a network and seed in <c>runs/</c>, and the scores of every image in <c>scores/</c>.
/// </summary>
public sealed class Comparer
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private const string PlanFile = "plan.json";
    private const string StartAnew = "name a new folder";

    private readonly string _folder;
    private readonly GradedData _data;
    private readonly ComparisonPlan _plan;
    private readonly IReadOnlyList<Contestant> _contestants;
    private readonly IReadOnlyList<GradedImage> _test;
    private readonly string _fingerprint;
    private readonly TimeProvider _time;
    private readonly Device _device;
    private readonly Communicator _ranks;

    /// <summary>Opens or makes the folder of a comparison.</summary>
    /// <param name="folder">Where everything goes: missing, empty, or that of the same comparison.</param>
    /// <param name="data">What is trained on and judged by.</param>
    /// <param name="network">The Probabilistic U-Net, at the data's size; the others take its U-Net.</param>
    /// <param name="plan">How.</param>
    /// <param name="device">Where the networks live; the CPU if left out.</param>
    /// <param name="time">What the minutes of training are measured by; the system's if left out.</param>
    /// <param name="ranks">Those who do it together, each some of the networks, in a folder that all of them see. One alone if left out.</param>
    /// <exception cref="InputException">The plan cannot work, a split is empty, or the folder holds something else.</exception>
    public Comparer(string folder, GradedData data, ProbabilisticUNetSpec network, ComparisonPlan plan, Device? device = null, TimeProvider? time = null, Communicator? ranks = null)
    {
        plan.Check();
        foreach (var (images, split) in new[] { (data.Train, "train"), (data.Test, "test") })
            if (images.Count == 0)
                throw new InputException(data.Name, $"its {split} split has no images", "give it some");
        (_folder, _data, _plan, _device, _time, _ranks) = (folder, data, plan, device ?? CPU, time ?? TimeProvider.System, ranks ?? Communicator.Alone);
        Network = network;
        _contestants = Contestants.For(network, plan.Counts);
        _test = plan.TestImages is { } first ? [.. data.Test.Take(first)] : data.Test;
        _fingerprint = data.FingerprintAsJudged();
        foreach (var contestant in _contestants.SelectMany(contestant => contestant.Networks))
        {
            var errors = contestant.Spec.Validate();
            if (errors.Count > 0)
                throw new InputException(contestant.Key, errors[0].Message, "choose other data or another network");
            Fit.Check(contestant.Spec, [.. data.Train, .. _test], data.Name);
            if (!Recognizes(folder))
                CheckTraining(contestant);
        }
        _ranks.FirstBefore(() =>
        {
            if (!_ranks.IsFirst && !Recognizes(folder))
                throw new InputException(folder, "what the first rank wrote there is not seen here", "name a folder on a file system that all ranks share");
            Claim(network);
        });
    }

    /// <summary>Refuses a recipe that one of the systems cannot be trained by, before another one is.</summary>
    private void CheckTraining(ContestantNetwork contestant)
    {
        using var model = KeptTraining.Make(contestant.Spec, seed: 0, CPU);
        try
        {
            Trainer.Check(model, _data.Train, _plan.Training.For(contestant.Spec), _data.Validation);
        }
        catch (InputException error)
        {
            throw new InputException(error.Input, $"of the systems, {contestant.Key} cannot be trained so: {error.Problem}", error.Remedy, error);
        }
    }

    /// <summary>Whether a folder looks like that of a comparison: it has its plan.</summary>
    public static bool Recognizes(string folder) => File.Exists(Path.Combine(folder, PlanFile));

    /// <summary>Opens the folder of a comparison with the network and the plan that are written down there.</summary>
    /// <param name="folder">Where it is.</param>
    /// <param name="source">Where its data are now; where they were, if left out.</param>
    /// <param name="device">Where the networks live; the CPU if left out.</param>
    /// <exception cref="InputException">There is no comparison, or the data are gone or have changed since.</exception>
    public static Comparer Open(string folder, string? source = null, Device? device = null)
    {
        var path = Path.Combine(folder, PlanFile);
        if (!Recognizes(folder))
            throw new InputException(folder, $"there is no {PlanFile} in this folder", "name the folder of a comparison");
        var there = JsonFile.Read<Claimed>(path, Json, "plan of a comparison", StartAnew);
        var network = SpecJson.Read(there.Spec.ToJsonString()).Match(
            spec => spec as ProbabilisticUNetSpec ?? throw new InputException(path, "its network is no Probabilistic U-Net", StartAnew),
            errors => throw new InputException(path, $"its spec cannot be used ({errors[0].Path}: {errors[0].Message})", StartAnew));
        var data = DataSource.Open(source ?? there.Data, network.Image.Height, network.Image.Width);
        if (data.FingerprintAsJudged() != there.Fingerprint)
            throw new InputException(data.Name, "these are not the data that were compared on", "name with --data where those are");
        return new Comparer(folder, data with { Name = there.Data }, network, there.Plan, device);
    }

    /// <summary>The result that lies in the folder.</summary>
    /// <exception cref="InputException">It is not there yet.</exception>
    public ComparisonResult ReadResult() => Read(Path.Combine(_folder, "comparison.json"));

    /// <summary>Does what is not done yet.</summary>
    /// <param name="train">Given a network's name and what trains it with something to report to: how a training is shown while it runs.</param>
    /// <param name="tell">Told in a line what comes next.</param>
    /// <param name="cancellation">Ends it between two steps; what is whole stays.</param>
    public ComparisonResult Run(Action<string, Action<IProgress<TrainingStep>>> train, Action<string> tell, CancellationToken cancellation = default)
    {
        var networks = _contestants.SelectMany(contestant => contestant.Networks.Select(network => (Contestant: contestant, Network: network))).ToList();
        // Before any of them trains, so that no two of them time one network; and then seed by seed.
        if (_ranks.Size > 1)
            _ranks.Map(networks.Count, place => PlanOf(networks[place].Contestant, networks[place].Network, _plan.Seeds[0]).Steps);
        _ranks.Map(_plan.Seeds.Count * networks.Count, place =>
        {
            var (seed, (contestant, network)) = (_plan.Seeds[place / networks.Count], networks[place % networks.Count]);
            if (!File.Exists(ScoresPath(network, seed)))
            {
                using var model = Trained(contestant, network, seed, train, tell, cancellation, out var seconds);
                tell($"{contestant.Title} ({network.Key}), seed {seed}: judging by {Counted.Of(_test.Count, "image")}");
                Save(ScoresPath(network, seed), ScoresOf(model, network, seed, seconds, cancellation));
            }
            return true;
        });
        return Result();
    }

    /// <summary>The trained network of a system, from its run folder: for pictures.</summary>
    /// <exception cref="InputException">It is not there yet.</exception>
    public SegmentationModel Load(ContestantNetwork network, long seed) => RunOf(network, seed).LoadModel(device: _device);

    /// <summary>The run of a network.</summary>
    /// <exception cref="InputException">It is not there yet.</exception>
    internal RunFolder RunOf(ContestantNetwork network, long seed) => RunFolder.Open(RunPath(network, seed));

    /// <summary>Where everything is.</summary>
    internal string Folder => _folder;

    /// <summary>The Probabilistic U-Net.</summary>
    internal ProbabilisticUNetSpec Network { get; }

    /// <summary>The systems that are compared.</summary>
    public IReadOnlyList<Contestant> Systems => _contestants;

    /// <summary>The images that are judged by.</summary>
    public IReadOnlyList<GradedImage> Test => _test;

    private string RunPath(ContestantNetwork network, long seed) => Path.Combine(_folder, "runs", Name(network, seed));

    private string ScoresPath(ContestantNetwork network, long seed) => Path.Combine(_folder, "scores", Name(network, seed) + ".json");

    private static string Name(ContestantNetwork network, long seed) => string.Create(CultureInfo.InvariantCulture, $"{network.Key}-seed{seed}");

    /// <summary>Writes down what is compared, or refuses a folder where something else was.</summary>
    private void Claim(ProbabilisticUNetSpec network)
    {
        var path = Path.Combine(_folder, PlanFile);
        var wanted = new JsonObject
        {
            ["data"] = _data.Name,
            ["fingerprint"] = _fingerprint,
            ["spec"] = SpecJson.ToNode(network),
            ["plan"] = JsonSerializer.SerializeToNode(_plan, Json),
        };
        if (!File.Exists(path) && new NewFolder(_folder, PlanFile, new(_folder, "the folder is not empty and holds no comparison", StartAnew)).Begin(() => Save(path, wanted)))
            return;
        var there = JsonFile.Read<JsonObject>(path, Json, "plan of a comparison", StartAnew);
        // A spec in an older format is the same spec.
        if (there["spec"] is { } spec && SpecJson.Read(spec.ToJsonString()) is Outcome<ModelSpec, ValueList<SpecError>>.Ok { Value: var same })
            there["spec"] = SpecJson.ToNode(same);
        // As a value: what later versions have beside it has its default.
        if (there["plan"] is JsonObject)
            there["plan"] = JsonSerializer.SerializeToNode(JsonFile.Read<Claimed>(path, Json, "plan of a comparison", StartAnew).Plan, Json);
        // Seeds may come and go: each is a training of its own.
        foreach (var document in new[] { wanted, there })
            (document["plan"] as JsonObject)?.Remove("seeds");
        foreach (var (key, value) in wanted)
            if (!JsonNode.DeepEquals(there[key], value))
                throw new InputException(_folder, $"a comparison with another {key} was begun in this folder", "give the same settings to go on with it, or name a new folder");
    }

    private SegmentationModel Trained(Contestant contestant, ContestantNetwork network, long seed,
        Action<string, Action<IProgress<TrainingStep>>> train, Action<string> tell, CancellationToken cancellation, out double seconds)
    {
        var kept = new KeptTraining(RunPath(network, seed), network.Spec, seed, _data, _device, _time);
        (var model, seconds, _) = kept.Done(() => PlanOf(contestant, network, seed), (plan, go) =>
        {
            tell($"{contestant.Title} ({network.Key}), seed {seed}: {Counted.Of(plan.Steps, "step")}");
            train($"{network.Key} seed {seed}", go);
        }, tell, cancellation);
        return model;
    }

    private TrainingPlan PlanOf(Contestant contestant, ContestantNetwork network, long seed)
    {
        var plan = (_plan.Training with { Beta = network.Beta, Seed = seed, DiversityEvery = 0 }).For(network.Spec);
        return plan with { Steps = _plan.Minutes is { } minutes ? StepsFor(network, plan, 60 * minutes / contestant.Networks.Count) : _plan.Steps };
    }

    /// <summary>How many steps fit into the time. The same for all seeds: the first one's is kept.</summary>
    private int StepsFor(ContestantNetwork network, TrainingPlan plan, double seconds)
    {
        var path = Path.Combine(_folder, "steps", network.Key + ".json");
        if (File.Exists(path))
            return JsonFile.Read<Planned>(path, Json, "number of steps", StartAnew).Steps;
        using var model = KeptTraining.Make(network.Spec, seed: 0, _device);
        var steps = Trainer.StepsIn(model, _data.Train, plan, seconds, _time);
        Save(path, new Planned(steps));
        return steps;
    }

    private Scores ScoresOf(SegmentationModel model, ContestantNetwork network, long seed, double seconds, CancellationToken cancellation)
    {
        // Its own numbers of samples alone: the paper's first n of 16 for all but M-Heads, whose networks have theirs built in.
        var result = Evaluator.Evaluate(model, _test, network.Counts, seed, cancellation: cancellation);
        return new Scores(model.ParameterCount, RunOf(network, seed).Plan.Steps, seconds, [.. network.Counts], [.. result.Images.Select(image => new ScoredImage(
            image.Image, image.Case,
            [.. image.EnergyDistances.Select(ScoredDistance.Of)],
            image.MatchedIou))])
        {
            Parts = model.PartCount,
        };
    }

    private ComparisonResult Result()
    {
        var read = _contestants.ToDictionary(contestant => contestant.Key, contestant => _plan.Seeds.Select(seed =>
            contestant.Networks.Select(network => ReadScores(network, seed)).ToList()).ToList());
        var probabilistic = Families.Of<ProbabilisticUNetSpec>().Key;
        var best = ComparisonSummary.ByImage(read[probabilistic], _plan.Counts, distance => distance.Terms.Squared);
        var empty = Evaluator.ScoreAllEmpty(_test, _plan.Counts);
        double Attainable(int count) => _test.Average(image => GeneralizedEnergyDistance.Attainable(image.Truth!, image.Reference, count, image.Classes));
        return new ComparisonResult
        {
            Data = _data.Name,
            Fingerprint = _fingerprint,
            Image = $"{_test[0].Channels}x{_test[0].Height}x{_test[0].Width}",
            Classes = _data.Classes.Count,
            TrainImages = _data.Train.Count,
            TestImages = _test.Count,
            TestCases = _test.Select(image => image.Case).Distinct().Count(),
            Version = typeof(Comparer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
            Plan = _plan,
            Systems = [.. _contestants.Select(contestant => ComparisonSummary.Of(contestant, read[contestant.Key], _plan, contestant.Key == probabilistic ? null : best))],
            AllEmpty = _plan.Counts.ToDictionary(ComparisonSummary.Key, empty.GedAt),
            Attainable = _test.All(image => image.Truth is not null) ? _plan.Counts.ToDictionary(ComparisonSummary.Key, Attainable) : null,
        };
    }

    private Scores ReadScores(ContestantNetwork network, long seed)
    {
        const string JudgeAnew = "remove it, and the network is judged anew";
        var path = ScoresPath(network, seed);
        var scores = JsonFile.Read<Scores>(path, Json, "scores of a network", JudgeAnew);
        return scores.Counts.SequenceEqual(network.Counts) && scores.Images.Count == _test.Count && scores.Images.All(image => image?.Distances.Count == network.Counts.Count && !image.Distances.Contains(null!))
            ? scores
            : throw new InputException(path, "it has not the scores of these images and numbers of samples", JudgeAnew);
    }

    private static void Save<T>(string path, T content) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, content, Json));

    /// <summary>Writes the result as JSON.</summary>
    public static void Write(ComparisonResult result, string path) => Save(path, result);

    /// <summary>Reads a result.</summary>
    /// <exception cref="InputException">The file is missing or holds none.</exception>
    public static ComparisonResult Read(string path) =>
        JsonFile.Read<ComparisonResult>(path, Json, "result of a comparison", "name the comparison.json that 'probunet compare' wrote");

    /// <summary>What is compared, as it lies on disk.</summary>
    private sealed record Claimed(string Data, string Fingerprint, JsonObject Spec, ComparisonPlan Plan);

    /// <summary>How many steps fit into the time, as they lie on disk.</summary>
    private sealed record Planned(int Steps);
}

/// <summary>The scores of one network and seed, as they lie on disk.</summary>
internal sealed record Scores(long Parameters, int Steps, double Seconds, IReadOnlyList<int> Counts, IReadOnlyList<ScoredImage> Images)
{
    /// <summary>See <see cref="NetworkResult.Parts"/>.</summary>
    public int Parts { get; init; } = 1;
}

/// <summary>The scores of an image.</summary>
internal sealed record ScoredImage(string Image, string Case, IReadOnlyList<ScoredDistance> Distances, double MatchedIou);

/// <summary>An energy distance as it lies on disk, under names that stay as they are: the terms that are summed up, and nothing for what is not defined.</summary>
internal sealed record ScoredDistance(double Cross, double Samples, double Graders, double? Unbiased)
{
    public static ScoredDistance Of(EnergyDistance distance) =>
        new(distance.CrossDistance, distance.SampleDiversity, distance.GraderDiversity, double.IsFinite(distance.UnbiasedSquared) ? distance.UnbiasedSquared : null);

    /// <summary>The distance; of its unbiased diversities only what <see cref="UnbiasedSquared"/> makes of them is known.</summary>
    [JsonIgnore]
    public EnergyDistance Terms => new(Cross, Samples, Graders);

    /// <summary>See <see cref="EnergyDistance.UnbiasedSquared"/>.</summary>
    [JsonIgnore]
    public double UnbiasedSquared => Unbiased ?? double.NaN;

    /// <summary>GED² as V-statistic: for whoever reads the file.</summary>
    public double Squared => Terms.Squared;
}
