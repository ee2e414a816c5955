using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Distributed;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Search;

/// <summary>
/// Finds a recipe by measurement: successive halving (<see cref="SearchPlan"/>). On each rung every variant that is left is trained from the start, with a schedule of its own that ends where the rung does, and judged by
/// GED² on validation images; test images are never read. Everything done is on disk: what was stopped is gone on with, and what is finished is not done again. A folder holds <c>search.json</c> (what is searched),
/// a run folder a rung, variant and seed in <c>runs/</c>, the scores of every image in <c>scores/</c>, and at the end <c>result.json</c> and <c>search.md</c>.
/// </summary>
public sealed partial class Searcher
{
    private static readonly JsonSerializerOptions Json = new(PlanJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    private const string PlanFile = "search.json", ResultFile = "result.json", TableFile = "search.md";
    private const string StartAnew = "name a new folder";
    private const long IntervalSeed = 1;

    private readonly string _folder;
    private readonly GradedData _data;
    private readonly IReadOnlyList<Variant> _variants;
    private readonly SearchPlan _plan;
    private readonly IReadOnlyList<GradedImage> _judged;
    private readonly string _fingerprint;
    private readonly TimeProvider _time;
    private readonly Device _device;
    private readonly Communicator _ranks;

    /// <summary>Opens or makes the folder of a search. Nothing is trained yet.</summary>
    /// <param name="folder">Where everything goes: missing, empty, or that of the same search.</param>
    /// <param name="data">What is trained on, and chosen by.</param>
    /// <param name="variants">What is searched; of variants with equal scores the earlier is the better.</param>
    /// <param name="plan">How.</param>
    /// <param name="device">Where the networks live; the CPU if left out.</param>
    /// <param name="time">What minutes of training are measured by; the system's if left out.</param>
    /// <param name="ranks">Those who do it together, each some of the trainings, in a folder that all of them see. One alone if left out.</param>
    /// <exception cref="InputException">Variants cannot be trained, of which every fault is told; the plan cannot work, a split is empty, or the folder holds something else.</exception>
    public Searcher(string folder, GradedData data, IReadOnlyList<Variant> variants, SearchPlan plan, Device? device = null, TimeProvider? time = null, Communicator? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(data);
        if (variants.Count == 0)
            throw new InputException("the search space", "it has no variants", "give it some");
        plan.Check(variants.Count);
        foreach (var (images, split) in new[] { (data.Train, "train"), (data.Validation, "val") })
            if (images.Count == 0)
                throw new InputException(data.Name, $"its {split} split has no images", "give it some");
        (_folder, _data, _plan, _device, _time, _ranks) = (folder, data with { Test = [] }, plan, device ?? CPU, time ?? TimeProvider.System, ranks ?? Communicator.Alone);
        _variants = [.. variants.Select(variant => variant with { Plan = Lasting(variant.Plan, new()) })];
        _judged = [.. Trainer.Spread(data.Validation.Count, plan.ValidationImages ?? int.MaxValue).Select(place => data.Validation[place])];
        if (data.Train.Concat(_judged).FirstOrDefault(image => image.Grading is Grading.Unknown) is { } ungraded)
            throw new InputException(ungraded.Name, "nobody has graded this image", "search on images that have graders");
        var problems = _variants.Select(variant => (variant.Name, Problem: ProblemOf(variant, _data))).Where(pair => pair.Problem is not null).Select(pair => (pair.Name, pair.Problem!)).ToList();
        problems.AddRange(_variants.GroupBy(variant => variant.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => (same.Key, "several variants have this name")));
        if (problems.Count > 0)
            throw Refusal("the search space", variants.Count, problems);
        _fingerprint = _data.FingerprintAsJudged();
        _ranks.FirstBefore(() =>
        {
            if (!_ranks.IsFirst && !Recognizes(folder))
                throw new InputException(folder, "what the first rank wrote there is not seen here", "name a folder on a file system that all ranks share");
            Claim();
        });
    }

    /// <summary>Whether a folder looks like that of a search: it says what is searched.</summary>
    public static bool Recognizes(string folder) => File.Exists(Path.Combine(folder, PlanFile));

    /// <summary>The result that lies in a folder.</summary>
    /// <exception cref="InputException">It is not there yet.</exception>
    public static SearchResult Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (string.IsNullOrWhiteSpace(folder))
            throw new InputException(folder, "no folder is called so", "name the folder of a search that came to its end");
        return JsonFile.Read<SearchResult>(Path.Combine(folder, ResultFile), Json, "result of a search", "name the folder of a search that came to its end");
    }

    /// <summary>Does what is not done yet, and leaves the result in the folder.</summary>
    /// <param name="train">Given a training's name and what trains it with something to report to: how a training is shown while it runs.</param>
    /// <param name="tell">Told in a line what comes next.</param>
    /// <param name="cancellation">Ends it between two steps; what is whole stays.</param>
    /// <exception cref="InputException">None of the variants could be trained, or the folder cannot be written.</exception>
    public SearchResult Run(Action<string, Action<IProgress<TrainingStep>>> train, Action<string> tell, CancellationToken cancellation = default)
    {
        // Before any of them trains, so that nothing else has the machine; and once for all whose steps take as long, which then have the same number of them.
        var timed = _variants.Select(Timed).Distinct().ToList();
        var fitting = _ranks.Map(timed.Count, place => StepsOf(timed[place], cancellation));
        IReadOnlyList<TimedSteps> steps = [.. _variants.Select(variant => fitting[timed.IndexOf(Timed(variant))])];
        var scores = _variants.Select(_ => new List<IReadOnlyList<VariantScores>>()).ToList();
        var rungs = _plan.Rungs ?? Halving.Rungs(_variants.Count, _plan.Eta);
        IReadOnlyList<int> left = [.. Enumerable.Range(0, _variants.Count)];
        for (var rung = 0; rung < rungs && left.Count > 0; rung++)
        {
            var (here, on) = (rung, left);
            // Seed by seed, so that ranks end together where variants differ in size.
            var done = _ranks.Map(_plan.Seeds.Count * on.Count, place =>
            {
                var variant = on[place % on.Count];
                return ScoresOf(new Place(here, _variants[variant], _plan.Seeds[place / on.Count]), steps[variant], train, sentence => tell($"rung {here}, {place + 1} of {_plan.Seeds.Count * on.Count}: {sentence}"), cancellation);
            });
            for (var i = 0; i < on.Count; i++)
                scores[on[i]].Add([.. _plan.Seeds.Select((_, seed) => done[seed * on.Count + i])]);
            left = [.. Halving.Best([.. on.Select(variant => SearchSummary.Mean(scores[variant][here]))], _plan.Eta).Select(place => on[place])];
        }
        var result = Result(scores);
        if (_ranks.IsFirst)
        {
            Save(Path.Combine(_folder, ResultFile), result);
            AtomicFile.Write(Path.Combine(_folder, TableFile), stream => stream.Write(Encoding.UTF8.GetBytes(SearchReport.Table(result))));
        }
        _ranks.Barrier();
        return result.Variants[0].Rungs[0] is { Failed: { } why }
            ? throw new InputException("the search space", $"none of its variants could be trained: {result.Variants[0].Name} ({why})", "search others")
            : result;
    }

    /// <summary>What is wrong with a variant, in the library's words; nothing where it can be trained.</summary>
    internal static string? ProblemOf(Variant variant, GradedData data)
    {
        if (!FileName().IsMatch(variant.Name))
            return "its name cannot be a folder's: use letters, digits and .,=+_- inside, at most 150";
        if (variant.Spec.Validate() is { Count: > 0 } errors)
            return string.Join(InputException.Also, errors.Select(error => $"{nameof(ModelSpec)}.{error.Path}: {error.Message}"));
        try
        {
            variant.Plan.Check();
            Fit.Check(variant.Spec, [.. data.Train, .. data.Validation], data.Name);
            using var model = KeptTraining.Make(variant.Spec, seed: 0, CPU);
            Trainer.Check(model, [data.Train[0]], variant.Plan.For(variant.Spec), data.Validation);   // whether they are graded is not asked once a variant
            return null;
        }
        catch (InputException error)
        {
            return $"{error.Input}: {error.Problem}; {error.Remedy}";
        }
    }

    /// <summary>The refusal that tells every fault, once, and the first of the variants that have it.</summary>
    internal static InputException Refusal(string source, int variants, IReadOnlyList<(string Name, string Problem)> problems)
    {
        const int Named = 8;   // of the thousands that axes have a slip of the pen spoils all
        return new(source, $"{problems.Count} of {variants} variants cannot be trained: {string.Join("; ", problems.GroupBy(pair => pair.Problem, pair => pair.Name).Select(same => $"{Names([.. same])} ({same.Key})"))}", "mend them, or leave them out");

        static string Names(IReadOnlyList<string> names)
        {
            var shown = names.Count <= Named + 1 ? names.Count : Named;
            return string.Join(", ", names.Take(shown).Select(InputException.Shown)) + (shown < names.Count ? $" and {names.Count - shown} more" : "");
        }
    }

    /// <summary>A training of the search.</summary>
    private sealed record Place(int Rung, Variant Variant, long Seed)
    {
        /// <summary>What its run folder and its scores are called.</summary>
        public string Key => string.Create(CultureInfo.InvariantCulture, $"rung{Rung}/{Variant.Name}-seed{Seed}");

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Variant.Name}, seed {Seed}");
    }

    /// <summary>A plan with another's length and seed.</summary>
    private static TrainingPlan Lasting(TrainingPlan plan, TrainingPlan other) => plan with { Steps = other.Steps, Minutes = other.Minutes, Seed = other.Seed };

    /// <summary>Writes down what is searched, or refuses a folder where something else was.</summary>
    private void Claim()
    {
        var path = Path.Combine(_folder, PlanFile);
        var wanted = new Claimed(_data.Name, _fingerprint, _plan, [.. _variants.Select(variant => new ClaimedVariant(variant.Name, SpecJson.ToNode(variant.Spec), PlanOf(variant)))]);
        if (!File.Exists(path) && new NewFolder(_folder, PlanFile, new(_folder, "the folder is not empty and holds no search", StartAnew)).Begin(() => Save(path, wanted)))
            return;
        var there = JsonFile.Read<Claimed>(path, Json, "plan of a search", StartAnew);
        // As values: what later versions have beside it has its default.
        var same = there.Variants.Count == _variants.Count && there.Variants.Zip(_variants).All(pair =>
            pair.First.Name == pair.Second.Name && SpecJson.Read(pair.First.Spec.ToJsonString()).Match(spec => spec == pair.Second.Spec, _ => false) && PlanJson.Read(pair.First.Training.ToJsonString(), path) == pair.Second.Plan);
        var other = there.Fingerprint != _fingerprint ? "on other data" : !JsonNode.DeepEquals(JsonSerializer.SerializeToNode(there.Plan, Json), JsonSerializer.SerializeToNode(_plan, Json)) ? "with another plan" : !same ? "of other variants" : null;
        if (other is not null)
            throw new InputException(_folder, $"a search {other} was begun in this folder", "give the same settings to go on with it, or name a new folder");

        static JsonObject PlanOf(Variant variant)
        {
            var plan = JsonNode.Parse(PlanJson.Write(variant.Plan))!.AsObject();
            foreach (var own in SearchSpace.Decided)
                plan.Remove(own);
            return plan;
        }
    }

    /// <summary>The first variant whose steps take as long: one of the same network, whose training differs in numbers alone that a step is multiplied by.</summary>
    private Variant Timed(Variant variant)
    {
        return _variants.First(other => other.Spec == variant.Spec && Costs(other.Plan) == Costs(variant.Plan));

        static TrainingPlan Costs(TrainingPlan plan) => plan with { LearningRate = 1, Schedule = default, Warmup = 0, WeightDecay = 0, Beta = 1, BetaWarmup = 0 };
    }

    /// <summary>The steps of the lowest rung.</summary>
    private TimedSteps StepsOf(Variant variant, CancellationToken cancellation)
    {
        if (_plan.Minutes is not { } minutes)
            return new TimedSteps(_plan.Steps);
        var path = Path.Combine(_folder, "steps", variant.Name + ".json");
        if (File.Exists(path))
            return JsonFile.Read<TimedSteps>(path, Json, "number of steps", StartAnew);
        using var model = KeptTraining.Make(variant.Spec, seed: 0, _device);
        TimedSteps timed;
        try
        {
            // At a rate that leads nowhere: what a step takes is asked here, not whether it can go wrong.
            timed = new TimedSteps(Trainer.StepsIn(model, _data.Train, variant.Plan with { LearningRate = 1e-9 }, 60 * minutes, _time, cancellation));
        }
        catch (InputException error) when (error.IsDivergence)
        {
            timed = new TimedSteps(0, Why(error));
        }
        Save(path, timed);
        return timed;
    }

    /// <summary>Trains and judges, unless that is done.</summary>
    private VariantScores ScoresOf(Place place, TimedSteps timed, Action<string, Action<IProgress<TrainingStep>>> train, Action<string> tell, CancellationToken cancellation)
    {
        const string JudgeAnew = "remove it, and the network is judged anew";
        var path = Path.Combine(_folder, "scores", place.Key + ".json");
        if (File.Exists(path))
            return JsonFile.Read<VariantScores>(path, Json, "scores of a network", JudgeAnew) is var there && (there.Failed is not null || there.Images.Select(image => image.Image).SequenceEqual(_judged.Select(image => image.Name)))
                ? there
                : throw new InputException(path, "it has not the scores of these images", JudgeAnew);
        var scores = timed.Failed is { } why ? new VariantScores(0, 0, 0, [], why) : Measured(place, timed, train, tell, cancellation);
        if (scores.Failed is not null)
            tell($"{place}: it cannot be trained: {scores.Failed}");
        Save(path, scores);
        return scores;
    }

    private VariantScores Measured(Place place, TimedSteps timed, Action<string, Action<IProgress<TrainingStep>>> train, Action<string> tell, CancellationToken cancellation)
    {
        var plan = Lasting(place.Variant.Plan.For(place.Variant.Spec), new() { Steps = Halving.StepsOn(place.Rung, timed.Steps, _plan.Eta), Seed = place.Seed });
        var training = new KeptTraining(Path.Combine(_folder, RunOf(place.Key)), place.Variant.Spec, place.Seed, _data, _device, _time);
        try
        {
            // A run that is there already has its own number of them, whatever would be planned today.
            var (model, seconds, steps) = training.Done(() => plan, (how, go) =>
            {
                tell($"{place}: {how.Steps} steps");
                train($"{place}", go);
            }, tell, cancellation);
            using (model)
            {
                tell($"{place}: judging by {Counted.Of(_judged.Count, "validation image")}");
                var judged = Evaluator.Evaluate(model, _judged, [_plan.Samples], place.Seed, cancellation: cancellation);
                return new VariantScores(steps, seconds, model.ParameterCount, [.. judged.Images.Select(image => new ValidationScore(image.Image, image.Case, image.EnergyDistances[0].Squared))]);
            }
        }
        catch (InputException error) when (error.IsDivergence)
        {
            return new VariantScores(training.StepsTaken, 0, 0, [], Why(error));
        }
    }

    private static string RunOf(string key) => $"runs/{key}";

    private static string Why(InputException error) => PlanJson.InWords($"{error.Input}: {error.Problem}", path => $"training.{path}");

    private SearchResult Result(List<List<IReadOnlyList<VariantScores>>> scores) => new()
    {
        Data = _data.Name,
        Fingerprint = _fingerprint,
        Image = $"{_judged[0].Channels}x{_judged[0].Height}x{_judged[0].Width}",
        Classes = _judged[0].Classes.Count,
        TrainImages = _data.Train.Count,
        ValidationImages = _judged.Count,
        ValidationCases = _judged.Select(image => image.Case).Distinct().Count(),
        Version = typeof(Searcher).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
        Plan = _plan,
        AllEmpty = Evaluator.ScoreAllEmpty(_judged, [_plan.Samples]).GedAt(_plan.Samples),
        Variants = SearchSummary.Ranked([.. _variants.Select(variant => variant.Name)], scores, (name, rung) => [.. _plan.Seeds.Select(seed => RunOf(string.Create(CultureInfo.InvariantCulture, $"rung{rung}/{name}-seed{seed}")))], IntervalSeed),
    };

    private static void Save<T>(string path, T content) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, content, Json));

    /// <summary>What is searched, as it lies on disk.</summary>
    private sealed record Claimed(string Data, string Fingerprint, SearchPlan Plan, IReadOnlyList<ClaimedVariant> Variants);

    /// <summary>A variant, as it lies on disk: its training without what the search decides.</summary>
    private sealed record ClaimedVariant(string Name, JsonObject Spec, JsonObject Training);

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9.,=+_-]{0,148}[A-Za-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
