namespace ProbUNet.Dsl.Graphs;

/// <summary>A nonlinearity, element by element.</summary>
/// <param name="Kind">Which.</param>
public sealed record Activation(Nonlinearity Kind) : Operator
{
    /// <summary>By what a leaky one multiplies what is below 0.</summary>
    public const double Slope = 0.01;

    /// <inheritdoc/>
    public override bool MayOverwriteInput => Kind is Nonlinearity.Relu or Nonlinearity.LeakyRelu or Nonlinearity.Elu;

    /// <inheritdoc/>
    public override OperatorCall Call => new(Kind.ToString(), []);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Activation;

    /// <inheritdoc/>
    public override string Description => Kind.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => inputs[0];
}

/// <summary>The sum of two values of one shape.</summary>
public sealed record Add : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Add), []);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Joining;

    /// <inheritdoc/>
    public override bool MayBeOverwritten => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override int Arity => 2;

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        inputs[0] == inputs[1] ? inputs[0] : $"Add needs one shape, not {inputs[0]} and {inputs[1]}";
}

/// <summary>Adds a constant to every element.</summary>
/// <param name="Constant">What is added.</param>
public sealed record Shift(double Constant) : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Shift), [new("constant", Constant)]);

    /// <inheritdoc/>
    public override string Description => $"add {Numeral.Of(Constant)}";

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => inputs[0];
}

/// <summary>The mean of each 2x2 window, stride 2; an odd last row or column is a window of its own (ceil mode).</summary>
public sealed record AveragePool : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(AveragePool), []);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Pooling;

    /// <inheritdoc/>
    public override string Description => "average pool 2x2";

    /// <inheritdoc/>
    public override Reach Widen(Reach input) => input.Through(window: 2, stride: 2);

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => At(region.Each(input, (pixels, size) => new Extent(2 * pixels.Start, 2 * pixels.End).Within(size)), region.Rows.Start, region.Columns.Start);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        WhenMap(inputs[0], input => TensorShape.Map(input.Channels, (input.Height + 1) / 2, (input.Width + 1) / 2));
}

/// <summary>The largest value of each 2x2 window, stride 2; an odd last row or column is a window of its own (ceil mode).</summary>
public sealed record MaxPool : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(MaxPool), []);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Pooling;

    /// <inheritdoc/>
    public override string Description => "max pool 2x2";

    /// <inheritdoc/>
    public override Reach Widen(Reach input) => input.Through(window: 2, stride: 2);

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => At(region.Each(input, (pixels, size) => new Extent(2 * pixels.Start, 2 * pixels.End).Within(size)), region.Rows.Start, region.Columns.Start);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        WhenMap(inputs[0], input => TensorShape.Map(input.Channels, (input.Height + 1) / 2, (input.Width + 1) / 2));
}

/// <summary>Twice the height and width by interpolation.</summary>
/// <param name="Kind">Which.</param>
public sealed record Upsample(Interpolation Kind) : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new($"{nameof(Upsample)}{Kind}", []);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Upsampling;

    /// <inheritdoc/>
    public override string Description => $"{(Kind == Interpolation.Nearest ? "nearest" : "bilinear")} x2";

    /// <inheritdoc/>
    public override Reach Widen(Reach input) => input.Doubled(window: Kind == Interpolation.Nearest ? 1 : 2);   // between two pixels, both are read

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input)
    {
        if (Kind == Interpolation.BilinearAligned)
            return UpsampleAlignedPart.Of(input.Height, input.Width, region);
        var reads = region.Each(input, (pixels, size) => Kind == Interpolation.Nearest
            ? new(pixels.Start / 2, (pixels.End + 1) / 2)
            : new Extent((pixels.Start + 1) / 2 - 1, pixels.End / 2 + 1).Within(size));   // a pixel reads the two that it lies between
        return At(reads, 2 * reads.Rows.Start, 2 * reads.Columns.Start);
    }

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        WhenMap(inputs[0], input => TensorShape.Map(input.Channels, input.Height * 2, input.Width * 2));
}

/// <summary>Puts the channels of several maps of one size behind each other.</summary>
public sealed record Concat : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Concat), []);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Joining;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override int Arity => -2;

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs)
    {
        var first = inputs[0];
        foreach (var input in inputs)
            if (!input.IsMap || input.Height != first.Height || input.Width != first.Width)
                return $"Concat needs maps of one size, not {first} and {input}";
        return TensorShape.Map(inputs.Sum(input => input.Channels), first.Height, first.Width);
    }
}

/// <summary>Some of the channels, without a copy.</summary>
/// <param name="Start">The first channel that is kept.</param>
/// <param name="Length">How many are kept.</param>
public sealed record Slice(int Start, int Length) : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Slice), [new("start", Start), new("length", Length)]);

    /// <inheritdoc/>
    public override string Description => $"channels {Start}-{Start + Length - 1}";

    /// <inheritdoc/>
    public override bool MayAlias => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs)
    {
        var input = inputs[0];
        return Start < 0 || Length < 1 || Start + Length > input.Channels
            ? $"channels {Start} to {Start + Length - 1} are not among those of {input}"
            : input.IsMap ? TensorShape.Map(Length, input.Height, input.Width) : TensorShape.Vector(Length);
    }
}

/// <summary>Drops each value with a probability and divides the others by what is left of it; the function's random numbers decide, and without any nothing is dropped.</summary>
/// <param name="Rate">The probability; at least 0, below 1.</param>
public sealed record Dropout(double Rate) : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Dropout), [new("rate", Rate)], TakesRandom: true);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Dropout;

    /// <inheritdoc/>
    public override string Description => $"dropout {Numeral.Of(Rate)}";

    /// <inheritdoc/>
    public override bool MayAlias => true;

    /// <inheritdoc/>
    public override long Kept(TensorShape input, TensorShape output) => 2 * output.Values;   // what is left, and the mask that says so

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        Rate is >= 0 and < 1 ? inputs[0] : $"a dropout rate is at least 0 and below 1, not {Numeral.Of(Rate)}";
}

/// <summary>Repeats the outermost pixels of a map around it.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Left">Columns to the left.</param>
/// <param name="Right">Columns to the right.</param>
public sealed record Pad(int Top, int Bottom, int Left, int Right) : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Pad), [new("top", Top), new("bottom", Bottom), new("left", Left), new("right", Right)]);

    /// <inheritdoc/>
    public override string Description => $"pad {Top + Bottom} + {Left + Right}";

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input)
    {
        // Around a map lie its outermost pixels.
        static Extent Read(Extent pixels, int before, int size) => new(Math.Max(0, Math.Min(pixels.Start - before, size - 1)), Math.Min(size, Math.Max(pixels.End - before, 1)));
        var reads = new Region(Read(region.Rows, Top, input.Height), Read(region.Columns, Left, input.Width));
        return At(reads, reads.Rows.Start, reads.Columns.Start);
    }

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input =>
        Math.Min(Math.Min(Top, Bottom), Math.Min(Left, Right)) < 0
            ? $"Pad adds pixels, not {Top}, {Bottom}, {Left} and {Right}"
            : TensorShape.Map(input.Channels, Top + input.Height + Bottom, Left + input.Width + Right));
}

/// <summary>A rectangle of a map, without a copy.</summary>
/// <param name="Top">The first row that is kept.</param>
/// <param name="Left">The first column that is kept.</param>
/// <param name="Height">Rows that are kept.</param>
/// <param name="Width">Columns that are kept.</param>
public sealed record Crop(int Top, int Left, int Height, int Width) : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Crop), [new("top", Top), new("left", Left), new("height", Height), new("width", Width)]);

    /// <inheritdoc/>
    public override string Description => $"crop {Height}x{Width}";

    /// <inheritdoc/>
    public override bool MayAlias => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) =>
        new Patch(new(new(region.Rows.Start + Top, region.Rows.End + Top), new(region.Columns.Start + Left, region.Columns.End + Left)), new Identity(), region.Rows.Start, region.Columns.Start);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input =>
        Top < 0 || Left < 0 || Height < 1 || Width < 1 || Top + Height > input.Height || Left + Width > input.Width
            ? $"{Height}x{Width} pixels from ({Top}, {Left}) on are not within {input}"
            : TensorShape.Map(input.Channels, Height, Width));
}

/// <summary>The value itself, without a copy: how a function hands on what it was given.</summary>
public sealed record Identity : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Identity), []);

    /// <inheritdoc/>
    public override bool MayAlias => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => inputs[0];
}

/// <summary>Brings every element into a range.</summary>
/// <param name="Least">The least that comes out.</param>
/// <param name="Most">The most.</param>
public sealed record Clamp(double Least, double Most) : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(Clamp), [new("least", Least), new("most", Most)]);

    /// <inheritdoc/>
    public override string Description => $"clamp {Numeral.Of(Least)}..{Numeral.Of(Most)}";

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        Least <= Most ? inputs[0] : $"nothing lies between {Numeral.Of(Least)} and {Numeral.Of(Most)}";
}

/// <summary>A map in the precision and layout that the network works in; which these are it says when it runs.</summary>
public sealed record ToWorkingPrecision : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(ToWorkingPrecision), []);

    /// <inheritdoc/>
    public override string Description => "to working precision";

    /// <inheritdoc/>
    public override bool MayAlias => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input => input);
}

/// <summary>A map as float32, whatever the network works in.</summary>
public sealed record ToFloat32 : Operator
{
    /// <inheritdoc/>
    public override OperatorCall Call => new(nameof(ToFloat32), []);

    /// <inheritdoc/>
    public override string Description => "to float32";

    /// <inheritdoc/>
    public override bool MayAlias => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input => input);
}
