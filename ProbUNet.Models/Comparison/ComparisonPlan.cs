using System.Text.Json.Serialization;
using ProbUNet.Dsl;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Comparison;

/// <summary>How the paper's five systems are compared: all on the same images, trained by the same recipe with the same seeds, as a value.</summary>
public sealed record ComparisonPlan
{
    /// <summary>Minutes of training for each system and seed, shared by the networks that it needs; takes the place of <see cref="Steps"/>. Above 0.</summary>
    public double? Minutes { get; init; }

    /// <summary>Steps of training for each network, where no minutes are given; at least 1. Default 300.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>One training of every system a seed; at least one.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [1];

    /// <summary>The numbers of samples. Default the paper's: 1, 4, 8, 16.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [1, 4, 8, 16];

    /// <summary>
    /// How every network is trained, but for what the comparison decides: how long (<see cref="Steps"/> or <see cref="Minutes"/>), the seed, and beta, which is the paper's for each system. These have to be left as they are.
    /// </summary>
    [JsonConverter(typeof(PlanJson.Converter))]
    public TrainingPlan Training { get; init; } = new();

    /// <summary>Images a step, in the documents of before, which had two settings of the training alone.</summary>
    [JsonInclude, JsonPropertyName("batchSize"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal int? FormerBatchSize
    {
        get => null;
        init => Training = Training with { BatchSize = value ?? Training.BatchSize };
    }

    /// <summary>The other one.</summary>
    [JsonInclude, JsonPropertyName("learningRate"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal double? FormerLearningRate
    {
        get => null;
        init => Training = Training with { LearningRate = value ?? Training.LearningRate };
    }

    /// <summary>Test images that are judged, the first ones; all if left out. At least 1.</summary>
    public int? TestImages { get; init; }

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="InputException">Names every setting at fault and its range, in one sentence.</exception>
    public void Check()
    {
        var faults = new List<InputException>();
        Refuse(Minutes is { } minutes && !(minutes is > 0 and <= 100_000), nameof(Minutes), $"{Minutes}", "a number above 0");
        Refuse(Steps < 1, nameof(Steps), $"{Steps}", "1 or more");
        Refuse(Seeds.Count == 0 || Seeds.Distinct().Count() != Seeds.Count, nameof(Seeds), string.Join(',', Seeds), "different numbers, for example 1,2,3");
        Refuse(Counts.Count == 0 || Counts.Any(count => count is < 1 or > 64) || Counts.Distinct().Count() != Counts.Count, nameof(Counts), string.Join(',', Counts), "different numbers from 1 to 64");
        Refuse(TestImages < 1, nameof(TestImages), $"{TestImages}", "1 or more");
        var usual = new TrainingPlan();
        const string Length = $"leave it out, and give {nameof(ComparisonPlan)}.{nameof(Steps)} or {nameof(ComparisonPlan)}.{nameof(Minutes)}";
        foreach (var (setting, isDecided, remedy) in new[]
        {
            (nameof(TrainingPlan.Steps), Training.Steps != usual.Steps, Length),
            (nameof(TrainingPlan.Minutes), Training.Minutes != usual.Minutes, Length),
            (nameof(TrainingPlan.Seed), Training.Seed != usual.Seed, $"leave it out, and give {nameof(ComparisonPlan)}.{nameof(Seeds)}"),
            (nameof(TrainingPlan.Beta), Training.Beta != usual.Beta, "leave it out: each system has the paper's"),
        })
            if (isDecided)
                faults.Add(new($"{nameof(ComparisonPlan)}.{nameof(Training)}.{setting}", "it is the comparison that decides this", remedy));
        faults.AddRange(Training.Faults());
        InputException.Refuse(faults);

        void Refuse(bool refused, string setting, string value, string range)
        {
            if (refused)
                faults.Add(InputException.CannotWork($"{nameof(ComparisonPlan)}.{setting}", value.Length > 0 ? value : "an empty list", range));
        }
    }
}

/// <summary>One of the systems that are compared.</summary>
/// <param name="Key">What files are called by.</param>
/// <param name="Title">What the paper calls it.</param>
/// <param name="Networks">What it needs for all numbers of samples.</param>
public sealed record Contestant(string Key, string Title, IReadOnlyList<ContestantNetwork> Networks);

/// <summary>A network of a system.</summary>
/// <param name="Key">What its run folder is called by.</param>
/// <param name="Spec">What it is.</param>
/// <param name="Beta">The weight of its KL term; the paper's.</param>
/// <param name="Counts">The numbers of samples that it answers for.</param>
public sealed record ContestantNetwork(string Key, ModelSpec Spec, double Beta, IReadOnlyList<int> Counts);

/// <summary>The paper's systems (Kohl et al. 2018, section 3) at one size: all share the U-Net of a Probabilistic U-Net.</summary>
public static class Contestants
{
    /// <summary>The paper's weight of the KL term for the Image2Image VAE; 1 for the Probabilistic U-Net.</summary>
    public const double VaeBeta = 10;

    /// <summary>The five systems. docs/paper.md says where each choice comes from.</summary>
    /// <param name="network">Whose image, classes, U-Net and size policy all have.</param>
    /// <param name="counts">The numbers of samples.</param>
    public static IReadOnlyList<Contestant> For(ProbabilisticUNetSpec network, IReadOnlyList<int> counts)
    {
        Contestant Of(Family family, params IEnumerable<ContestantNetwork> networks) => new(family.Key, family.Title, [.. networks]);
        Contestant One(ModelSpec spec, double beta = 1) => Of(Families.Of(spec), new ContestantNetwork(Families.Of(spec).Key, spec, beta, counts));

        // An M-Heads network has its samples built in: one for each number of them. A single sample is a random head of the smallest.
        var heading = Families.Of<MultiHeadUNetSpec>();
        var heads = counts.Where(count => count > 1).Order().DefaultIfEmpty(4).ToList();
        return
        [
            // The paper's three innermost blocks, but never the one that reads the image: no pixel is dropped.
            One(network.As<DropoutUNetSpec>().WithBlocks(Math.Clamp(network.UNet.Levels().Count - 1, 1, 3))),
            One(network.As<UNetEnsembleSpec>().WithMembers(counts.Max())),
            Of(heading, heads.Select((number, i) => new ContestantNetwork(
                $"{heading.Key}-{number}", network.As<MultiHeadUNetSpec>().WithHeads(number), 1,
                [.. counts.Where(count => count == number || (i == 0 && count == 1))]))),
            One(network.As<ImageToImageVaeSpec>(), VaeBeta),
            One(network),
        ];
    }
}
