using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Training;

/// <summary>
/// The folder that a training leaves: <c>run.json</c> (what was trained, how, on what), <c>metrics.jsonl</c> (one line a step) and
/// <c>checkpoints/step-…/weights.safetensors</c>.
/// </summary>
public sealed class RunFolder
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>The content of <c>run.json</c>.</summary>
    private sealed record RunDescription(
        string Network, JsonObject Spec, long Seed, long ParameterCount, TrainingPlan Plan, DataDescription Data, IReadOnlyDictionary<string, string> Versions);

    private sealed record DataDescription(string Name, string Fingerprint, IReadOnlyList<string>? Classes = null)
    {
        /// <summary>Where a folder of data is, the same from every other folder; nothing of data that are drawn.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Path { get; init; }
    }

    private readonly DataDescription _data;

    private RunFolder(string path, ModelSpec spec, long seed, TrainingPlan plan, DataDescription data) => (Path, Spec, Seed, Plan, _data) = (path, spec, seed, plan, data);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>What was trained.</summary>
    public ModelSpec Spec { get; }

    /// <summary>The seed of its initial weights.</summary>
    public long Seed { get; }

    /// <summary>How it was trained.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>The name of the data that it was trained on.</summary>
    public string Data => _data.Name;

    /// <summary>The fingerprint of that data (<see cref="GradedData.Fingerprint"/>).</summary>
    public string Fingerprint => _data.Fingerprint;

    /// <summary>The names of its classes; none where the run does not tell.</summary>
    public IReadOnlyList<string> ClassNames => _data.Classes ?? [];

    /// <summary>Whether a folder looks like a run: it has a <c>run.json</c>.</summary>
    public static bool Recognizes(string path) => File.Exists(System.IO.Path.Combine(path, Description));

    /// <summary>Opens the folder that a training left.</summary>
    /// <exception cref="InputException">It is none, or its description cannot be read.</exception>
    public static RunFolder Open(string path)
    {
        var file = System.IO.Path.Combine(path, Description);
        if (!Recognizes(path))
            throw new InputException(path, $"there is no {Description} in this folder", "name the folder that a training wrote");
        RunDescription description;
        try
        {
            description = JsonSerializer.Deserialize<RunDescription>(Disk(file, () => File.ReadAllText(file)), Json) ?? throw new JsonException("It is empty.");
        }
        catch (JsonException error)
        {
            throw new InputException(file, "it is no description of a run", "name the folder that a training wrote", error);
        }
        var spec = SpecJson.Read(description.Spec.ToJsonString()).Match(
            read => read,
            errors => throw new InputException(file, $"its spec cannot be used ({errors[0].Path}: {errors[0].Message})", "train the network anew"));
        return new RunFolder(path, spec, description.Seed, description.Plan, description.Data);
    }

    /// <summary>The trained network, with the weights of the last checkpoint.</summary>
    /// <exception cref="InputException">There is no checkpoint, or it cannot be read.</exception>
    public SegmentationModel LoadModel()
    {
        var weights = System.IO.Path.Combine(LastCheckpoint ?? throw new InputException(Path, "there is no checkpoint in this run", "train it to its end"), WeightsFile);
        var model = Interpreter.Create(Spec, Seed).Match(made => made, errors => throw new InputException(Path, $"its spec cannot be used ({errors[0].Message})", "train the network anew"));
        try
        {
            Weights.Load(model, weights);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Opens data at the network's size.</summary>
    /// <param name="source">Any data with the network's classes; if left out, what the run was trained on, and nothing else.</param>
    /// <exception cref="InputException">
    /// The data cannot be used or have other classes; or, where none are named, what the run was trained on is gone or has changed since.
    /// </exception>
    public GradedData OpenData(string? source = null)
    {
        var recorded = _data.Path ?? _data.Name;
        if (source is null && !DataSource.IsSynthetic(recorded) && !Directory.Exists(recorded))
            throw new InputException(recorded, "the data that the run was trained on are no longer there", "name with --data what to look at");
        var data = DataSource.Open(source ?? recorded, Spec.Image.Height, Spec.Image.Width);
        Check(data);
        if (source is null && data.Fingerprint() != Fingerprint)
            throw new InputException(recorded, "these are not the data that the run was trained on: something in them has changed since", "name them with --data to look at them all the same");
        return data;
    }

    /// <summary>Refuses data that are not of the network's size, or have other classes than those it was trained on.</summary>
    /// <exception cref="InputException">Names the first image at fault, or the setting.</exception>
    public void Check(GradedData data)
    {
        foreach (var images in new[] { data.Train, data.Validation, data.Test }.Where(images => images.Count > 0))
            Fit.Check(Spec, images, ClassNames);
    }

    /// <summary>The folder of the checkpoint after the most steps; nothing before the first.</summary>
    public string? LastCheckpoint => Directory.Exists(Checkpoints)
        ? Directory.GetDirectories(Checkpoints)
            .Where(folder => StepOf(folder) is not null && File.Exists(System.IO.Path.Combine(folder, WeightsFile)))
            .MaxBy(StepOf)
        : null;

    private string Checkpoints => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>The step of a checkpoint's folder; nothing of any other folder, one that was left half-written among them.</summary>
    private static int? StepOf(string folder) =>
        System.IO.Path.GetFileName(folder) is var name && name.StartsWith(Step, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Step.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;

    private const string Step = "step-";
    private const string Description = "run.json";
    private const string WeightsFile = "weights.safetensors";

    /// <summary>Makes the folder and its <c>run.json</c>.</summary>
    /// <param name="path">A folder that is missing or empty.</param>
    /// <param name="model">What will be trained.</param>
    /// <param name="plan">How.</param>
    /// <param name="data">On what; its name and fingerprint are written down.</param>
    /// <exception cref="InputException">The folder has something in it already, or cannot be made.</exception>
    public static RunFolder Create(string path, SegmentationModel model, TrainingPlan plan, GradedData data)
    {
        if (Disk(path, () => Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new InputException(path, "the folder is not empty", "name a new folder for the run, or remove this one");
        var description = new RunDescription(
            model.GetType().Name,
            SpecJson.ToNode(model.Declaration),
            model.Seed,
            model.ParameterCount,
            plan,
            new DataDescription(data.Name, data.Fingerprint(), data.Classes.Names) { Path = Directory.Exists(data.Name) ? System.IO.Path.GetFullPath(data.Name) : null },
            new Dictionary<string, string>
            {
                ["ProbUNet"] = VersionOf(typeof(RunFolder)),
                ["TorchSharp"] = VersionOf(typeof(TorchSharp.torch)),
                [".NET"] = Environment.Version.ToString(),
            });
        AtomicFile.Write(System.IO.Path.Combine(path, Description), stream => JsonSerializer.Serialize(stream, description, Json));
        return new RunFolder(path, model.Declaration, model.Seed, plan, description.Data);
    }

    /// <summary>The folder of the checkpoint after a step.</summary>
    public string CheckpointPath(int step) => System.IO.Path.Combine(Checkpoints, string.Create(CultureInfo.InvariantCulture, $"{Step}{step:D6}"));

    /// <summary>Writes the checkpoint of a step beside its place and renames it: it is there whole or not at all.</summary>
    internal void SaveCheckpoint(SegmentationModel model, int step)
    {
        var (place, beside) = (CheckpointPath(step), CheckpointPath(step) + ".partial");
        try
        {
            Weights.Save(model, System.IO.Path.Combine(beside, WeightsFile));
            Disk(place, () => Directory.Move(beside, place));
        }
        finally
        {
            if (Directory.Exists(beside))
                Directory.Delete(beside, recursive: true);
        }
    }

    internal MetricsLog OpenMetrics()
    {
        var path = System.IO.Path.Combine(Path, "metrics.jsonl");
        return Disk(path, () => new MetricsLog(path));
    }

    /// <summary>Does something on the disk; what the disk refuses is told as bad input is.</summary>
    private static T Disk<T>(string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, $"it cannot be read or written ({error.Message.TrimEnd('.')})", "choose a folder that you may write to, on a disk with room", error);
        }
    }

    private static void Disk(string path, Action act) => Disk(path, () =>
    {
        act();
        return true;
    });

    private static string VersionOf(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>One line a step, readable while the training runs. No clock in it: the same run gives the same bytes.</summary>
    internal sealed class MetricsLog(string path) : IDisposable
    {
        private readonly StreamWriter _writer = new(path) { NewLine = "\n", AutoFlush = true };

        public void Append(TrainingStep step)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                json.WriteStartObject();
                json.WriteNumber("step", step.Step);
                json.WriteNumber("loss", step.Loss);
                json.WriteNumber("crossEntropy", step.CrossEntropy);
                json.WriteNumber("kl", step.KullbackLeibler);
                json.WriteNumber("learningRate", step.LearningRate);
                if (step.KullbackLeiblerPerDimension is { } dimensions)
                {
                    json.WriteNumber("beta", step.Beta);
                    json.WriteNumber("reconstructionWeight", step.ReconstructionWeight);
                    json.WriteNumber("activeDimensions", step.ActiveDimensions);
                    json.WriteStartArray("klPerDimension");
                    foreach (var nats in dimensions)
                        json.WriteNumberValue(nats);
                    json.WriteEndArray();
                }
                if (step.Diversity is { } diversity)
                {
                    json.WriteNumber("sampleDiversity", diversity.Samples);
                    json.WriteNumber("graderDiversity", diversity.Graders);
                }
                if (step.Warning is { } warning)
                    json.WriteString("warning", warning);
                json.WriteEndObject();
            }
            Disk(path, () => _writer.WriteLine(Encoding.UTF8.GetString(buffer.ToArray())));
        }

        public void Dispose() => _writer.Dispose();
    }
}
