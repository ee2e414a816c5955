using ProbUNet.Dsl;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Models.Catalog;

/// <summary>A network that has a name.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Description">What it is, in a line.</param>
/// <param name="Spec">Its settings.</param>
/// <param name="Create">Makes it with the initial weights of a seed.</param>
public sealed record CatalogEntry(string Name, string Description, ProbabilisticUNetSpec Spec, Func<long, ProbabilisticUNetModel> Create);

/// <summary>The networks that come with the library, by name.</summary>
public static class ModelCatalog
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<CatalogEntry> All { get; } =
    [
        new("small", "the demonstration's: minutes on two cores", SmallNet.Spec, seed => new SmallNet(seed)),
        new("standard", "the one that performance is measured with", StandardNet.Spec, seed => new StandardNet(seed)),
        new("lidc", "the paper's for LIDC", LidcNet.Spec, seed => new LidcNet(seed)),
        new("cityscapes", "the paper's released code's for Cityscapes", CityscapesNet.Spec, seed => new CityscapesNet(seed)),
    ];

    /// <summary>The network of a name.</summary>
    /// <exception cref="InputException">There is none of that name; the message lists those that there are.</exception>
    public static CatalogEntry Find(string name) => All.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new InputException(name, "no network has this name", $"use one of {string.Join(", ", All.Select(entry => entry.Name))}");
}
