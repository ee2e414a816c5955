using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ProbUNet.Dsl;
using ProbUNet.Models.Interchange;

namespace ProbUNet.Models.Training;

/// <summary>The best weights so far.</summary>
/// <param name="Step">After which step.</param>
/// <param name="Ged">Their GED² (V-statistic) on validation images.</param>
public sealed record BestStep(int Step, double Ged);

/// <summary>What a checkpoint says beside its tensors: all that a training needs to go on as if it had never stopped.</summary>
/// <param name="Step">Steps behind it.</param>
/// <param name="Run">Tells the run from all others; a checkpoint of another is refused.</param>
/// <param name="Seconds">How long the training has taken so far.</param>
/// <param name="Geco">GECO's state, a part each.</param>
/// <param name="Health">What is watched for.</param>
/// <param name="Best">The best weights so far, where they are looked for.</param>
internal sealed record CheckpointState(int Step, string Run, double Seconds, IReadOnlyList<Geco> Geco, HealthState Health, BestStep? Best)
{
    /// <summary>The last step, where the training was stopped while it was being validated: that comes first when it goes on. Nothing elsewhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MetricsLine? Unvalidated { get; init; }
}

/// <summary>What a checkpoint is written to.</summary>
/// <param name="Folder">Missing, or empty.</param>
/// <param name="Spec">The network's, which its weights say that they are of.</param>
internal sealed record NewCheckpoint(string Folder, ModelSpec Spec);

/// <summary>What a checkpoint is read for.</summary>
internal enum CheckpointUse
{
    /// <summary>To train from it: all of it is needed.</summary>
    GoOn,

    /// <summary>For its weights and what it tells: what only the next step would need may have been removed, to have the folder a third as large.</summary>
    Judge,
}

/// <summary>
/// A folder with what a training was after a step: <c>weights.safetensors</c> (what a user wants), <c>training.safetensors</c> (what the next step needs beside them) and
/// <c>checkpoint.json</c> with the rest, the format's version, and a SHA-256 of each file and of itself. A folder that was cut short, or in which a bit has turned, is known by these.
/// </summary>
internal sealed class Checkpoint(string path)
{
    /// <summary>The version of the format; one that is newer is refused.</summary>
    public const int FormatVersion = 1;

    public const string WeightsFile = "weights.safetensors";
    private const string TrainingFile = "training.safetensors";
    private const string StateFile = "checkpoint.json";

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>Whether what only the next step would need was removed.</summary>
    public bool IsForJudgesAlone => File.Exists(System.IO.Path.Combine(path, StateFile)) && !File.Exists(System.IO.Path.Combine(path, TrainingFile));

    /// <summary>Its weights.</summary>
    public string Weights => System.IO.Path.Combine(path, WeightsFile);

    /// <summary>Writes a folder; a half-written one is nothing that <see cref="ReadState"/> takes.</summary>
    /// <param name="place">Where to.</param>
    /// <param name="state">What it says.</param>
    /// <param name="weights">Those of the network.</param>
    /// <param name="training">Those of the training.</param>
    public static void Write(NewCheckpoint place, CheckpointState state, IEnumerable<KeyValuePair<string, StoredTensor>> weights, IEnumerable<KeyValuePair<string, StoredTensor>> training)
    {
        var folder = place.Folder;
        Directory.CreateDirectory(folder);
        Safetensors.Write(System.IO.Path.Combine(folder, WeightsFile), weights, StoredSpec.In(place.Spec));
        Safetensors.Write(System.IO.Path.Combine(folder, TrainingFile), training);
        Write(folder, state, new JsonObject(new[] { WeightsFile, TrainingFile }.Select(file => KeyValuePair.Create(file, (JsonNode?)HashOf(System.IO.Path.Combine(folder, file))))));
    }

    /// <summary>Says something else of the same tensors. Whoever calls it has read the state before, and knows that they are as they were written.</summary>
    /// <param name="state">Of the same step.</param>
    public void Say(CheckpointState state) => Write(path, state, JsonFile.ParseBytes(StateFile, File.ReadAllBytes(System.IO.Path.Combine(path, StateFile)))!["files"]!.DeepClone());

    private static void Write(string folder, CheckpointState state, JsonNode files)
    {
        var node = JsonSerializer.SerializeToNode(state, Json)!.AsObject();
        node.Insert(0, "formatVersion", FormatVersion);
        node["files"] = files;
        node["checksum"] = ChecksumOf(node);
        AtomicFile.Write(System.IO.Path.Combine(folder, StateFile), stream => JsonSerializer.Serialize(stream, node, Json));
    }

    /// <summary>Reads what it says, and makes sure that all of it is as it was written.</summary>
    /// <param name="use">What for.</param>
    /// <exception cref="InputException">It is damaged, or of a version that is not known.</exception>
    public CheckpointState ReadState(CheckpointUse use)
    {
        var file = System.IO.Path.Combine(path, StateFile);
        InputException Damaged(string why, Exception? inner = null) => new(path, $"this checkpoint cannot be used ({why})", "remove it and go on from the one before it", inner);
        try
        {
            if (JsonFile.ParseBytes(StateFile, File.ReadAllBytes(file)) is not JsonObject node)
                throw Damaged($"{StateFile} is no object");
            if ((int?)node["formatVersion"] is not { } version || version != FormatVersion)
                throw new InputException(path, $"this checkpoint has the format {OneLine.Of(node["formatVersion"]?.ToJsonString() ?? "of no version")} and this program knows {FormatVersion}", "go on with the program that wrote it");
            var checksum = (string?)node["checksum"];
            node.Remove("checksum");
            if (checksum != ChecksumOf(node))
                throw Damaged($"{StateFile} is not as it was written");
            foreach (var (name, hash) in node["files"]!.AsObject())
                if (name == TrainingFile && !File.Exists(System.IO.Path.Combine(path, name)))
                {
                    if (use == CheckpointUse.GoOn)
                        throw new InputException(path, $"without its {name} this checkpoint can be judged, and not gone on from", "put it back, or begin another run with these weights (--init)");
                }
                else if (System.IO.Path.GetFileName(name) != name || HashOf(System.IO.Path.Combine(path, name)) != (string?)hash)
                    throw Damaged($"{name} is not as it was written");
            node.Remove("files");
            node.Remove("formatVersion");
            if (node["unvalidated"] is JsonObject step)
                MetricsLine.Rename(step);
            return node.Deserialize<CheckpointState>(Json) ?? throw Damaged($"{StateFile} is empty");
        }
        catch (InputException error) when (error.Input == StateFile)
        {
            throw Damaged($"{StateFile}: {error.Problem}", error);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw Damaged($"{StateFile} cannot be read", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Damaged(error.Message.TrimEnd('.'), error);
        }
    }

    /// <summary>The tensors of the training, by name.</summary>
    public IReadOnlyDictionary<string, StoredTensor> ReadTraining() => Safetensors.Read(System.IO.Path.Combine(path, TrainingFile));

    private static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private static string ChecksumOf(JsonObject node) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(node)));

    private static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
