using System.Globalization;
using System.Text.Json.Nodes;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Sources.Files;

/// <summary>How the cases of a data set are split: by folders of the pattern, by lists, or by a hash.</summary>
internal abstract record CaseSplits
{
    /// <summary>Each split has a name, which is what <c>{split}</c> stands for.</summary>
    public sealed record ByFolder(IReadOnlyDictionary<string, DataSplit> Names) : CaseSplits;

    /// <summary>Each case is listed.</summary>
    public sealed record ByList(IReadOnlyDictionary<string, DataSplit> Cases) : CaseSplits;

    /// <summary>Each case goes where a hash of its name and the seed sends it: the same on every machine, and cases that are added or removed move no other.</summary>
    public sealed record ByHash(double Train, double Validation, long Seed) : CaseSplits
    {
        /// <summary>The split of a case, by name.</summary>
        public DataSplit Of(string @case) => DataSplits.Of(RandomStream.For(Seed, DataSplits.Key, RandomStream.Key(@case)), Train, Validation);
    }
}

/// <summary>What a <c>dataset.json</c> says of the folder in which it lies; docs/data.md describes it.</summary>
/// <param name="Images">Where the images are.</param>
/// <param name="Masks">Where the graders' masks are; of the same placeholders, and the grader's.</param>
/// <param name="Splits">How cases are split.</param>
/// <param name="Form">What the levels of masks mean.</param>
internal sealed record DatasetJson(FilePattern Images, FilePattern Masks, CaseSplits Splits, MaskForm Form)
{
    /// <summary>What is wrong with it and leaves it so that it can be read.</summary>
    public IReadOnlyList<DataProblem> Problems { get; private init; } = [];

    /// <summary>The name of the file.</summary>
    public const string FileName = "dataset.json";

    private const int Version = 1;

    private static readonly string[] Keys = ["formatVersion", "about", "images", "masks", "splits", "classes", "evaluated", "ignored"];

    private static readonly (string Name, DataSplit Split)[] SplitKeys =
        [.. DataSplits.All.Select(split => (split.FolderName(), split))];

    /// <summary>Reads a description.</summary>
    /// <exception cref="InputException">One sentence with the file and the key at fault.</exception>
    public static DatasetJson Read(string path)
    {
        var document = JsonFile.Read(path, "{ \"formatVersion\": 1, \"images\": …, \"masks\": … }");
        InputException Wrong(string problem, string remedy) => new(path, problem, remedy);
        CheckKeys(document, Keys, "", Wrong);
        if (!Is(document["formatVersion"], out long version))
            throw Wrong("formatVersion is missing or no number", "write \"formatVersion\": 1");
        if (version != Version)
            throw Wrong($"formatVersion is {version}, and this program reads {Version}", "take a newer program, or write the file for this one");

        var images = Pattern(document, "images", "\"{case}/{image}.png\"", Wrong);
        var masks = Pattern(document, "masks", "\"{case}/{image}_mask{grader}.png\"", Wrong);
        if (images.Placeholders.Contains("grader"))
            throw Wrong("images has the placeholder {grader}", "use it in masks: all graders see one image");
        if (!images.Placeholders.Any(name => name is "image" or "case"))
            throw Wrong("images names one file", "use {image} for what tells an image from others, and {case} for the patient");
        if (images.Placeholders.Except(masks.Placeholders).Concat(masks.Placeholders.Except(images.Placeholders)).FirstOrDefault(name => name != "grader") is { } alone)
            throw Wrong($"{{{alone}}} is in only one of images and masks", "use it in both: it tells which masks an image has");
        var problems = new List<DataProblem>();
        return new DatasetJson(images, masks, SplitsOf(document, images, Wrong, (kind, problem, remedy) => problems.Add(new DataProblem(kind, path, problem, remedy))), FormOf(document, Wrong)) { Problems = problems };
    }

    private static void CheckKeys(JsonObject document, IReadOnlyList<string> known, string path, Func<string, string, Exception> wrong)
    {
        if (document.Select(pair => pair.Key).FirstOrDefault(key => !known.Contains(key)) is { } unknown)
            throw wrong($"there is no key {path}{unknown}{Spelling.Aside(unknown, known)}", $"use {string.Join(", ", known)}");
    }

    private static FilePattern Pattern(JsonObject document, string key, string example, Func<string, string, InputException> wrong) =>
        Is(document[key], out string? text)
            ? FilePattern.Of(text, (problem, remedy) => wrong($"{key}: {problem}", remedy))
            : throw wrong($"{key} is missing or no text", $"write where they are, for example \"{key}\": {example}");

    private static CaseSplits SplitsOf(JsonObject document, FilePattern images, Func<string, string, InputException> wrong, Action<DataProblemKind, string, string> tell)
    {
        var byFolder = images.Placeholders.Contains("split");
        if (document["splits"] is null && byFolder)
            return new CaseSplits.ByFolder(SplitKeys.ToDictionary(each => each.Name, each => each.Split));
        const string Example = "write lists of cases, { \"train\": [\"p1\", …], \"val\": […], \"test\": […] }, or shares, { \"train\": 0.6, \"val\": 0.2, \"test\": 0.2, \"seed\": 1 }";
        if (document["splits"] is not JsonObject splits)
            throw byFolder
                ? wrong("splits is no object", "leave it out, or write the names of the folders, { \"train\": …, \"val\": …, \"test\": … }")
                : wrong(document["splits"] is null ? "splits is missing, and images has no {split}" : "splits is no object", Example);
        CheckKeys(splits, [.. SplitKeys.Select(each => each.Name), "seed"], "splits.", wrong);
        foreach (var (name, _) in SplitKeys)
            if (splits[name] is null)
                throw wrong($"splits.{name} is missing", byFolder ? $"write the name of its folder, or leave splits out" : Example);
        var given = SplitKeys.Select(each => (each.Name, each.Split, Node: splits[each.Name]!)).ToList();
        if (splits.ContainsKey("seed") && !given.TrueForAll(each => Is(each.Node, out double _)))
            throw wrong("splits.seed is there, and the splits are no shares", "leave it out");
        if (byFolder)
            return new CaseSplits.ByFolder(Unique(given.Select(each => Is(each.Node, out string? folder) && folder.Length > 0 ? (each.Name, each.Split, folder)
                : throw wrong($"splits.{each.Name} is no name, and images has a {{split}}", "write the name of its folder, or take {split} out of images and masks")), "the folder", (_, problem, remedy) => throw wrong(problem, remedy)));
        if (given.TrueForAll(each => each.Node is JsonArray))
            return new CaseSplits.ByList(Unique(given.SelectMany(each => each.Node.AsArray().Select(item => Is(item, out string? @case) ? (each.Name, each.Split, @case)
                : throw wrong($"splits.{each.Name} lists something else than names of cases", "put each name in quotation marks"))), "the case", tell));
        double[] shares = [.. given.Select(each => Is(each.Node, out double share) && share is > 0 and < 1 ? share
            : throw wrong($"splits.{each.Name} is neither a list of cases nor a share between 0 and 1, as the others are", Example))];
        if (Math.Abs(shares.Sum() - 1) > 1e-9)
            throw wrong(string.Create(CultureInfo.InvariantCulture, $"the shares of splits sum to {shares.Sum():G4}"), "let train, val and test sum to 1");
        long seed = 1;
        if (splits.ContainsKey("seed") && !Is(splits["seed"], out seed))
            throw wrong("splits.seed is no whole number", "write for example \"seed\": 1");
        return new CaseSplits.ByHash(shares[0], shares[1], seed);
    }

    private static Dictionary<string, DataSplit> Unique(IEnumerable<(string Key, DataSplit Split, string Name)> given, string what, Action<DataProblemKind, string, string> tell)
    {
        var splits = new Dictionary<string, DataSplit>(StringComparer.Ordinal);
        foreach (var (key, split, name) in given)
            if (!splits.TryAdd(name, split))
                tell(splits[name] == split ? DataProblemKind.Layout : DataProblemKind.CaseInTwoSplits, $"splits.{key} has {what} {name}, which is in {(splits[name] == split ? "it" : splits[name].FolderName())} already", "name it once");
        return splits;
    }

    private static MaskForm FormOf(JsonObject document, Func<string, string, InputException> wrong)
    {
        if (document["classes"] is null)
            return new[] { "evaluated", "ignored" }.FirstOrDefault(document.ContainsKey) is { } needless
                ? throw wrong($"{needless} is there without classes", "name the classes, or leave it out: masks are of background and foreground then")
                : MaskForm.Binary;
        if (Names(document["classes"]) is not { Count: >= 2 and <= Segmentation.Ignored } classes)
            throw wrong($"classes is no list of 2 to {Segmentation.Ignored} different names", "write \"classes\": [\"background\", \"nodule\", …] in the order of the levels in masks, or leave it out");
        var evaluated = document["evaluated"] is null ? null
            : Names(document["evaluated"]) is { Count: > 0 } names ? names
            : throw wrong("evaluated is no list of different names", "name some of the classes, or leave it out");
        if (evaluated?.FirstOrDefault(name => !classes.Contains(name)) is { } stranger)
            throw wrong($"evaluated has {stranger}, which is no class{Spelling.Aside(stranger, classes)}", "name some of the classes");
        if (document["ignored"] is { } node && !(Is(node, out long level) && level >= classes.Count && level <= ushort.MaxValue))
            throw wrong("ignored is no level behind those of the classes", string.Create(CultureInfo.InvariantCulture, $"write a whole number from {classes.Count} to {ushort.MaxValue}, for example 255"));
        return new MaskForm(
            new SegmentationClasses(classes, evaluated is null ? null : [.. evaluated.Select(name => classes.IndexOf(name))]),
            Is(document["ignored"], out long ignored) ? (int)ignored : null);
    }

    /// <summary>The texts of a list of different texts; nothing if it is none.</summary>
    private static List<string>? Names(JsonNode? node)
    {
        var names = (node as JsonArray)?.Select(item => Is(item, out string? name) ? name : null).OfType<string>().Where(name => name.Length > 0).Distinct().ToList();
        return names?.Count == (node as JsonArray)?.Count ? names : null;
    }

    private static bool Is<T>(JsonNode? node, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value)
    {
        value = default;
        return node is JsonValue given && given.TryGetValue(out value) && value is not null;
    }
}
