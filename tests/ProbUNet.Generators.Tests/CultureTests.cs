using System.Globalization;
using ProbUNet.Dsl;

namespace ProbUNet.Generators.Tests;

/// <summary>A machine's language changes neither code nor words.</summary>
public class CultureTests
{
    private const string Source = """
        [ProbabilisticUNet(Classes = -3)] [Latent(-4)] [UNet(Growth = -0.25, Dropout = 1.5)] partial class Wrong;
        [DropoutUNet(Rate = 0.25, Blocks = 1)] [UNet(Channels = [2, 4], ConvsPerBlock = 1, Dropout = 0.125)] partial class Right;
        [ImageToImageVae] [UNet(Channels = [-2, 4])] [Posterior(Mask = (MaskEncoding)(-1))] partial class Other;
        """;

    /// <summary>Swedish as far as numbers go: tests run without the data of other cultures.</summary>
    private static CultureInfo Swedish { get; } = new("")
    {
        NumberFormat = { NegativeSign = "\u2212", NumberDecimalSeparator = ",", NumberGroupSeparator = "\u00a0" },
    };

    [Fact]
    public void ASwedishMachine_WritesTheSameCode_AndTheSameWords()
    {
        var (usual, swedish) = (Run(CultureInfo.InvariantCulture), Run(Swedish));
        Assert.Equal(usual, swedish);
        Assert.Contains(usual, text => text.Contains("Rate = 0.25", StringComparison.Ordinal));
        Assert.Contains(usual, text => text.Contains("cannot have -4 dimensions", StringComparison.Ordinal));
    }

    [Fact]
    public void ASwedishMachine_SaysTheSameAtRunTime()
    {
        ModelSpec[] specs = [new ProbabilisticUNetSpec { Classes = -3, Latent = new(-4), UNet = new() { Growth = -0.25, Dropout = 1.5, Kernel = -2 } }, new DropoutUNetSpec { Blocks = -1, SizePolicy = (SizePolicy)(-1) }];
        Assert.All(specs, spec => Assert.Equal(In(CultureInfo.InvariantCulture, spec.Validate), In(Swedish, spec.Validate)));
    }

    private static string[] Run(CultureInfo culture) => In(culture, () =>
    {
        var result = TestCompilation.Run(Source);
        return result.Generated.Results.Single().GeneratedSources.Select(source => source.SourceText.ToString())
            .Concat(result.Errors.Where(error => error.Id.StartsWith("PUN", StringComparison.Ordinal)).Select(error => $"{error.Id} {error.GetMessage(CultureInfo.InvariantCulture)} {string.Join(' ', error.Properties.Values)}"))
            .Order(StringComparer.Ordinal).ToArray();
    });

    private static T In<T>(CultureInfo culture, Func<T> function)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            return function();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
