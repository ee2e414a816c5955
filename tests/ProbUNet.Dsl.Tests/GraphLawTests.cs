using FsCheck;
using FsCheck.Xunit;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Testing;

namespace ProbUNet.Dsl.Tests;

/// <summary>Laws of graphs over random specs.</summary>
[Properties(Arbitrary = [typeof(SpecArbitraries)], MaxTest = 2000)]
public class GraphLawTests
{
    [Property]
    public void AnAcceptedSpec_HasAGraphThatVerifies(ValidSpec valid)
    {
        Assert.Empty(valid.Spec.Validate());
        Assert.Empty(GraphVerifier.Verify(GraphOf(valid.Spec)));
    }

    /// <summary>Whoever calls a function frees what it returns: of any network, an output that is an argument, or another output, is refused.</summary>
    [Property]
    public void AnOutput_IsAValueOfItsOwn_InAnyGraph(ValidSpec valid, NonNegativeInt at)
    {
        foreach (var graph in new[] { GraphOf(valid.Spec), Lowering.Of(GraphOf(valid.Spec)) })
        {
            var function = graph.Functions[at.Get % graph.Functions.Count];
            var (outputs, argument) = (function.Outputs, at.Get % function.Inputs.Count);
            IEnumerable<string> Problems(GraphFunction broken) => GraphVerifier.Verify(With(graph, broken)).Select(error => $"{error.Function} {error.Problem}");
            Assert.Contains($"{function.Name} it returns an argument, which is the caller's already", Problems(function with { Outputs = [outputs[0] with { Value = argument }, .. outputs.Skip(1)] }));
            Assert.Contains($"{function.Name} it returns what another output is", Problems(function with { Outputs = [.. outputs, outputs[0] with { Name = "more" }] }));
        }
    }

    /// <summary>Backends hand on the features by place: what the one function returns and the other takes is the same list, in names, shapes and order.</summary>
    [Property]
    public void WhatCombineTakes_IsWhatFeaturesReturns(ValidSpec valid, NonNegativeInt at)
    {
        if (valid.Spec is not LatentVariableSpec)
            return;
        foreach (var graph in new[] { GraphOf(valid.Spec), Lowering.Of(GraphOf(valid.Spec)) })
        {
            var (features, combine) = (graph["features"], graph["combine"]);
            var made = features.Outputs.Select(output => new GraphInput(output.Name, features.ShapeOf(output.Value))).ToList();
            Assert.Equal(made, combine.Inputs.Take(made.Count));
            Assert.Equal(["z"], combine.Inputs.Skip(made.Count).Select(input => input.Name));
            // And no graph in which they differ is one.
            var place = at.Get % made.Count;
            IEnumerable<GraphFunction> others =
            [
                combine with { Inputs = [.. combine.Inputs.Select((input, i) => i == place ? input with { Name = Numbered.Name("features", made.Count) } : input)] },
                features with { Outputs = [.. features.Outputs.Select((output, i) => i == place ? output with { Name = Numbered.Name("features", made.Count) } : output)] },
                features with { Outputs = [.. features.Outputs.Select((output, i) => i == place ? output with { Name = "map" } : output)] },
                Moved(combine, combine.Inputs.Count - 1, 0),
                Handed(features, place, new Slice(0, 1)),
                .. made.Count < 2 ? Array.Empty<GraphFunction>() : [Moved(combine, 0, made.Count - 1), features with { Outputs = [.. features.Outputs.Reverse()] }, features with { Outputs = [.. features.Outputs.Skip(1)] }],
            ];
            foreach (var other in others.Where(other => other != features && other != combine))
                Assert.Contains(GraphVerifier.Verify(With(graph, other)), error => (error.Function, error.Node) == ("combine", "features"));
            Assert.Contains("combine/features: it takes a list that no function before it returns", GraphVerifier.Verify(new Graph([.. graph.Functions.Reverse()])).Select(error => error.ToString()));
        }

        // The same function with an argument elsewhere.
        static GraphFunction Moved(GraphFunction function, int from, int to)
        {
            var order = Enumerable.Range(0, function.Inputs.Count).ToList();
            order.RemoveAt(from);
            order.Insert(to, from);
            return function with
            {
                Inputs = [.. order.Select(place => function.Inputs[place])],
                Nodes = [.. function.Nodes.Select(node => node with { Inputs = [.. node.Inputs.Select(input => input < order.Count ? order.IndexOf(input) : input)] })],
            };
        }

        // The same function, whose output goes through an operator first; itself where that changes no shape.
        static GraphFunction Handed(GraphFunction function, int place, Operator through)
        {
            var (value, name) = (function.Outputs[place].Value, "handed");
            var shape = through.Infer([function.ShapeOf(value)]).Match(made => made, error => throw new InvalidOperationException(error));
            return shape == function.ShapeOf(value) ? function : function with
            {
                Nodes = [.. function.Nodes, new Node(name, through, [value], shape)],
                Outputs = [.. function.Outputs.Select((output, i) => i == place ? output with { Value = function.Inputs.Count + function.Nodes.Count } : output)],
            };
        }
    }

    [Fact]
    public void WhatIsMadeOfNothingSeen_SeesNothing()
    {
        GraphFunction Of(params (Operator Operator, TensorShape Shape)[] chain) => new("f", [new("image", TensorShape.Map(1, 4, 4))],
            [.. chain.Select((node, i) => new Node($"{i}", node.Operator, [i], node.Shape))], [new("out", chain.Length)]);
        var (zeros, map) = ((new Zeros(2), TensorShape.Vector(2)), TensorShape.Map(2, 3, 3));
        // A mean and a norm look at every pixel, of which none says anything.
        var constant = Of(zeros, (new Broadcast(3, 3), map), (new Conv2d("conv", 2, 2, 3), map), (new GroupNorm("norm", 2, 1), map), (new GlobalMean(), TensorShape.Map(2, 1, 1)), (new Flatten(), TensorShape.Vector(2)));
        Assert.Empty(GraphVerifier.Verify(constant));
        Assert.All(Reach.Of(constant).Skip(1), reach => Assert.Equal(Reach.None, reach));
        Assert.False(constant.SeesArguments);
        // And what sees nothing need not be zero.
        Assert.False(Of(zeros, (new Shift(1), TensorShape.Vector(2))) is { SeesArguments: false } shifted ? shifted.IsZero : throw new InvalidOperationException());
        Assert.True(Of(zeros).IsZero);
        Assert.False(constant.IsZero);
    }

    [Property]
    public void ASize_IsAccepted_ExactlyWhenTheGraphFits(AnySizeSpec any)
    {
        var errors = any.Spec.Validate();
        Assert.Equal(errors.Count == 0, GraphBuilder.BuildUnchecked(any.Spec).Problems.Count == 0);
        var factor = 1 << (any.Spec.UNet.Levels().Count - 1);
        Assert.Equal(
            errors.Any(error => error.Id == Rules.Divisibility),
            any.Spec.SizePolicy == SizePolicy.Strict && (any.Spec.Image.Height % factor != 0 || any.Spec.Image.Width % factor != 0));
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
        var (style, levels) = (spec.UNet, spec.UNet.Levels());
        long Conv(int from, int to, int kernel) => (long)to * (from * kernel * kernel + 1);
        long Norms(int channels, int convs) => style.Normalization == Normalization.None ? 0 : 2L * channels * convs;
        long Block(int from, int to, int convs) => Conv(from, to, style.Kernel) + (convs - 1) * Conv(to, to, style.Kernel) + Norms(to, convs)
            + (style.Residual && from != to ? Conv(from, to, 1) : 0);
        long Down(int input, ValueList<int> channels, int convs) => channels.Select((to, level) =>
            Block(level == 0 ? input : channels[level - 1], to, convs)
            + (level > 0 && style.Downsampling == Downsampling.StridedConv ? Conv(channels[level - 1], channels[level - 1], 3) : 0)).Sum();
        long Up(int latent) => Enumerable.Range(0, levels.Count - 1).Sum(level =>
        {
            var below = levels[level + 1] + (level == levels.Count - 2 ? latent : 0);
            return Block(below + levels[level], levels[level], style.ConvsPerBlock) + (style.Upsampling == Upsampling.TransposedConv ? Conv(below, below, 2) : 0);
        });
        long Gaussian(int input, EncoderSpec encoder)
        {
            var channels = encoder.Channels ?? levels;
            return Down(input, channels, encoder.ConvsPerBlock ?? style.ConvsPerBlock) + Conv(channels[^1], 2 * ((LatentVariableSpec)spec).Latent.Dimension, 1);
        }
        long Combiner(int joined, CombinerSpec combiner)
        {
            var width = combiner.Channels ?? levels[0];
            return combiner.Convs == 1
                ? Conv(joined, spec.Classes, 1)
                : Conv(joined, width, 1) + (combiner.Convs - 2) * Conv(width, width, 1) + Conv(width, spec.Classes, 1);
        }
        long Latent(LatentVariableSpec latent)
        {
            int At(LatentEntry entry) => latent.Latent.Entry == entry ? latent.Latent.Dimension : 0;
            // A U-Net of one level has no way up: what enters at its bottleneck arrives at the combiner.
            var behind = levels.Count == 1 ? At(LatentEntry.Bottleneck) : 0;
            return Down(spec.Image.Channels + At(LatentEntry.Input), levels, style.ConvsPerBlock) + Up(At(LatentEntry.Bottleneck))
                + Combiner(levels[0] + At(LatentEntry.Combiner) + behind, latent.Combiner);
        }
        long Plain(int outputs) => Down(spec.Image.Channels, levels, style.ConvsPerBlock) + Up(0) + Conv(levels[0], outputs, 1);
        var expected = spec switch
        {
            ProbabilisticUNetSpec probabilistic => Latent(probabilistic) + Gaussian(spec.Image.Channels, probabilistic.Prior) + Gaussian(spec.Image.Channels + spec.Classes, probabilistic.Posterior),
            ImageToImageVaeSpec vae => Latent(vae) + Gaussian(spec.Classes, vae.Posterior),
            UNetEnsembleSpec ensemble => ensemble.Members * Plain(spec.Classes),
            MultiHeadUNetSpec heads => Plain(heads.Heads * spec.Classes),
            _ => Plain(spec.Classes),
        };
        Assert.Equal(expected, GraphOf(spec).ParameterCount);
    }

    [Property]
    public void WhatComesOut_HasTheSizeOfTheImage(ValidSpec valid)
    {
        var graph = GraphOf(valid.Spec);
        foreach (var function in graph.Functions.Where(function => Numbered.ListOf(function.Name) is "logits" or "combine"))
            Assert.Equal((valid.Spec.Image.Height, valid.Spec.Image.Width), function.ShapeOf(Assert.Single(function.Outputs).Value) is var shape ? (shape.Height, shape.Width) : default);
        if (valid.Spec is LatentVariableSpec { Latent.Entry: LatentEntry.Combiner })
            Assert.Equal(
                TensorShape.Map(valid.Spec.UNet.Levels()[0], valid.Spec.Image.Height, valid.Spec.Image.Width),
                graph["features"].ShapeOf(Assert.Single(graph["features"].Outputs).Value));
    }

    [Property]
    public void APrior_IsAFunctionOfTheImage_ThatSaysWhatThePosteriorDoes(ValidSpec valid)
    {
        if (valid.Spec is not LatentVariableSpec latent)
            return;
        var graph = GraphOf(latent);
        var (prior, posterior) = (graph["prior"], graph["posterior"]);
        Assert.Equal([new GraphInput("image", graph["features"].Inputs[0].Shape)], prior.Inputs);
        Assert.Equal(FunctionResult.Gaussian, prior.Result);
        Assert.All(new[] { prior, posterior }.SelectMany(function => function.Outputs, (function, output) => function.ShapeOf(output.Value)), shape => Assert.Equal(TensorShape.Vector(latent.Latent.Dimension), shape));
        Assert.Equal(posterior.Outputs.Select(output => output.Name), prior.Outputs.Select(output => output.Name));
        Assert.Equal((latent is not ImageToImageVaeSpec, latent is ImageToImageVaeSpec), (prior.SeesArguments, prior.IsZero));
        Assert.Equal(latent is ImageToImageVaeSpec ? 0 : null, Cost.Of(prior).ReceptiveField);
    }

    [Property]
    public void WhereZEnters_DecidesWhatRunsOnceASample(ValidProbabilisticSpec valid)
    {
        IEnumerable<string> Layers(LatentEntry entry, string function) =>
            GraphOf(valid.Spec.WithLatentEntry(entry))[function].Nodes.Select(node => node.Operator).OfType<LayerOperator>().Select(layer => layer.Layer);
        Assert.All(Layers(LatentEntry.Combiner, "combine"), layer => Assert.StartsWith("combiner.", layer));
        Assert.All(Layers(LatentEntry.Bottleneck, "features"), layer => Assert.StartsWith("unet.encoder", layer));
        Assert.All(Layers(LatentEntry.Bottleneck, "combine"), layer => Assert.DoesNotContain("encoder", layer));
        Assert.Empty(Layers(LatentEntry.Input, "features"));
    }

    [Property]
    public void Dropout_StandsBeforeTheInnermostBlocks(ValidSpec valid, int blocks)
    {
        var levels = valid.Spec.UNet.Levels().Count;
        var inner = (int)((uint)blocks % levels) + 1;
        var spec = new DropoutUNetSpec { Image = valid.Spec.Image, SizePolicy = valid.Spec.SizePolicy, UNet = valid.Spec.UNet with { Dropout = 0 }, Blocks = inner };
        var names = GraphOf(spec)["logits"].Nodes.Where(node => node.Operator is Dropout).Select(node => node.Name);
        var expected = Enumerable.Range(levels - inner, inner).Select(level => $"encoder{level}.drop")
            .Concat(Enumerable.Range(Math.Max(0, levels - 1 - inner), Math.Min(inner, levels - 1)).Reverse().Select(level => $"decoder{level}.drop"));
        Assert.Equal(expected, names);
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
        var copy = valid.Spec with { UNet = valid.Spec.UNet with { Channels = valid.Spec.UNet.Channels is { } channels ? [.. channels] : null } };
        Assert.Equal(valid.Spec, copy);
        Assert.Equal(valid.Spec.GetHashCode(), copy.GetHashCode());
        Assert.Equal(GraphOf(valid.Spec), GraphOf(copy));
        Assert.NotEqual(valid.Spec, valid.Spec with { Classes = valid.Spec.Classes + 1 });
    }

    /// <summary>A graph with another function in the place of that of its name.</summary>
    private static Graph With(Graph graph, GraphFunction other) => new([.. graph.Functions.Select(function => function.Name == other.Name ? other : function)]);

    private static Graph GraphOf(ModelSpec spec) => GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString()));
}
