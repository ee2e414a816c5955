using ProbUNet.Dsl;
using ProbUNet.Models.Data;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Models.Catalog;

/// <summary>A network with weights: a run's, or one of the catalog whose weights come with the library. A folder goes before a name, so that no run is hidden by one.</summary>
public sealed class TrainedNetwork
{
    private readonly CatalogEntry? _entry;

    private TrainedNetwork(RunFolder run) => Run = run;

    private TrainedNetwork(CatalogEntry entry) => _entry = entry;

    /// <summary>Opens what a run folder's path, or a name of the catalog, stands for.</summary>
    /// <exception cref="InputException">It is neither, or a network without weights.</exception>
    public static TrainedNetwork Open(string source) => EntryOf(source) is not { } entry
        ? new(Path.Exists(source) ? RunFolder.Open(source) : throw new InputException(source, $"there is no such run, or network with weights{Spelling.Aside(source, ModelCatalog.NamesWithWeights)}", $"name a run folder, or one of {WithWeights}"))
        : entry.Pretrained is not null ? new(entry)
        : throw new InputException(source, "this network comes without weights", $"name the folder that a training of it wrote, or a network that comes with weights: {WithWeights}");

    /// <summary>Gives a network the weights to begin with: a run's last ones, those that come with the library, or a file's.</summary>
    /// <param name="network">Its weights change.</param>
    /// <param name="source">A run folder, a file of safetensors or PyTorch with this project's names, or a name of the catalog.</param>
    /// <exception cref="InputException">There are none such, or they are not of the network.</exception>
    public static void LoadInto(SegmentationModel network, string source)
    {
        if (RunFolder.Recognizes(source))
            Weights.Load(network, RunFolder.Open(source).WeightsFile());
        else if (!File.Exists(source) && EntryOf(source) is not null)
        {
            using var pretrained = ModelCatalog.Pretrained(source);
            Weights.Assign(network, Weights.Copy(pretrained).ToDictionary());   // refuses tensors that are not its own
            StoredSpec.Check(network.Declaration, pretrained.Declaration, source);
        }
        else if (!Path.Exists(source))
            throw new InputException($"--init {source}", "there is no such run, file or network with weights", $"name a run folder, a file of safetensors or PyTorch, or one of {WithWeights}");
        else if (MisnamedRun.DescribedBy(source) is { } run)
            throw MisnamedRun.Described(source, $"name {run}");
        else
            Weights.Load(network, source);
    }

    private static string WithWeights => string.Join(", ", ModelCatalog.NamesWithWeights);

    /// <summary>The run; nothing where the weights come with the library.</summary>
    public RunFolder? Run { get; }

    /// <summary>What messages call it: the folder, or the name.</summary>
    public string Name => Run?.Path ?? _entry!.Name;

    /// <summary>What it is.</summary>
    public ModelSpec Spec => Run?.Spec ?? _entry!.Spec;

    /// <summary>The names of its classes; none where nobody tells.</summary>
    public IReadOnlyList<string> ClassNames => Run?.ClassNames ?? [];

    /// <summary>The network with its weights; the caller owns it.</summary>
    /// <param name="step">Those after a step of the run; the last ones if left out. Weights that come with the library are of none.</param>
    /// <param name="device">Where it lives; the CPU if left out.</param>
    /// <exception cref="InputException">There are none such.</exception>
    public SegmentationModel Load(int? step = null, Device? device = null) => Run is not null ? Run.LoadModel(step, device)
        : step is null ? _entry!.Pretrained!(device)
        : throw new InputException(Name, $"there is no checkpoint of step {step}: it has the weights that come with the library alone", "leave the step out");

    /// <summary>Opens data at the network's size.</summary>
    /// <param name="source">Any data with the network's classes; if left out, what the run was trained on.</param>
    /// <exception cref="InputException">The data cannot be used, are not the network's, or none are known.</exception>
    public GradedData OpenData(string? source)
    {
        if (Run is not null)
            return Run.OpenData(source);
        var data = DataSource.Open(source ?? throw new InputException(Name, "its weights come with the library, and it does not know any data", "name with --data what to look at"), Spec.Image.Height, Spec.Image.Width);
        Check(data);
        return data;
    }

    /// <summary>Refuses data that are not of the network's size, or have other classes.</summary>
    /// <exception cref="InputException">Names the first image at fault, or the setting.</exception>
    public void Check(GradedData data) => Fit.CheckTrained(Spec, data, Name, ClassNames);

    private static CatalogEntry? EntryOf(string source) => RunFolder.Recognizes(source) ? null : ModelCatalog.All.FirstOrDefault(entry => entry.Name.Equals(source, StringComparison.OrdinalIgnoreCase));
}
