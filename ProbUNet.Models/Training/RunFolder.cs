using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>
/// The folder that a training leaves: <c>run.json</c> (what was trained, how, on what), <c>metrics.jsonl</c> (one line a step) and
/// <c>checkpoints/step-…/</c> with <c>weights.safetensors</c> and what the training needs to go on from there. One of imported weights has them as its step 0, and neither plan nor data.
/// </summary>
public sealed class RunFolder
{
    /// <summary>The version of <c>run.json</c>; a newer one is refused. Runs from before there were versions are read as they are: what their plans leave out has its default.</summary>
    public const int FormatVersion = 3;

    private static readonly JsonSerializerOptions Json = new(PlanJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    /// <summary>The content of <c>run.json</c>.</summary>
    private sealed record RunDescription(
        string Network, JsonObject Spec, long Seed, long ParameterCount, [property: JsonPropertyOrder(1)] IReadOnlyDictionary<string, string> Versions)
    {
        [JsonPropertyOrder(-1)]
        public int FormatVersion { get; init; } = 1;

        /// <summary>How it was trained; nothing where the weights were imported.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public TrainingPlan? Plan { get; init; }

        /// <summary>On what; nothing where the weights were imported.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public DataDescription? Data { get; init; }

        /// <summary>Tells the initial weights where they are not those of the seed.</summary>
        [JsonPropertyOrder(2)]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? InitialWeights { get; init; }

        /// <summary>Plan and data are there both or neither, and weights that nobody trained here are from somewhere.</summary>
        public bool IsWhole() => Plan is null == Data is null && (Plan is not null || InitialWeights is not null);
    }

    private sealed record DataDescription(string Name, string Fingerprint, IReadOnlyList<string>? Classes = null)
    {
        /// <summary>Where a folder of data is, the same from every other folder; nothing of data that are drawn.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Path { get; init; }

        /// <summary>The names of the classes that a validation's score runs over; nothing where the run is older than this word.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? Evaluated { get; init; }
    }

    private readonly DataDescription? _data;
    private readonly int _formatVersion;

    /// <summary>SHA-256 of the weights that the training begins with, once it is known.</summary>
    private string? _beginning;

    /// <summary>The names of the images that are trained on, where this object has seen them.</summary>
    private string[]? _trained;

    private RunFolder(string path, ModelSpec spec, RunDescription description, ReadOnlySpan<byte> file)
    {
        (Path, Spec, Seed, IsImported, Plan, _data, InitialWeights, _formatVersion) = (path, spec, description.Seed, description.Plan is null, description.Plan ?? new TrainingPlan(), description.Data, description.InitialWeights, description.FormatVersion);
        Versions = description.Versions;
        Checkpoints = new CheckpointStore(System.IO.Path.Combine(path, CheckpointStore.Name), spec);
        // Of the file, and not of what is read from it: a later version, whose plans have more settings, goes on with the run.
        Identity = Convert.ToHexStringLower(SHA256.HashData(file))[..32];
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>What was trained.</summary>
    public ModelSpec Spec { get; }

    /// <summary>The seed of its initial weights.</summary>
    public long Seed { get; }

    /// <summary>Whether its weights were imported and nobody trained them here: there is no plan, there are no data, and no training to go on with.</summary>
    public bool IsImported { get; }

    /// <summary>How it was trained; the defaults where the weights were imported.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>The name of the data that it was trained on; empty where the weights were imported.</summary>
    public string Data => _data?.Name ?? "";

    /// <summary>The fingerprint of that data (<see cref="GradedData.Fingerprint"/>); empty where the weights were imported.</summary>
    public string Fingerprint => _data?.Fingerprint ?? "";

    /// <summary>The names of its classes; none where the run does not tell.</summary>
    public IReadOnlyList<string> ClassNames => _data?.Classes ?? [];

    /// <summary>Whether a folder looks like a run: it has a <c>run.json</c>.</summary>
    public static bool Recognizes(string path) => File.Exists(System.IO.Path.Combine(path, Description));

    /// <summary>Opens the folder that a training left.</summary>
    /// <exception cref="InputException">It is none, or its description cannot be read.</exception>
    public static RunFolder Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = System.IO.Path.Combine(path, Description);
        if (!Recognizes(path))
            throw MisnamedRun.Refusal(path);
        RunDescription description;
        byte[] bytes;
        try
        {
            bytes = Disk.Try(file, () => File.ReadAllBytes(file));
            var document = Parsed(file, bytes);
            if (document["formatVersion"] is JsonValue value && value.TryGetValue<int>(out var version) && version > FormatVersion)
                throw new InputException(file, $"it has the format {version} and this program knows {FormatVersion}", "open it with the program that wrote it");
            description = document.Deserialize<RunDescription>(Json) is { } read && read.IsWhole() ? read : throw new JsonException("It is empty, or a part is missing.");
        }
        catch (JsonException error)
        {
            throw new InputException(file, "it is no description of a run", "name the folder that a training wrote", error);
        }
        var spec = SpecJson.Read(description.Spec.ToJsonString()).Match(
            read => read,
            errors => throw new InputException(file, $"its spec cannot be used ({errors[0].Path}: {errors[0].Message})", "train the network anew"));
        return new RunFolder(path, spec, description, bytes);
    }

    private static JsonObject Parsed(string file, byte[] bytes)
    {
        try
        {
            return JsonFile.ParseBytes(file, bytes) as JsonObject ?? throw new JsonException("It is no object.");
        }
        catch (InputException error)
        {
            throw new InputException(file, $"it is no description of a run ({error.Problem})", "name the folder that a training wrote", error);
        }
    }

    /// <summary>The trained network, with the weights of a checkpoint.</summary>
    /// <param name="step">Of which; the last one if left out. See <see cref="Best"/>.</param>
    /// <param name="device">Where it lives; the CPU if left out.</param>
    /// <exception cref="InputException">There is no such checkpoint, or it cannot be read, or is not as it was written.</exception>
    public SegmentationModel LoadModel(int? step = null, Device? device = null)
    {
        var checkpoint = CheckpointAt(step);
        var model = MakeModel();
        try
        {
            // First, for it says more: which tensors are not this network's.
            Weights.Load(model, checkpoint.Weights);
            Verify(checkpoint);
            if (device is not null)
                model.MoveTo(device);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The file with the weights of a checkpoint, safetensors.</summary>
    /// <param name="step">Of which; the last one if left out.</param>
    /// <exception cref="InputException">There is no such checkpoint, or it is not as it was written.</exception>
    public string WeightsFile(int? step = null) => Verify(CheckpointAt(step)).Weights;

    /// <summary>The network as it was before its training, but for initial weights that were not those of its seed.</summary>
    /// <param name="seed">Of its initial weights; the run's if left out.</param>
    /// <param name="device">Where it lives; the CPU if left out.</param>
    /// <exception cref="InputException">Its spec breaks a rule of this version.</exception>
    public SegmentationModel MakeModel(long? seed = null, Device? device = null) =>
        Interpreter.Create(Spec, seed ?? Seed, device).Match(
            made =>
            {
                made.Precision = Plan.Precision;
                return made;
            },
            errors => throw new InputException(Path, $"its spec cannot be used ({errors[0].Message})", "train the network anew"));

    /// <summary>The best weights that the training has validated, and when; nothing where it did not look, or where they are gone.</summary>
    /// <exception cref="InputException">None of the checkpoints can be used.</exception>
    public BestStep? Best => Checkpoints.Said(Identity) is { Best: { } best } && Checkpoints.Steps.Contains(best.Step) ? best : null;

    /// <summary>Whether the training came to its end, and that is still there.</summary>
    public bool IsDone => !IsImported && Checkpoints.Steps is [var last, ..] && last >= Plan.Steps && Checkpoints.IsDone(last, Identity);

    /// <summary>How long its training has taken so far, the parts before it was stopped included, as its last checkpoint says; 0 before the first.</summary>
    /// <exception cref="InputException">None of the checkpoints can be used.</exception>
    internal double Seconds => Checkpoints.Said(Identity)?.Seconds ?? 0;

    private Checkpoint CheckpointAt(int? step)
    {
        var steps = Checkpoints.Steps.Where(each => each > 0 || IsImported).ToList();
        if (steps.Count == 0)
            throw new InputException(Path, "there is no checkpoint in this run", "train it to its end");
        return step is not { } wanted || steps.Contains(wanted)
            ? Checkpoints.At(step ?? steps[0])
            : throw new InputException(Path, $"there is no checkpoint of step {wanted}", $"take one of {string.Join(", ", steps)}");
    }

    /// <summary>Makes sure that a checkpoint is as it was written, and this run's. Those from before there were versions say nothing of themselves.</summary>
    private Checkpoint Verify(Checkpoint checkpoint)
    {
        if (_formatVersion > 1)
            Checkpoints.Verify(checkpoint, CheckpointUse.Judge, Identity);
        return checkpoint;
    }

    /// <summary>Opens data at the network's size.</summary>
    /// <param name="source">Any data with the network's classes; if left out, what the run was trained on, and nothing else.</param>
    /// <exception cref="InputException">
    /// The data cannot be used or have other classes; or, where none are named, what the run was trained on is gone or has changed since.
    /// </exception>
    public GradedData OpenData(string? source = null)
    {
        if (source is null)
            return IsImported
                ? throw new InputException(Path, "its weights were imported, and it does not know any data", LookAt)
                : Recorded(gone: LookAt, changed: "name them with --data to look at them all the same");
        var data = DataSource.Open(source, Spec.Image.Height, Spec.Image.Width);
        Check(data);
        return data;
    }

    private const string LookAt = "name with --data what to look at";

    /// <summary>What to go on with, which is what the run was trained on and nothing else: where it was found then, or as it is given.</summary>
    /// <exception cref="InputException">
    /// It is gone, has changed since, or is something else; its classes are judged otherwise, where the run validates; or nothing was ever trained here.
    /// </exception>
    internal GradedData DataToGoOnWith(GradedData? given)
    {
        if (IsImported)
            throw new InputException(Path, "its weights were imported, and it has no training to go on with", "load its network, and begin one in a new folder");
        var data = given ?? Recorded(gone: _data?.Path is null ? GiveOpened : $"put them back, or {GiveOpened}", changed: $"put them back as they were, or {GiveOpened}");
        if (given is not null)
        {
            Check(given);
            if (!IsTrainedOn(given))
                throw new InputException(given.Name, $"these are not the data that the run {Path} was trained on", "give those, or begin a new run on these");
        }
        // Or the best weights would be chosen by two scores.
        if (Plan.ValidateEvery > 0 && _data?.Evaluated is { } evaluated && !evaluated.ToHashSet().SetEquals(EvaluatedOf(data)))
            throw new InputException(data.Name, $"a score runs over {Said(EvaluatedOf(data))}, and ran over {Said(evaluated)} when the run {Path} began", "evaluate the classes that it began with, or begin a new run");
        return data;

        static string Said(IReadOnlyCollection<string> classes) => classes.Count == 1 ? $"the class {classes.Single()}" : $"the classes {string.Join(", ", classes)}";
    }

    /// <summary>The data that were trained on, from where they lay then.</summary>
    /// <param name="gone">What to do where they are there no longer.</param>
    /// <param name="changed">What to do where they have changed since.</param>
    private GradedData Recorded(string gone, string changed)
    {
        var recorded = _data?.Path ?? Data;
        if (!DataSource.IsSynthetic(recorded) && !Directory.Exists(recorded))
            throw new InputException(recorded, _data?.Path is null ? "the run knows the name of the data that it was trained on, and not where they are" : "the data that the run was trained on are no longer there", gone);
        var data = DataSource.Open(recorded, Spec.Image.Height, Spec.Image.Width);
        Check(data);
        return IsTrainedOn(data) ? data : throw new InputException(recorded, "these are not the data that the run was trained on: something in them has changed since", changed);
    }

    private static IReadOnlyList<string> EvaluatedOf(GradedData data) => [.. data.Classes.Evaluated.Order().Select(@class => data.Classes.Names[@class])];

    /// <summary>What a program and F# say in words of their own.</summary>
    internal const string GiveOpened = "give them, opened, to RunTraining.Resume";

    /// <summary>Whether these are the data that were trained on. A search does not see the test images, and its runs know the others alone.</summary>
    private bool IsTrainedOn(GradedData data) => data.Fingerprint() == Fingerprint || (data with { Test = [] }).Fingerprint() == Fingerprint;

    /// <summary>Refuses data that are not of the network's size, or have other classes than those it was trained on.</summary>
    /// <exception cref="InputException">Names the first image at fault, or the setting.</exception>
    public void Check(GradedData data) => Fit.CheckTrained(Spec, data, Path, ClassNames);

    /// <summary>The folder of the checkpoint after the most steps; nothing before the first.</summary>
    public string? LastCheckpoint => Checkpoints.Steps is [var last, ..] && (last > 0 || IsImported) ? CheckpointPath(last) : null;

    /// <summary>The folder of the checkpoint after a step.</summary>
    public string CheckpointPath(int step) => Checkpoints.PathOf(step);

    internal CheckpointStore Checkpoints { get; }

    /// <summary>Tells the run from every other: a hash of its <c>run.json</c>.</summary>
    internal string Identity { get; }

    /// <summary>Whether the training began with weights that its seed does not give.</summary>
    public bool HasForeignStart => InitialWeights is not null;

    /// <summary>The file that such weights came from, and their SHA-256.</summary>
    internal string? InitialWeights { get; }

    /// <summary>What it was trained by: versions, by name.</summary>
    internal IReadOnlyDictionary<string, string> Versions { get; }

    /// <summary>What its metrics say of every step; none where the weights were imported.</summary>
    /// <exception cref="InputException">The file cannot be read, or is none of metrics.</exception>
    internal IReadOnlyList<TrainingStep> ReadSteps() => File.Exists(MetricsFile) ? MetricsLog.Read(MetricsFile, Plan.Steps) : [];

    internal string MetricsFile => System.IO.Path.Combine(Path, "metrics.jsonl");

    internal const string Description = "run.json";

    /// <summary>Makes the folder and its <c>run.json</c>.</summary>
    /// <param name="path">A folder that is missing or empty.</param>
    /// <param name="model">What will be trained.</param>
    /// <param name="plan">How.</param>
    /// <param name="data">On what; its name and fingerprint are written down.</param>
    /// <param name="initialWeights">The file that its weights came from, where they are not those of its seed. Such weights, also those of a network that was trained before, are kept as the checkpoint of step 0.</param>
    /// <exception cref="InputException">The folder has something in it already, or cannot be made; or the plan is of minutes, which <see cref="Trainer.InSteps"/> turns into steps.</exception>
    internal static RunFolder Create(string path, SegmentationModel model, TrainingPlan plan, GradedData data, string? initialWeights = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(data);
        if (plan.Minutes is not null)
            throw new InputException("TrainingPlan.Minutes", "a run is of so many steps, or it could not be done again", "turn it into one of steps by Trainer.InSteps");
        In(path).CheckEmpty();   // before the data are hashed, which takes time; and once more when it is nobody else's
        var beginning = Weights.HashOf(model);
        var run = Create(path, model, Describe(model, initialWeights ?? (beginning == HashOfSeed(model.Declaration, model.Seed) ? null : "the network as it was given")) with
        {
            Plan = plan,
            Data = new DataDescription(data.Name, data.Fingerprint(), data.Classes.Names)
            {
                Path = !DataSource.IsSynthetic(data.Name) && Directory.Exists(data.Name) ? System.IO.Path.GetFullPath(data.Name) : null,
                Evaluated = EvaluatedOf(data),
            },
        });
        (run._beginning, run._trained) = (beginning, [.. data.Train.Select(image => image.Name)]);
        return run;
    }

    /// <summary>Refuses what the folder does not speak of: another network, or other images, than those that it says were trained, and trained on.</summary>
    /// <param name="model">What is to be trained.</param>
    /// <param name="images">On what.</param>
    /// <exception cref="InputException">It is not the run's.</exception>
    internal void CheckTrained(SegmentationModel model, IReadOnlyList<GradedImage> images)
    {
        if (model.Declaration != Spec)
            throw new InputException(Path, "the network is not the one that this run is of: its folder has another spec", "train the network that the run was made with (RunFolder.MakeModel), or make a run of this one");
        if (_trained is not null && !_trained.SequenceEqual(images.Select(image => image.Name)))
            throw new InputException(Path, "these are not the images that this run trains on, by which its folder tells of it", "give the training images of the data that the run was made with, or make a run with these");
    }

    /// <summary>Refuses a network whose weights are not those with which the run begins: its seed's.</summary>
    /// <exception cref="InputException">They are others.</exception>
    internal void CheckBeginning(SegmentationModel model)
    {
        if (model.Seed != Seed || Weights.HashOf(model) != (_beginning ??= HashOfSeed(Spec, Seed)))
            throw new InputException(Path, $"the network does not have the weights that its seed {Seed} gives, with which this run begins", "train the network that the run was made with, before any other training, or make a run with it as it is");
    }

    /// <summary>Makes a folder of a network whose weights come from elsewhere, to be judged, drawn from, and begun with (<c>train --init</c>).</summary>
    /// <param name="path">A folder that is missing or empty.</param>
    /// <param name="model">The network with its weights, which are kept as step 0.</param>
    /// <param name="weights">The file that they came from.</param>
    /// <exception cref="InputException">The folder has something in it already, or cannot be made.</exception>
    public static RunFolder Import(string path, SegmentationModel model, string weights)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(weights);
        In(path).CheckEmpty();
        return Create(path, model, Describe(model, weights));
    }

    private static RunDescription Describe(SegmentationModel model, string? initialWeights) => new(
        model.GetType().Name,
        SpecJson.ToNode(model.Declaration),
        model.Seed,
        model.ParameterCount,
        new Dictionary<string, string>
        {
            ["ProbUNet"] = VersionOf(typeof(RunFolder)),
            ["TorchSharp"] = VersionOf(typeof(TorchSharp.torch)),
            [".NET"] = Environment.Version.ToString(),
        })
    {
        FormatVersion = FormatVersion,
        InitialWeights = initialWeights is null ? null : $"{System.IO.Path.GetFileName(initialWeights)} {Weights.HashOf(model)}",
    };

    private static RunFolder Create(string path, SegmentationModel model, RunDescription description)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(description, Json);
        var run = new RunFolder(path, model.Declaration, description, bytes);
        var begun = In(path, run.Identity).Begin(() =>
        {
            if (run.HasForeignStart)
            {
                var start = new CheckpointState(0, run.Identity, 0, [], new HealthState([], false), null);
                run.Checkpoints.Save(start, keep: 1, folder => Checkpoint.Write(folder, start, Weights.Copy(model), []));
            }
            // Last, for this file makes it a run.
            AtomicFile.Write(System.IO.Path.Combine(path, Description), stream => stream.Write(bytes));
        });
        return begun ? run : throw NotEmpty(path);
    }

    /// <summary>A folder that is to be a run; of the weights that one begins with, those of another are kept.</summary>
    private static NewFolder In(string path, string? identity = null) =>
        new(path, Description, NotEmpty(path), entry => CheckpointStore.IsStartAlone(entry, identity));

    private static InputException NotEmpty(string path) => new(path, "the folder is not empty", "name a new folder for the run, or remove this one");

    /// <summary>SHA-256 of the weights that a spec and a seed give, in hexadecimal.</summary>
    private static string HashOfSeed(ModelSpec spec, long seed) => Interpreter.Create(spec, seed).Match(
        made =>
        {
            using (made)
                return Weights.HashOf(made);
        },
        errors => throw new InputException("the network's spec", errors[0].Message, "declare it anew"));

    private static string VersionOf(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "unknown";
}
