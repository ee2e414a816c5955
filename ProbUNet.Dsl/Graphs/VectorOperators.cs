namespace ProbUNet.Dsl.Graphs;

// Between maps and vectors.

/// <summary>The mean over height and width, in float32: [N, C, H, W] → [N, C, 1, 1].</summary>
public sealed record GlobalMean : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(GlobalMean), []);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Pooling;

    /// <inheritdoc/>
    public override string Description => "global mean";

    /// <inheritdoc/>
    public override Reach Widen(Reach input) => Reach.All;

    /// <inheritdoc/>
    public override bool MakesFloat32 => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => "a mean over all pixels takes the whole map";

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        WhenMap(inputs[0], input => TensorShape.Map(input.Channels, 1, 1));
}

/// <summary>[N, C, 1, 1] → [N, C].</summary>
public sealed record Flatten : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Flatten), []);

    /// <inheritdoc/>
    public override bool MayAlias => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input =>
        input is { Height: 1, Width: 1 } ? TensorShape.Vector(input.Channels) : $"Flatten takes [N, C, 1, 1], not {input}");
}

/// <summary>Repeats a vector at every pixel: [N, C] → [N, C, H, W].</summary>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
public sealed record Broadcast(int Height, int Width) : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Broadcast), [new("height", Height), new("width", Width)]);

    /// <inheritdoc/>
    public override bool MayAlias => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) =>
        new Patch(Region.Whole(input), new Broadcast(region.Rows.Length, region.Columns.Length), region.Rows.Start, region.Columns.Start);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        inputs[0].IsMap ? $"Broadcast takes a vector [N, C], not {inputs[0]}" : TensorShape.Map(inputs[0].Channels, Height, Width);
}

/// <summary>A vector of zeros for each image of a batch, in float32: [N, …] → [N, Length]. Of what it is given it takes N alone.</summary>
/// <param name="Length">How many zeros.</param>
public sealed record Zeros(int Length) : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Zeros), [new("length", Length)]);

    /// <inheritdoc/>
    public override Reach Widen(Reach input) => Reach.None;

    /// <inheritdoc/>
    public override bool MakesFloat32 => true;

    /// <inheritdoc/>
    /// <remarks>Any pixel tells how many images there are.</remarks>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        Length < 1 ? $"a vector has at least one element, not {Length}" : TensorShape.Vector(Length);
}
