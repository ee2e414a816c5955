using FsCheck.Xunit;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Testing;

namespace ProbUNet.Dsl.Tests;

/// <summary>Laws of graphs over random specs.</summary>
[Properties(Arbitrary = [typeof(SpecArbitraries)], MaxTest = 500)]
public class GraphLawTests
{
    [Property]
    public void AnAcceptedSpec_HasAGraphThatVerifies(ValidSpec valid)
    {
        Assert.Empty(valid.Spec.Validate());
        Assert.Empty(GraphVerifier.Verify(GraphOf(valid.Spec)));
    }

    [Property]
    public void ASize_IsAccepted_ExactlyWhenTheGraphFits(AnySizeSpec any)
    {
        var errors = any.Spec.Validate();
        Assert.Equal(errors.Count == 0, GraphBuilder.BuildUnchecked(any.Spec).Problems.Count == 0);
        var factor = 1 << (any.Spec.UNet.Channels.Count - 1);
        Assert.Equal(errors.Any(error => error.Id == Rules.Divisibility), any.Spec.Image.Height % factor != 0 || any.Spec.Image.Width % factor != 0);
    }

    [Property]
    public void ASpec_HasAGraph_ExactlyWhenItIsAccepted(AnySpec any) =>
        Assert.Equal(any.Spec.Validate().Count == 0, GraphBuilder.Build(any.Spec).Match(_ => true, errors => !errors.Equals(any.Spec.Validate())));

    [Property]
    public void ValidationIsTotal_AndNamesARuleAPathAndAMessage(AnySpec any) =>
        Assert.All(any.Spec.Validate(), error =>
        {
            Assert.Matches("^PUN[0-9]{4}$", error.Id);
            Assert.Matches(@"^[A-Za-z]+(\.[A-Za-z]+)?(\[[0-9]+\])?$", error.Path);
            Assert.Contains(':', error.Message);   // the remedy follows
        });

    [Property]
    public void ParameterCount_HasItsClosedForm(ValidSpec valid)
    {
        var spec = valid.Spec;
        var style = spec.UNet;
        long Conv(int from, int to, int kernel) => (long)to * (from * kernel * kernel + 1);
        long Norms(int channels, int convs) => style.Normalization == Normalization.None ? 0 : 2L * channels * convs;
        long Block(int from, int to, int convs) => Conv(from, to, style.Kernel) + (convs - 1) * Conv(to, to, style.Kernel) + Norms(to, convs)
            + (style.Residual && from != to ? Conv(from, to, 1) : 0);
        long Down(int input, ValueList<int> channels, int convs) => channels.Select((to, level) =>
            Block(level == 0 ? input : channels[level - 1], to, convs)
            + (level > 0 && style.Downsampling == Downsampling.StridedConv ? Conv(channels[level - 1], channels[level - 1], 3) : 0)).Sum();
        long Up(ValueList<int> channels, int convs) => Enumerable.Range(0, channels.Count - 1).Sum(level =>
            Block(channels[level + 1] + channels[level], channels[level], convs)
            + (style.Upsampling == Upsampling.TransposedConv ? Conv(channels[level + 1], channels[level + 1], 2) : 0));
        long Gaussian(int input, EncoderSpec encoder)
        {
            var channels = encoder.Channels ?? spec.UNet.Channels;
            return Down(input, channels, encoder.ConvsPerBlock ?? spec.UNet.ConvsPerBlock) + Conv(channels[^1], 2 * spec.Latent.Dimension, 1);
        }
        long Combiner()
        {
            var width = spec.Combiner.Width ?? spec.UNet.Channels[0];
            var joined = spec.UNet.Channels[0] + spec.Latent.Dimension;
            return spec.Combiner.Convs == 1
                ? Conv(joined, spec.Classes, 1)
                : Conv(joined, width, 1) + (spec.Combiner.Convs - 2) * Conv(width, width, 1) + Conv(width, spec.Classes, 1);
        }
        var expected = Down(spec.Image.Channels, spec.UNet.Channels, spec.UNet.ConvsPerBlock) + Up(spec.UNet.Channels, spec.UNet.ConvsPerBlock)
            + Gaussian(spec.Image.Channels, spec.Prior) + Gaussian(spec.Image.Channels + spec.Classes, spec.Posterior) + Combiner();
        Assert.Equal(expected, GraphOf(spec).ParameterCount);
    }

    [Property]
    public void Features_HaveTheSizeOfTheImage(ValidSpec valid)
    {
        var features = GraphOf(valid.Spec)["features"];
        Assert.Equal(TensorShape.Map(valid.Spec.UNet.Channels[0], valid.Spec.Image.Height, valid.Spec.Image.Width), features.ShapeOf(features.Outputs[0].Value));
    }

    [Property]
    public void EveryValue_IsFreedOnce_AfterItsLastUse_OrReturned(ValidSpec valid)
    {
        foreach (var function in GraphOf(valid.Spec).Functions)
        {
            var lifetimes = Lifetimes.Of(function);
            var alive = Enumerable.Range(0, function.Inputs.Count).ToHashSet();
            for (var i = 0; i < function.Nodes.Count; i++)
            {
                Assert.All(function.Nodes[i].Inputs, input => Assert.Contains(input, alive));
                alive.Add(function.Inputs.Count + i);
                if (lifetimes.OverwritesInput(i))
                    Assert.True(alive.Remove(function.Nodes[i].Inputs[0]));
                Assert.All(lifetimes.DeadAfter(i), dead => Assert.True(alive.Remove(dead)));
            }
            Assert.Equal(Enumerable.Range(0, function.Inputs.Count).Concat(function.Outputs.Select(output => output.Value)).Order(), alive.Order());
        }
    }

    [Property]
    public void EqualSettings_MakeEqualSpecsAndGraphs(ValidSpec valid)
    {
        var copy = valid.Spec with { UNet = valid.Spec.UNet with { Channels = [.. valid.Spec.UNet.Channels] } };
        Assert.Equal(valid.Spec, copy);
        Assert.Equal(valid.Spec.GetHashCode(), copy.GetHashCode());
        Assert.Equal(GraphOf(valid.Spec), GraphOf(copy));
        Assert.NotEqual(valid.Spec, valid.Spec with { Latent = new LatentSpec(valid.Spec.Latent.Dimension + 1) });
    }

    private static Graph GraphOf(ModelSpec spec) => GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString()));
}
