using ProbUNet.Dsl;
using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Catalog;

/// <summary>A network that has a name.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Description">What it is, in a line.</param>
/// <param name="Spec">Its settings.</param>
/// <param name="Create">Makes it with the initial weights of a seed.</param>
public sealed record CatalogEntry(string Name, string Description, ModelSpec Spec, Func<long, SegmentationModel> Create)
{
    /// <summary>Whether the network takes on channels, classes and size of the data that it is trained on, where nobody says otherwise.</summary>
    public bool TakesFormOfData { get; init; }

    /// <summary>Makes it on a device (the CPU if there is none) with the weights that come with the library; nothing where none do. A model card beside each file says what they are of.</summary>
    public Func<Device?, SegmentationModel>? Pretrained { get; init; }
}

/// <summary>The networks that come with the library, by name: a size, and behind it the family where it is not the Probabilistic U-Net.</summary>
public static class ModelCatalog
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<CatalogEntry> All { get; } =
    [
        .. Size("small", "the demonstration's size: minutes on two cores", takesFormOfData: true,
            (SmallNet.Spec, seed => new SmallNet(seed)), (SmallDropoutNet.Spec, seed => new SmallDropoutNet(seed)), (SmallEnsembleNet.Spec, seed => new SmallEnsembleNet(seed)),
            (SmallHeadsNet.Spec, seed => new SmallHeadsNet(seed)), (SmallVaeNet.Spec, seed => new SmallVaeNet(seed)), (SmallDeterministicNet.Spec, seed => new SmallDeterministicNet(seed))),
        new("lesions", $"{TitleOf(LesionsNet.Spec)}, trained on synthetic:lesions", LesionsNet.Spec, seed => new LesionsNet(seed)) { Pretrained = LesionsNet.Pretrained },
        new("nodules", $"{TitleOf(NodulesNet.Spec)}, trained on crops of lung CT (LIDC-IDRI)", NodulesNet.Spec, seed => new NodulesNet(seed)) { Pretrained = NodulesNet.Pretrained },
        new("nodules-large", $"{TitleOf(LargeNodulesNet.Spec)}, twice as wide, trained on crops of lung CT (LIDC-IDRI)", LargeNodulesNet.Spec, seed => new LargeNodulesNet(seed)) { Pretrained = LargeNodulesNet.Pretrained },
        .. Size("standard", "the size that performance is measured with", takesFormOfData: false,
            (StandardNet.Spec, seed => new StandardNet(seed)), (StandardDropoutNet.Spec, seed => new StandardDropoutNet(seed)), (StandardEnsembleNet.Spec, seed => new StandardEnsembleNet(seed)),
            (StandardHeadsNet.Spec, seed => new StandardHeadsNet(seed)), (StandardVaeNet.Spec, seed => new StandardVaeNet(seed)), (StandardDeterministicNet.Spec, seed => new StandardDeterministicNet(seed))),
        .. Size("lidc", "the paper's size for LIDC", takesFormOfData: false,
            (LidcNet.Spec, seed => new LidcNet(seed)), (LidcDropoutNet.Spec, seed => new LidcDropoutNet(seed)), (LidcEnsembleNet.Spec, seed => new LidcEnsembleNet(seed)),
            (LidcHeadsNet.Spec, seed => new LidcHeadsNet(seed)), (LidcVaeNet.Spec, seed => new LidcVaeNet(seed)), (LidcDeterministicNet.Spec, seed => new LidcDeterministicNet(seed))),
        .. Size("cityscapes", "the paper's released code's size for Cityscapes", takesFormOfData: false,
            (CityscapesNet.Spec, seed => new CityscapesNet(seed)), (CityscapesDropoutNet.Spec, seed => new CityscapesDropoutNet(seed)), (CityscapesEnsembleNet.Spec, seed => new CityscapesEnsembleNet(seed)),
            (CityscapesHeadsNet.Spec, seed => new CityscapesHeadsNet(seed)), (CityscapesVaeNet.Spec, seed => new CityscapesVaeNet(seed)), (CityscapesDeterministicNet.Spec, seed => new CityscapesDeterministicNet(seed))),
    ];

    /// <summary>The network of a name.</summary>
    /// <exception cref="InputException">There is none of that name; the message says which is nearest, and lists those that there are.</exception>
    public static CatalogEntry Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Named(name)
            ?? throw new InputException(name, $"no network has this name{Spelling.Aside(name, All.Select(entry => entry.Name))}", $"use one of {string.Join(", ", All.Select(entry => entry.Name))}");
    }

    /// <summary>The network of a name, with the weights that come with the library; the caller owns it.</summary>
    /// <param name="name">For example <c>lesions</c>.</param>
    /// <param name="device">Where it lives; the CPU if left out.</param>
    /// <exception cref="InputException">There is none of that name, or none with weights; the message lists those with weights, and says which of them is nearest.</exception>
    public static SegmentationModel Pretrained(string name, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Named(name) is { Pretrained: { } make })
            return make(device);
        var trained = string.Join(", ", NamesWithWeights);
        throw Named(name) is null
            ? new InputException(name, $"no network with weights has this name{Spelling.Aside(name, NamesWithWeights)}", $"use one of {trained}")
            : new InputException(name, "this network comes without weights", $"train it, or use one of {trained}");
    }

    /// <summary>The names of those that come with weights.</summary>
    internal static IEnumerable<string> NamesWithWeights => All.Where(entry => entry.Pretrained is not null).Select(entry => entry.Name);

    private static CatalogEntry? Named(string name) => All.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<CatalogEntry> Size(string size, string description, bool takesFormOfData, params (ModelSpec Spec, Func<long, SegmentationModel> Create)[] networks) =>
        networks.Select(network => new CatalogEntry(size + SuffixOf(Families.Of(network.Spec)), $"{TitleOf(network.Spec)}, {description}", network.Spec, network.Create) { TakesFormOfData = takesFormOfData });

    private static string SuffixOf(Family family) => family == Families.Usual ? "" : $"-{family.Key}";

    /// <summary>What the paper calls the family of a network.</summary>
    public static string TitleOf(ModelSpec spec) => Families.Of(spec).Title;
}
