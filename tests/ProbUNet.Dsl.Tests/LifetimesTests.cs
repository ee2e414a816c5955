using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl.Tests;

public class LifetimesTests
{
    private static readonly TensorShape Shape = TensorShape.Map(3, 8, 8);

    [Fact]
    public void AnActivation_DoesNotOverwriteWhatIsReadLater()
    {
        // conv → relu, and the convolution's own output once more, as a residual connection would.
        var lifetimes = Of(
            new Node("conv", new Conv2d("conv", 3, 3, 3), [0], Shape),
            new Node("relu", new Activation(Nonlinearity.Relu), [1], Shape),
            new Node("both", new Concat(), [1, 2], TensorShape.Map(6, 8, 8)));
        Assert.False(lifetimes.OverwritesInput(1));
        Assert.Equal([1, 2], lifetimes.DeadAfter(2));
    }

    [Fact]
    public void AnActivation_DoesNotOverwriteAnArgument_NorWhatItsMakerNeedsAgain()
    {
        Assert.False(Of(new Node("relu", new Activation(Nonlinearity.Relu), [0], Shape)).OverwritesInput(0));
        // A second ReLU over the first: the first one's backward pass reads its own output.
        Assert.False(Of(new Node("once", new Activation(Nonlinearity.Relu), [0], Shape), new Node("twice", new Activation(Nonlinearity.Relu), [1], Shape)).OverwritesInput(1));
    }

    [Fact]
    public void AnActivation_DoesNotOverwriteWhatAnEarlierReaderStillNeeds()
    {
        var conv = new Node("conv", new Conv2d("conv", 3, 3, 3), [0], Shape);
        var relu = new Node("relu", new Activation(Nonlinearity.Relu), [1], Shape);
        // A view shares its memory; a convolution keeps what it read for its backward pass.
        Assert.False(Of(conv, new Node("part", new Slice(0, 2), [1], TensorShape.Map(2, 8, 8)), relu).OverwritesInput(2));
        Assert.False(Of(conv, new Node("other", new Conv2d("other", 3, 3, 3), [1], Shape), relu).OverwritesInput(2));
    }

    [Fact]
    public void AnActivation_OverwritesAConvolutionThatDiesThere() => Assert.True(
        Of(new Node("conv", new Conv2d("conv", 3, 3, 3), [0], Shape), new Node("relu", new Activation(Nonlinearity.Relu), [1], Shape)).OverwritesInput(1));

    [Fact]
    public void AValueThatIsReturned_IsNeitherFreedNorOverwritten()
    {
        var lifetimes = Lifetimes.Of(new GraphFunction("f", [new GraphInput("image", Shape)],
            [new Node("conv", new Conv2d("conv", 3, 3, 3), [0], Shape), new Node("relu", new Activation(Nonlinearity.Relu), [1], Shape)],
            [new GraphOutput("before", 1), new GraphOutput("after", 2)]));
        Assert.False(lifetimes.OverwritesInput(1));
        Assert.Empty(lifetimes.DeadAfter(1));
    }

    private static Lifetimes Of(params Node[] nodes) =>
        Lifetimes.Of(new GraphFunction("f", [new GraphInput("image", Shape)], nodes.ToValueList(), [new GraphOutput("out", nodes.Length)]));
}
