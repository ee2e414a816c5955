using System.Globalization;
using System.Text.RegularExpressions;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Evaluation;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Catalog;

/// <summary>The networks that come with weights do what their model cards say.</summary>
public partial class ModelCardTests
{
    /// <summary>
    /// Half of the card's last digit, and 0.001 for other kernels: they move a probability by 1e-6 or so, which turns a pixel only where it is that close to one half. Rounding all weights to bfloat16, which is
    /// a thousand times as much, moved GED² by 0.001 (the card has both).
    /// </summary>
    private const double Tolerance = 0.0005 + 0.001;

    public static TheoryData<string> WithWeights => [.. ModelCatalog.All.Where(entry => entry.Pretrained is not null).Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(WithWeights))]
    public void TheEnergyDistance_IsThatOfTheCard(string name)
    {
        var card = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot(), "ProbUNet.Models", "Catalog", "Weights", $"{name}.md"));
        var (command, counts, stated) = (Evaluation().Match(card), Row(card, "n"), Row(card, "GED²"));
        Assert.True(command.Success, "The card says how its numbers were measured.");
        Assert.Equal(command.Groups["counts"].Value, string.Join(',', counts));
        using var network = ModelCatalog.Pretrained(name);
        var source = command.Groups["data"].Value;
        var data = DataSource.Open(DataSource.IsSynthetic(source) ? source : SharedData.Folder(source), network.Declaration.Image.Height, network.Declaration.Image.Width);
        Assert.Contains($"{data.Test.Count} test images", card);
        var result = Evaluator.Evaluate(network, data.Test, [.. counts.Select(count => (int)count)], seed: 1);
        Assert.All(counts.Zip(stated), pair => Assert.InRange(result.GedAt((int)pair.First), pair.Second - Tolerance, pair.Second + Tolerance));
    }

    [Theory]
    [MemberData(nameof(WithWeights))]
    public void TheFile_IsOfItsSize_AndItsChecksumOnTheCard(string name)
    {
        var folder = Path.Combine(SharedData.RepositoryRoot(), "ProbUNet.Models", "Catalog", "Weights");
        var bytes = File.ReadAllBytes(Path.Combine(folder, $"{name}.safetensors"));
        Assert.InRange(bytes.Length, 1, name.EndsWith("-large", StringComparison.Ordinal) ? 12_000_000 : 5_000_000);
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), File.ReadAllText(Path.Combine(folder, $"{name}.md")));
    }

    [Fact]
    public void ANetworkWithoutWeights_IsRefused_AndOneWithThemIsTheSameEachTime()
    {
        Assert.Equal("small: this network comes without weights; train it, or use one of lesions, nodules, nodules-large.", Assert.Throws<InputException>(() => ModelCatalog.Pretrained("small")).Message);
        using var first = ModelCatalog.Pretrained("LESIONS");
        using var second = LesionsNet.Pretrained();
        Assert.Equal(Weights.Copy(first).SelectMany(named => named.Value.Values), Weights.Copy(second).SelectMany(named => named.Value.Values));
    }

    /// <summary>The numbers of a row of the card's table.</summary>
    private static double[] Row(string card, string title) =>
        [.. card.Split('\n').Single(line => line.StartsWith($"| {title} |", StringComparison.Ordinal)).Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"probunet evaluate \S+ --data (?<data>\S+) --samples (?<counts>\S+) --seed 1\b")]
    private static partial Regex Evaluation();
}
