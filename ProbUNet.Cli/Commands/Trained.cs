using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Data;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Sources;
using ProbUNet.Models.Training;
using static TorchSharp.torch;

namespace ProbUNet.Cli.Commands;

/// <summary>A network with weights: a run's, or one of the catalog whose weights come with the library. A folder goes before a name, so that no run is hidden by one.</summary>
internal sealed class Trained
{
    public const string Help = "A run folder, or a network that comes with weights ('probunet models' says which).";

    private readonly RunFolder? _run;
    private readonly CatalogEntry? _entry;

    private Trained(RunFolder run) => _run = run;

    private Trained(CatalogEntry entry) => _entry = entry;

    /// <summary>Opens what an argument names.</summary>
    /// <exception cref="InputException">It is neither, or a network without weights.</exception>
    public static Trained Open(string source) => EntryOf(source) is not { } entry ? new(RunFolder.Open(source))
        : entry.Pretrained is not null ? new(entry)
        : throw new InputException(source, "this network comes without weights", $"name the folder that a training of it wrote, or a network that comes with weights: {WithWeights}");

    /// <summary>Begins a network with weights: a run's, a file's, or those that come with the library.</summary>
    /// <exception cref="InputException">There are none such, or they are not of the network.</exception>
    public static void Load(SegmentationModel network, string source)
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
        else
            Weights.Load(network, source);
    }

    private static string WithWeights => string.Join(", ", ModelCatalog.All.Where(each => each.Pretrained is not null).Select(each => each.Name));

    /// <summary>What messages call it.</summary>
    public string Name => _run?.Path ?? _entry!.Name;

    public ModelSpec Spec => _run?.Spec ?? _entry!.Spec;

    /// <summary>The names of its classes; none where nobody tells.</summary>
    public IReadOnlyList<string> ClassNames => _run?.ClassNames ?? [];

    /// <summary>The network with the weights that are asked for, and the step after which they were, where a run tells.</summary>
    /// <exception cref="InputException">There are none such.</exception>
    public (SegmentationModel Network, int? Step) Load(string checkpoint, Device device)
    {
        if (_run is not null)
            return Checkpoints.Load(_run, checkpoint, device);
        return checkpoint == Checkpoints.Last
            ? (_entry!.Pretrained!(device), null)
            : throw new InputException($"--checkpoint {checkpoint}", $"{Name} has the weights that come with the library alone", "leave it out");
    }

    /// <summary>Opens data at the network's size; without a name, what the run was trained on.</summary>
    /// <exception cref="InputException">The data cannot be used, are not the network's, or none are known.</exception>
    public GradedData OpenData(string? source)
    {
        if (_run is not null)
            return _run.OpenData(source);
        var data = DataSource.Open(source ?? throw new InputException(Name, "its weights come with the library, and it does not know any data", "name with --data what to look at"), Spec.Image.Height, Spec.Image.Width);
        Check(data);
        return data;
    }

    /// <summary>Refuses data that are not of the network's size, or have other classes.</summary>
    /// <exception cref="InputException">Names the first image at fault, or the setting.</exception>
    public void Check(GradedData data)
    {
        foreach (var images in new[] { data.Train, data.Validation, data.Test }.Where(images => images.Count > 0))
            Fit.Check(Spec, images, ClassNames);
    }

    private static CatalogEntry? EntryOf(string source) => RunFolder.Recognizes(source) ? null : ModelCatalog.All.FirstOrDefault(entry => entry.Name.Equals(source, StringComparison.OrdinalIgnoreCase));
}
