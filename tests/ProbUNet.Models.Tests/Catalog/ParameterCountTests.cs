using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Catalog;

namespace ProbUNet.Models.Tests.Catalog;

/// <summary>The counts that paper and released weights imply, by part.</summary>
public class ParameterCountTests
{
    [Fact]
    public void Lidc_HasThePapersCounts() =>
        Assert.Equal((11_773_536, 7_861_452, 7_861_740, 2_337), Parts(LidcNet.Spec));   // 2,370 with two logits

    [Fact]
    public void Cityscapes_HasTheReleasedCount() => Assert.Equal(17_953_680, Total(CityscapesNet.Spec));

    [Fact]
    public void Standard_HasTheMeasuredCount() => Assert.Equal(4_999_449, Total(StandardNet.Spec));

    private static long Total(Dsl.ModelSpec spec) => GraphOf(spec).ParameterCount;

    private static (long UNet, long Prior, long Posterior, long Combiner) Parts(Dsl.ModelSpec spec)
    {
        var parts = GraphOf(spec).Parameters.GroupBy(parameter => parameter.Name.Split('.')[0]).ToDictionary(part => part.Key, part => part.Sum(parameter => parameter.Count));
        return (parts["unet"], parts["prior"], parts["posterior"], parts["combiner"]);
    }

    private static Graph GraphOf(Dsl.ModelSpec spec) => GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString()));
}
