using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Catalog;

namespace ProbUNet.Models.Tests.Catalog;

/// <summary>The other families at the paper's sizes: the same U-Net, and what sets each apart.</summary>
public class FamilyCountTests
{
    private const long LidcUNet = 11_773_536;

    [Fact]
    public void AllFamilies_ShareTheUNet_AtEverySize()
    {
        foreach (var size in ModelCatalog.All.Where(entry => entry.Pretrained is null).GroupBy(entry => entry.Name.Split('-')[0]))
        {
            Assert.Equal(Families.All.Count, size.Select(entry => entry.Spec.GetType()).Distinct().Count());
            Assert.Single(size.Select(entry => (entry.Spec.Image, entry.Spec.Classes, entry.Spec.UNet)).Distinct());
        }
    }

    [Fact]
    public void ThePlainUNet_IsTheUNetAndALastLayer()
    {
        Assert.Equal(LidcUNet + 33, Total("lidc-deterministic"));   // 32 weights and a bias
        Assert.Equal(LidcUNet + 33, Total("lidc-dropout"));   // dropout has no parameters
        Assert.Equal(4 * (LidcUNet + 33), Total("lidc-ensemble"));
        Assert.Equal(LidcUNet + 4 * 33, Total("lidc-heads"));
    }

    [Fact]
    public void TheVae_SeesZAtTheInput_AndTheMaskAloneInItsPosterior()
    {
        var parts = Parts("lidc-vae");
        Assert.Equal(LidcUNet + 3 * 32 * 9, parts["unet"]);   // three more channels into the first convolution
        // The prior's encoder of an image of one channel has as many parameters as the posterior's of a mask of one; its head gives twice 3 instead of twice 6.
        Assert.Equal(7_861_452 - 6 * 513, parts["posterior"]);
        Assert.Equal(33, parts["combiner"]);
        Assert.Equal(["combiner", "posterior", "unet"], parts.Keys.Order());
    }

    [Fact]
    public void EveryNetworkOfTheCatalog_CarriesItsFamilysName() => Assert.All(ModelCatalog.All, entry =>
    {
        Assert.Equal(entry.Spec, ModelCatalog.Find(entry.Name.ToUpperInvariant()).Spec);
        Assert.StartsWith(ModelCatalog.TitleOf(entry.Spec), entry.Description);
    });

    private static long Total(string name) => GraphOf(name).ParameterCount;

    private static Dictionary<string, long> Parts(string name) =>
        GraphOf(name).Parameters.GroupBy(parameter => parameter.Name.Split('.')[0]).ToDictionary(part => part.Key, part => part.Sum(parameter => parameter.Count));

    private static Graph GraphOf(string name) =>
        GraphBuilder.Build(ModelCatalog.Find(name).Spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString()));
}
