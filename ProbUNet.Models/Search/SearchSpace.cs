using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ProbUNet.Dsl;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Data;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Search;

/// <summary>
/// A search space as a document: a network (<c>model</c>), a training (<c>training</c>, as in <see cref="PlanJson"/>), and the settings that vary: <c>axes</c> with lists of values, of which it is the product, or <c>variants</c> with
/// names. Settings are named by their paths in a spec's document (<c>latent.dimension</c>), behind <c>training.</c> in a plan's, and <c>model</c> is one too.
/// </summary>
public sealed partial class SearchSpace
{
    private const string Example = """{"model": "small", "axes": {"latent.dimension": [2, 6], "training.beta": [1, 5]}}""";
    private const string ModelKey = "model", TrainingKey = "training", AxesKey = "axes", VariantsKey = "variants";
    private const string Prefix = TrainingKey + ".";

    /// <summary>More are a slip: nobody trains so many.</summary>
    private const int Most = 10_000;

    /// <summary>The settings of a training that a search decides, and no variant.</summary>
    internal static readonly string[] Decided = ["steps", "minutes", "seed"];

    private readonly string _source;
    private readonly TrainingPlan _training;
    private readonly IReadOnlyList<Combination> _combinations;

    private SearchSpace(string source, string model, TrainingPlan training, IReadOnlyList<Combination> combinations) =>
        (_source, Model, _training, _combinations) = (source, model, training, combinations);

    /// <summary>The settings of a variant, in their order.</summary>
    private sealed record Combination(string Name, IReadOnlyList<KeyValuePair<string, JsonNode?>> Settings);

    /// <summary>What the network is called whose settings vary: a name of the catalog, a file with a spec, or a run folder.</summary>
    public string Model { get; }

    /// <summary>How many variants there are.</summary>
    public int Count => _combinations.Count;

    /// <summary>Reads a space from a file.</summary>
    /// <exception cref="InputException">The file cannot be read, or holds none; the message says where it goes wrong.</exception>
    public static SearchSpace Open(string path) => Of(path, JsonFile.Read(path, Example));

    /// <summary>Reads a space.</summary>
    /// <param name="json">An object.</param>
    /// <param name="source">What a refusal names: the file.</param>
    /// <exception cref="InputException">It is none.</exception>
    public static SearchSpace Read(string json, string source = "the search space") => Of(source, JsonFile.ReadText(source, json, Example));

    /// <summary>The variants, at the size of the data where their network takes that from them.</summary>
    /// <param name="data">What they will be trained on, and chosen by.</param>
    /// <exception cref="InputException">Some cannot be made, or not be trained on these data: every fault is told.</exception>
    public IReadOnlyList<Variant> VariantsFor(GradedData data)
    {
        var networks = new Dictionary<string, ModelSpec>();
        var (made, problems) = (new List<Variant>(), new List<(string, string)>());
        foreach (var combination in _combinations)
            switch (Made(combination, data, networks))
            {
                case Outcome<Variant, string>.Ok { Value: var variant }:
                    made.Add(variant);
                    break;
                case Outcome<Variant, string>.Fail { Error: var problem }:
                    problems.Add((combination.Name, problem));
                    break;
            }
        // All at once: whoever mends the ones shall not find the others behind them.
        return problems.Count == 0
            ? made
            : throw Searcher.Refusal(_source, Count, [.. problems, .. made.Select(variant => (variant.Name, Problem: Searcher.ProblemOf(variant, data))).Where(pair => pair.Problem is not null).Select(pair => (pair.Name, InDocument(pair.Problem!)))]);
    }

    /// <summary>A variant, or what is wrong with its settings.</summary>
    private Outcome<Variant, string> Made(Combination combination, GradedData data, Dictionary<string, ModelSpec> networks)
    {
        try
        {
            if (Twice(combination.Settings) is var (setting, other))
                return setting == other ? $"{setting}: it is given twice: leave one of the two out" : $"{setting}: it is a part of {other}, which is given too: say all of it in one place";
            var model = combination.Settings.LastOrDefault(setting => setting.Key == ModelKey) is { Key: not null } own ? Beside(_source, Word(own.Value) ?? throw new InputException(ModelKey, "it is no name", "write for example \"small\"")) : Model;
            if (!networks.TryGetValue(model, out var network))
                networks[model] = network = ModelSource.Fitted(ModelSource.Open(model), data).Spec;
            var (training, settings) = (combination.Settings.Where(IsTraining), combination.Settings.Where(setting => setting.Key != ModelKey && !IsTraining(setting)));
            var plan = training.Aggregate(_training, (changed, setting) => With(changed, setting.Key[Prefix.Length..], setting.Value));
            return SpecJson.With(network, settings).Match<Outcome<Variant, string>>(spec => Own(training).FaultFor(spec) is { } fault ? InDocument($"{fault.Input}: {fault.Problem}; {fault.Remedy}") : new Variant(combination.Name, spec, plan), errors => string.Join(InputException.Also, errors.Select(error => $"{error.Path}: {error.Message}")));
        }
        catch (InputException error)
        {
            return InDocument($"{error.Input}: {error.Problem}; {error.Remedy}");
        }

        // The training of all variants is a recipe for several networks, and what a variant says itself is for its own.
        static TrainingPlan Own(IEnumerable<KeyValuePair<string, JsonNode?>> training) => training.Aggregate(new TrainingPlan(), (changed, setting) => With(changed, setting.Key[Prefix.Length..], setting.Value));

        static bool IsTraining(KeyValuePair<string, JsonNode?> setting) => setting.Key.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>What the library says of a setting, in the words of the document.</summary>
    private static string InDocument(string sentence) => PlanJson.InWords(sentence, path => Prefix + path);

    /// <summary>A setting that is given twice, or of which a part is, where the one would silently go over the other; nothing where none is.</summary>
    private static (string Setting, string Other)? Twice(IReadOnlyList<KeyValuePair<string, JsonNode?>> settings)
    {
        var given = settings.Select(setting => setting.Key).ToList();
        foreach (var (place, path) in given.Index())
            if (given.Where((other, at) => at < place && (other == path || path.StartsWith(other + ".", StringComparison.Ordinal) || other.StartsWith(path + ".", StringComparison.Ordinal))).FirstOrDefault() is { } other)
                return path.Length < other.Length ? (other, path) : (path, other);
        return null;
    }

    private static TrainingPlan With(TrainingPlan plan, string path, JsonNode? value)
    {
        if (Decided.Contains(path))
            throw new InputException(Prefix + path, "it is the search that decides this", "leave it out, and give --steps or --minutes, and --seeds, to the search");
        try
        {
            return plan.With(path, Word(value) ?? value?.ToJsonString() ?? "null");
        }
        catch (InputException error)
        {
            throw new InputException(Prefix + error.Input, error.Problem, error.Remedy, error);
        }
    }

    private static SearchSpace Of(string source, JsonObject document)
    {
        string[] known = [ModelKey, TrainingKey, AxesKey, VariantsKey];
        if (document.Select(pair => pair.Key).FirstOrDefault(key => !known.Contains(key)) is { } unknown)
            throw new InputException($"{source}: {unknown}", $"there is no such part of a search space{Spelling.Aside(unknown, known)}", $"use {string.Join(", ", known)}");
        if (Word(document[ModelKey]) is not { } model)
            throw new InputException($"{source}: {ModelKey}", "there is no network whose settings vary", "write for example \"model\": \"small\"");
        if (document.ContainsKey(AxesKey) == document.ContainsKey(VariantsKey))
            throw new InputException(source, document.ContainsKey(AxesKey) ? "it has axes and variants, and a space is the product of the ones or a list of the others" : "it has neither axes nor variants", document.ContainsKey(AxesKey) ? "leave one of the two out" : $"write for example {Example}");
        var training = ObjectAt(source, document, TrainingKey) is { } plan ? Flat(Prefix, plan, []).Aggregate(new TrainingPlan(), (changed, setting) => InSource(source, () => With(changed, setting.Key[Prefix.Length..], setting.Value))) : new TrainingPlan();
        var combinations = ObjectAt(source, document, AxesKey) is { } axes ? Product(source, axes) : Named(source, ObjectAt(source, document, VariantsKey)!);
        return combinations.Count > 0
            ? new SearchSpace(source, Beside(source, model), training, combinations)
            : throw new InputException(source, "there are no variants in it", $"write for example {Example}");
    }

    /// <summary>A network's file or run where the space that names it lies; where there is none, what the name stands for elsewhere.</summary>
    private static string Beside(string source, string model) =>
        Path.Combine(Path.GetDirectoryName(source) ?? "", model) is var beside && (RunFolder.Recognizes(beside) || (beside.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && File.Exists(beside))) ? beside : model;

    private static T InSource<T>(string source, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InputException error)
        {
            throw new InputException($"{source}: {error.Input}", error.Problem, error.Remedy, error);
        }
    }

    private static JsonObject? ObjectAt(string source, JsonObject document, string key) => !document.TryGetPropertyValue(key, out var value) ? null
        : value as JsonObject ?? throw new InputException($"{source}: {key}", "it is no object", $"write for example {Example}");

    private static List<Combination> Named(string source, JsonObject variants) =>
        [.. variants.Select(pair => new Combination(pair.Key, [.. Flat("", ObjectAt(source, variants, pair.Key)!, [])]))];

    /// <summary>All combinations of the axes' values, the last axis fastest. A variant is called by its settings.</summary>
    private static List<Combination> Product(string source, JsonObject axes)
    {
        List<Combination> product = axes.Count == 0 ? [] : [new("", [])];
        foreach (var (path, given) in axes)
        {
            if (given is not JsonArray { Count: > 0 } values)
                throw new InputException($"{source}: {AxesKey}: {path}", "it is no list of values", "write for example [2, 6]");
            // What is no part of another axis' name tells it well enough.
            var name = axes.Count(other => LastPart(other.Key) == LastPart(path)) == 1 ? LastPart(path) : path;
            string[] words = [.. values.Select(InName)];
            if (words.Distinct(StringComparer.OrdinalIgnoreCase).Count() < words.Length || words.Any(word => word.Length is 0 or > 30) || values.Any(value => value is JsonObject))
                words = [.. words.Select((_, at) => $"{(at + 1).ToString(CultureInfo.InvariantCulture)}of{words.Length.ToString(CultureInfo.InvariantCulture)}")];
            if ((long)product.Count * values.Count > Most)
                throw new InputException(source, $"its axes have more than {Most} combinations", "leave out values, or list variants");
            product = [.. product.SelectMany(combination => values.Select((value, at) => new Combination(
                $"{combination.Name}{(combination.Name.Length > 0 ? "," : "")}{name}={words[at]}", [.. combination.Settings, .. Flat("", new JsonObject { [path] = value?.DeepClone() }, [])])))];
        }
        return product;
    }

    /// <summary>Settings by their paths, whether they were written as paths or as objects in objects. What is an object of a plan is read there.</summary>
    private static List<KeyValuePair<string, JsonNode?>> Flat(string prefix, JsonObject settings, List<KeyValuePair<string, JsonNode?>> flat)
    {
        foreach (var (name, value) in settings)
            if (value is JsonObject inner && !prefix.StartsWith(Prefix, StringComparison.Ordinal) && !name.StartsWith(Prefix, StringComparison.Ordinal))
                Flat($"{prefix}{name}.", inner, flat);
            else
                flat.Add(new(prefix + name, value));
        return flat;
    }

    private static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? word) ? word : null;

    private static string LastPart(string path) => path[(path.LastIndexOf('.') + 1)..];

    /// <summary>A value as a part of a name that can be a folder's: a list's entries with a dash between them.</summary>
    private static string InName(JsonNode? value) =>
        NoName().Replace(value is JsonArray items ? string.Join('-', items.Select(item => Word(item) ?? item?.ToJsonString() ?? "null")) : Word(value) ?? value?.ToJsonString() ?? "null", "-").TrimEnd('-', '.');

    [GeneratedRegex("[^A-Za-z0-9.+_-]+", RegexOptions.CultureInvariant)]
    private static partial Regex NoName();
}
