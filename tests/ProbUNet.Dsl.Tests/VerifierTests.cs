using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl.Tests;

/// <summary>The verifier and the shape rules refuse what is not a network.</summary>
public class VerifierTests
{
    private static readonly TensorShape Image = TensorShape.Map(3, 8, 8);

    public static TheoryData<Operator, TensorShape[], string> IllShaped => new()
    {
        { new Conv2d("a", 4, 8, 3), [Image], "takes 4 channels, not 3" },
        { new Conv2d("a", 3, 8, 2), [Image], "odd kernel" },
        { new Conv2d("a", 3, 0, 3), [Image], "at least one channel" },
        { new Conv2d("a", 3, 8, 3), [TensorShape.Vector(3)], "takes a map" },
        { new Conv2d("a", 3, 8, 3, Stride: 0), [Image], "stride of at least 1" },
        { new Conv2d("a", 3, 8, 17, Padding: PaddingMode.Reflect), [Image], "too small" },
        { new TransposedConv2d("a", 4), [Image], "takes 4 channels, not 3" },
        { new BatchNorm("a", 4), [Image], "takes 4 channels, not 3" },
        { new GroupNorm("a", 3, 2), [Image], "3 channels into 2 groups" },
        { new Add(), [Image, TensorShape.Map(3, 8, 9)], "one shape" },
        { new Concat(), [Image], "at least 2 inputs, not 1" },
        { new Concat(), [Image, TensorShape.Map(3, 8, 9)], "one size" },
        { new Flatten(), [Image], "[N, C, 1, 1]" },
        { new Slice(2, 2), [Image], "are not among" },
        { new Slice(-1, 2), [Image], "are not among" },
        { new Broadcast(8, 8), [Image], "takes a vector" },
        { new Zeros(0), [Image], "at least one element, not 0" },
        { new Activation(Nonlinearity.Relu), [Image, Image], "takes 1 inputs, not 2" },
        { new Upsample(Interpolation.Nearest), [TensorShape.Vector(3)], "takes a map" },
    };

    [Theory]
    [MemberData(nameof(IllShaped))]
    public void IllShapedInputs_AreRefusedWithTheReason(Operator @operator, TensorShape[] inputs, string reason) =>
        Assert.Contains(reason, @operator.Infer(inputs).Match(shape => $"accepted as {shape}", error => error));

    [Fact]
    public void AFunction_TakesOneList() => Assert.Contains("second list beside a", Assert.Single(GraphVerifier.Verify(new Graph([new GraphFunction("f",
        [new GraphInput("a.0", Image), new GraphInput("b.0", Image)], [new Node("sum", new Add(), [0, 1], Image)], [new GraphOutput("out", 2)])]))).ToString());

    [Theory]
    [InlineData(0, 2, "it returns an argument, which is the caller's already")]
    [InlineData(1, 1, "it returns what another output is")]
    [InlineData(1, 3, "it returns a value that is not made")]
    [InlineData(1, 2, null)]   // a view, but a value of its own
    public void AnOutput_IsAValueOfItsOwn(int one, int other, string? problem)
    {
        var errors = GraphVerifier.Verify(new Graph([new GraphFunction("f", [new GraphInput("image", Image)],
            [new Node("relu", new Activation(Nonlinearity.Relu), [0], Image), new Node("same", new Identity(), [1], Image)], [new GraphOutput("one", one), new GraphOutput("other", other)])]));
        Assert.Equal(problem is null ? [] : [problem], errors.Select(error => error.Problem));
    }

    [Fact]
    public void ANameOfAnArgument_OrOfAnOutput_IsUsedOnce()
    {
        var node = new Node("sum", new Add(), [0, 1], Image);
        Assert.Equal("f/image: the name is used twice", Assert.Single(GraphVerifier.Verify(new Graph([new GraphFunction("f", [new GraphInput("image", Image), new GraphInput("image", Image)], [node], [new GraphOutput("out", 2)])]))).ToString());
        Assert.Equal("f/out: the name is used by two outputs", Assert.Single(GraphVerifier.Verify(new Graph([new GraphFunction("f", [new GraphInput("a", Image), new GraphInput("b", Image)],
            [node, node with { Name = "again" }], [new GraphOutput("out", 2), new GraphOutput("out", 3)])]))).ToString());
    }

    [Fact]
    public void AClaimedShape_MustBeTheInferredOne() => Assert.Contains("claims", Problem(new Node("pool", new AveragePool(), [0], Image)));

    [Fact]
    public void ANode_ReadsOnlyWhatIsMadeBefore() => Assert.Contains("not made yet", Problem(new Node("relu", new Activation(Nonlinearity.Relu), [1], Image)));

    [Fact]
    public void ALayer_IsUsedOnce() => Assert.Contains("used twice", Problem(
        new Node("a", new Conv2d("same", 3, 3, 3), [0], Image), new Node("b", new Conv2d("same", 3, 3, 3), [1], Image)));

    private static string Problem(params Node[] nodes) =>
        string.Join("; ", GraphVerifier.Verify(new Graph([new GraphFunction("f", [new GraphInput("image", Image)], nodes.ToValueList(), [new GraphOutput("out", nodes.Length)])])));
}
