using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ProbUNet.Models.Data;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Sources.Files;

namespace ProbUNet.Models.Inspection;

/// <summary>Counts and compares what one pass over data found.</summary>
public static class DataDescriber
{
    /// <summary>
    /// Reads data whole and says what is in them and what is wrong with them: all of it, where <see cref="DataSource.Open(string, DataMemory?)"/> stops at the first. Both read alike.
    /// </summary>
    /// <param name="source"><c>synthetic:lesions</c>, <c>synthetic:streets</c>, or a folder in a known layout.</param>
    /// <param name="memory">How much of it is held in memory meanwhile: 128 MiB unless said otherwise, since each image is looked at but a few times.</param>
    /// <exception cref="InputException">There is nothing that could be read: no such folder, no known layout, or a description of it that cannot be used.</exception>
    public static DataDescription Describe(string source, DataMemory? memory = null) => Describe(
        DataSource.Read(source, null, memory ?? new DataMemory { Limit = 1L << 27 }),
        DataSource.IsSynthetic(source) ? [] : [.. ForeignFormat.In(source).OrderBy(file => file.Path, StringComparer.Ordinal)]);

    /// <summary>Describes data, with all that is wrong with them.</summary>
    /// <param name="reading">What was found.</param>
    /// <param name="strangers">Files of formats that are not read.</param>
    private static DataDescription Describe(DataReading reading, IReadOnlyList<(string Path, string Format)> strangers)
    {
        var classes = reading.Classes ?? SegmentationClasses.Binary;
        Segmentation? usual = classes.Count == 1 ? UsualMask(reading.Of(DataSplit.Train)) : null;
        var frequent = classes.Count == 1 ? 0 : MostFrequent(reading.Of(DataSplit.Train), classes);
        var facts = new Facts[reading.Images.Count];
        Each.InParallel(facts.Length, i => facts[i] = FactsOf(reading.Images[i].Split, reading.Images[i].Image, classes, usual, frequent));
        var first = reading.Of(DataSplit.Test).Concat(reading.Of(DataSplit.Train)).FirstOrDefault()?.Truth;
        return new DataDescription(
            reading.Name,
            classes,
            [.. DataSplits.All.Select(split => SplitOf(split, [.. facts.Where(fact => fact.Split == split)], classes))],
            [
                .. reading.Problems.Where(problem => problem.IsError && problem.Kind != DataProblemKind.ImageSize),
                .. reading.Problems.Where(problem => problem.Kind == DataProblemKind.ImageSize).Select(problem => problem with
                {
                    IsError = false, Remedy = "name the size that a network takes (--size), and its middle is cut out of each, or give all images one size",
                }),
                .. reading.Problems.Where(problem => !problem.IsError),
                .. strangers.Select(file => new DataProblem(DataProblemKind.ForeignFormat, file.Path, $"{file.Format} files are not read", ForeignFormat.Remedy)),
                .. Twins(facts), .. FewGraders(facts),
            ])
        {
            KnownModes = first?.Modes.Count,
            KnownProbabilities = first is null ? null : (first.Probabilities.Min(), first.Probabilities.Max()),
        };
    }

    private static Facts FactsOf(DataSplit split, GradedImage image, SegmentationClasses classes, Segmentation? usual, int frequent)
    {
        var whole = image.Whole;
        var reference = whole.Reference;
        var fixedGraders = whole.Graders;
        var constants = Constants(whole, classes, usual, frequent, reference);
        Segmentation[] predicted = [.. constants.Select(each => each.Mask)];
        var distances = PairDistances.To(predicted, reference, classes);
        var (all, distinct) = PairwiseEnergy.Diversity(distances);
        double Ged(int prediction) => 2 * Enumerable.Range(0, distances.Modes).Sum(mode => distances.Weights[mode] * distances.Between(prediction, mode)) - all;
        var labelled = classes.Count == 1 ? whole.Height * whole.Width : Math.Max(reference.Modes[0].Planes.Sum(plane => plane.Area), 1);
        return new Facts(
            split, whole.Name, whole.Case, new ImageShape(whole.Channels, whole.Height, whole.Width, whole.Bits), HashOf(whole), fixedGraders.Count,
            fixedGraders.Count(grader => !grader.IsEmpty),
            [.. Enumerable.Range(0, classes.Count).Select(@class => reference.Modes.Zip(reference.Probabilities, (mode, weight) => weight * mode[@class].Area).Sum() / labelled)],
            all, fixedGraders.Count > 0 ? distinct : all,
            [.. constants.Select((constant, i) => (constant.Name, constant.LooksAtGraders, Ged(i)))]);
    }

    private static List<(string Name, bool LooksAtGraders, Segmentation Mask)> Constants(
        GradedImage image, SegmentationClasses classes, Segmentation? usual, int frequent, ModeDistribution reference)
    {
        var (height, width) = (image.Height, image.Width);
        var everywhere = BitMask.From<byte>(height, width, new byte[height * width], _ => true);
        if (classes.Count > 1)
        {
            var all = Segmentation.Of([.. Enumerable.Range(0, classes.Count).Select(@class => @class == frequent ? everywhere : BitMask.Empty(height, width))]);
            var likeliest = Enumerable.Range(0, reference.Modes.Count).MaxBy(mode => reference.Probabilities[mode]);
            List<(string, bool, Segmentation)> several = [($"{classes.Names[frequent]} everywhere", false, all.Within(reference.Modes[0].Labelled))];
            if (image.Graders.Count == 0)
                several.Add(("the likeliest mode of each image", true, reference.Modes[likeliest]));
            return several;
        }
        List<(string, bool, Segmentation)> constants = [("all empty", false, Segmentation.Binary(BitMask.Empty(height, width))), ("all foreground", false, Segmentation.Binary(everywhere))];
        if (usual is not null && (usual.Height, usual.Width) == (height, width))
            constants.Add(("what most training masks have", false, usual));
        constants.Add(("what most graders of the image drew", true, Majority([image])));
        return constants;
    }

    /// <summary>The pixels that are foreground in more than half of the masks, each image counting alike.</summary>
    private static Segmentation Majority(IReadOnlyList<GradedImage> images)
    {
        var (height, width) = (images[0].Height, images[0].Width);
        var votes = new double[height * width];
        foreach (var image in images)
            foreach (var (mode, weight) in image.Reference.Modes.Zip(image.Reference.Probabilities))
            {
                var words = mode.Foreground.Words;
                for (var word = 0; word < words.Length; word++)
                    for (var left = words[word]; left != 0; left &= left - 1)
                        votes[word * 64 + BitOperations.TrailingZeroCount(left)] += weight;
            }
        var half = images.Count / 2.0 + 1e-9 * images.Count;   // what rounding adds to half is no majority
        return Segmentation.Binary(BitMask.From<double>(height, width, votes, vote => vote > half));
    }

    /// <summary>What most training masks have in a pixel; nothing where images have several sizes, so that a pixel means nothing.</summary>
    private static Segmentation? UsualMask(GradedImage[] training) =>
        training.Length > 0 && Array.TrueForAll(training, image => (image.Whole.Height, image.Whole.Width) == (training[0].Whole.Height, training[0].Whole.Width))
            ? Majority([.. training.Select(image => image.Whole)])
            : null;

    /// <summary>The class with the most pixels among those over which the metric runs.</summary>
    private static int MostFrequent(GradedImage[] training, SegmentationClasses classes) => classes.Evaluated
        .MaxBy(@class => training.Sum(image => image.Whole.Reference.Modes.Zip(image.Whole.Reference.Probabilities, (mode, weight) => weight * mode[@class].Area).Sum()));

    private static SplitDescription SplitOf(DataSplit split, Facts[] facts, SegmentationClasses classes)
    {
        var graded = facts.Where(fact => fact.Graders > 0).ToList();
        var binary = classes.Count == 1 ? graded : [];
        var (masks, drawn) = (graded.Sum(fact => fact.Graders), binary.Sum(fact => fact.Drew));
        var several = facts.Where(fact => !double.IsNaN(fact.Distinct)).ToList();
        return new SplitDescription(split, facts.Length, facts.Select(fact => fact.Case).Distinct().Count())
        {
            Graders = Counted(graded.Select(fact => fact.Graders)),
            Shapes = [.. facts.CountBy(fact => fact.Shape).OrderByDescending(pair => pair.Value).ThenBy(pair => (pair.Key.Height, pair.Key.Width)).Select(pair => (pair.Key, pair.Value))],
            GradersWhoDrew = Counted(binary.Select(fact => fact.Drew)),
            Masks = masks,
            EmptyMasks = classes.Count == 1 ? masks - drawn : 0,
            ClassShares = facts.Length == 0 ? [] : [.. Enumerable.Range(0, classes.Count).Select(@class => Mean(facts, fact => fact.Shares[@class], fact => Math.Max(fact.Graders, 1)))],
            ForegroundWhereDrawn = drawn == 0 ? double.NaN : binary.Sum(fact => fact.Shares[0] * fact.Graders) / drawn,
            GraderDiversity = Mean(facts, fact => fact.Diversity),
            Agreement = 1 - Mean(several, fact => fact.Distinct),
            Constants = [.. facts.SelectMany(fact => fact.Constants).GroupBy(constant => (constant.Name, constant.LooksAtGraders))
                .Select(same => new ConstantPrediction(same.Key.Name, same.Key.LooksAtGraders, same.Average(constant => constant.Ged), same.Count()))],
        };
    }

    private static double Mean(IReadOnlyCollection<Facts> facts, Func<Facts, double> value, Func<Facts, double>? weight = null) =>
        facts.Count == 0 ? double.NaN : facts.Sum(fact => value(fact) * (weight?.Invoke(fact) ?? 1)) / facts.Sum(fact => weight?.Invoke(fact) ?? 1);

    private static SortedDictionary<int, int> Counted(IEnumerable<int> numbers) => new(numbers.CountBy(number => number).ToDictionary());

    private static string HashOf(GradedImage image) =>
        $"{image.Channels}x{image.Height}x{image.Width} {Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(image.Pixels().AsSpan())))}";

    private static IEnumerable<DataProblem> Twins(Facts[] facts)
    {
        var firsts = new Dictionary<string, Facts>();
        foreach (var fact in facts)
            if (!firsts.TryAdd(fact.Hash, fact) && firsts[fact.Hash] is var twin && twin.Split != fact.Split)
                yield return new DataProblem(
                    DataProblemKind.SameImageInTwoSplits, fact.FullName, $"this picture is that of {twin.FullName}, pixel for pixel", "keep it in one split, or a network is judged on what it has learnt by heart");
    }

    private static IEnumerable<DataProblem> FewGraders(Facts[] facts)
    {
        var most = facts.Select(fact => fact.Graders).DefaultIfEmpty().Max();
        foreach (var fact in facts)
            if (fact.Graders == 1)
                yield return new DataProblem(DataProblemKind.OneGrader, fact.FullName, "this image has one grader only, and no ambiguity can be learnt from it", "add what others drew");
            else if (fact.Graders > 0 && fact.Graders < most)
                yield return new DataProblem(
                    DataProblemKind.FewerGraders, fact.FullName, $"this image has {fact.Graders} graders where others have {most}", "add what is missing, an empty mask where a grader saw nothing");
    }

    /// <summary>What is counted of one image.</summary>
    /// <param name="Split">Where it is.</param>
    /// <param name="Name">What it is called.</param>
    /// <param name="Case">The patient.</param>
    /// <param name="Shape">Its shape.</param>
    /// <param name="Hash">Equal for equal pictures.</param>
    /// <param name="Graders">How many there are; none where they are drawn anew.</param>
    /// <param name="Drew">How many of them drew anything.</param>
    /// <param name="Shares">The mean share of each class.</param>
    /// <param name="Diversity">E[d(Y, Y′)] over all pairs.</param>
    /// <param name="Distinct">The same over different graders; NaN for one.</param>
    /// <param name="Constants">GED² of predictions.</param>
    private sealed record Facts(
        DataSplit Split, string Name, string Case, ImageShape Shape, string Hash, int Graders, int Drew, double[] Shares, double Diversity, double Distinct,
        IReadOnlyList<(string Name, bool LooksAtGraders, double Ged)> Constants)
    {
        public string FullName => $"{Split.FolderName()}/{Name}";
    }
}
