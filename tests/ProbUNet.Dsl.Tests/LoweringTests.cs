using FsCheck.Xunit;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Testing;

namespace ProbUNet.Dsl.Tests;

[Properties(Arbitrary = [typeof(SpecArbitraries)], MaxTest = 300)]
public class LoweringTests
{
    [Property]
    public void APass_KeepsParameters_Functions_AndASoundGraph(ValidSpec any)
    {
        var graph = GraphOf(any.Spec);
        foreach (var lowered in new[] { Lowering.Of(graph), Lowering.Of(graph, worthAKernel: 1) })
        {
            Assert.Empty(GraphVerifier.Verify(lowered));
            Assert.Equal(graph.Parameters, lowered.Parameters);
            Assert.Equal(graph.Buffers, lowered.Buffers);
            Assert.Equal(graph.Functions.Select(function => (function.Signature(), function.Result)), lowered.Functions.Select(function => (function.Signature(), function.Result)));
        }
    }

    [Property]
    public void NoConvolution_ReadsACopy_ThatItCouldReadApart(ValidSpec any)
    {
        foreach (var function in Lowering.Of(GraphOf(any.Spec), worthAKernel: 1).Functions)
            foreach (var node in function.Nodes.Where(node => node.Operator is Conv2d))
                foreach (var input in node.Inputs.Where(input => input >= function.Inputs.Count))
                {
                    var maker = function.Nodes[input - function.Inputs.Count].Operator;
                    Assert.False(maker is Concat, $"{function.Name}: {node.Name} reads a copy");
                    Assert.False(maker is Broadcast && node.Operator is Conv2d { Kernel: 1 }, $"{function.Name}: {node.Name} reads a vector at every pixel");
                }
    }

    [Property]
    public void EveryNode_IsReadOrReturned(ValidSpec any)
    {
        foreach (var function in Lowering.Of(GraphOf(any.Spec), worthAKernel: 1).Functions)
        {
            var read = function.Nodes.SelectMany(node => node.Inputs).Concat(function.Outputs.Select(output => output.Value)).ToHashSet();
            Assert.All(Enumerable.Range(function.Inputs.Count, function.Nodes.Count), value => Assert.Contains(value, read));
        }
    }

    [Property]
    public void EveryConvolutionOfMaps_Works_AndResultsAreFloat32(ValidSpec any)
    {
        foreach (var function in Lowering.Of(GraphOf(any.Spec)).Functions)
        {
            // What sees nothing of a map does not ask for it in another precision.
            Assert.All(function.Nodes.Where(node => node.Inputs.Any(input => input < function.Inputs.Count && function.Inputs[input].Shape.IsMap)), node => Assert.Equal(node.Operator.Sees, node.Operator is ToWorkingPrecision));
            Assert.All(Enumerable.Range(0, function.Nodes.Count).Where(place => function.Nodes[place].Operator is ToWorkingPrecision).Select(place => place + function.Inputs.Count), value =>
                Assert.True(function.Outputs.Any(output => output.Value == value) || function.Nodes.Any(node => node.Inputs.Contains(value) && node.Operator.Sees)));
            if (function.Result == FunctionResult.Tensor)
                Assert.IsType<ToFloat32>(function.Nodes[function.Outputs[0].Value - function.Inputs.Count].Operator);
        }
    }

    /// <summary>What the passes hand on is verified, not believed.</summary>
    [Fact]
    public void WhatIsNoSoundGraph_IsNotComputed()
    {
        var errors = new List<GraphError>();
        var function = new FunctionBuilder("twice", errors);
        var image = function.Input("image", TensorShape.Map(2, 4, 4));
        function.Output("sum", function.Add("sum", new Add(), function.Add("one", new Conv2d("layer", 2, 2, Kernel: 1), image), function.Add("other", new Conv2d("layer", 2, 2, Kernel: 1), image)));
        Assert.Contains("the layer layer is used twice", Assert.Throws<InvalidOperationException>(() => Lowering.Of(new Graph([function.Build()]))).Message);
        Assert.Empty(errors);
    }

    [Fact]
    public void ASkip_AndTheLatent_AreReadWhereTheyLie()
    {
        var lowered = Lowering.Of(GraphOf(new ProbabilisticUNetSpec()));
        var join = lowered["features"].Nodes.Single(node => node.Name == "decoder0.conv0");
        Assert.Equal([64, 32], join.Inputs.Select(input => lowered["features"].ShapeOf(input).Channels));
        var first = lowered["combine"].Nodes.Single(node => node.Name == "conv0");
        Assert.Equal([TensorShape.Map(32, 128, 128), TensorShape.Vector(6)], first.Inputs.Select(lowered["combine"].ShapeOf));
        // An image and its mask are one channel each: one kernel over a small copy is quicker.
        Assert.Equal([2], lowered["posterior"].Nodes.Single(node => node.Name == "encoder0.conv0").Inputs.Select(input => lowered["posterior"].ShapeOf(input).Channels));
    }

    /// <summary>No pass knows a case: what it goes by, an operator that was never heard of says too.</summary>
    [Fact]
    public void PrecisionBeginsAndEnds_WhereAnOperatorSaysSo_WhicheverItIs()
    {
        var errors = new List<GraphError>();
        var first = new FunctionBuilder("first", errors);
        var map = first.Add("map", new Spread(), first.Input("z", TensorShape.Vector(2)));
        first.Output("between", first.Add("convolved", new Conv2d("first", 2, 3, Kernel: 1), map));
        var second = new FunctionBuilder("second", errors);
        second.Output("sum", second.Add("summed", new ExactSum(), second.Add("convolved", new Conv2d("second", 3, 3, Kernel: 1), second.Input("between", TensorShape.Map(3, 4, 4)))));
        var lowered = Lowering.Of(new Graph([first.Build(), second.Build()]));
        Assert.Empty(errors);
        // A map of vectors enters the working precision, and what another function reads stays in it; what is float32 already is no more brought there.
        Assert.Equal(["map", "map.working", "convolved"], lowered["first"].Nodes.Select(node => node.Name));
        Assert.Equal(["between.working", "convolved", "summed"], lowered["second"].Nodes.Select(node => node.Name));
    }

    private sealed record Spread : Operator
    {
        public override OperatorCall Call => new(nameof(Spread), []);

        public override Outcome<Patch, string> Cut(Region region, TensorShape input) => "it is whole";

        private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => TensorShape.Map(inputs[0].Channels, 4, 4);
    }

    private sealed record ExactSum : Operator
    {
        public override OperatorCall Call => new(nameof(ExactSum), []);

        public override bool MakesFloat32 => true;

        public override Outcome<Patch, string> Cut(Region region, TensorShape input) => "it is whole";

        private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => inputs[0];
    }

    private static Graph GraphOf(ModelSpec spec) => GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString()));
}
