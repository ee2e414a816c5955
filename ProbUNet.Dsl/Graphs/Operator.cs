namespace ProbUNet.Dsl.Graphs;

/// <summary>What a node does. A small closed set: each case has one rule that checks the shapes of its inputs and computes its own.</summary>
public abstract record Operator
{
    private protected Operator() { }

    /// <summary>The shape of the output, or why there is none.</summary>
    public Result<TensorShape, string> Infer(IReadOnlyList<TensorShape> inputs) =>
        inputs.Count == Arity || (Arity < 0 && inputs.Count >= -Arity)
            ? InferShape(inputs)
            : $"{GetType().Name} takes {(Arity < 0 ? $"at least {-Arity}" : Arity)} inputs, not {inputs.Count}";

    /// <summary>How many inputs it takes; −n means n or more.</summary>
    private protected virtual int Arity => 1;

    private protected abstract Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs);

    private protected Result<TensorShape, string> WhenMap(TensorShape input, Func<TensorShape, Result<TensorShape, string>> shape) =>
        input.IsMap ? shape(input) : $"{GetType().Name} takes a map [N, C, H, W], not {input}";
}

/// <summary>A convolution with bias, stride 1 and "same" zero padding; its parameters are <c>{Layer}.weight</c> [out, in, k, k] and <c>{Layer}.bias</c> [out].</summary>
/// <param name="Layer">The dotted name of the layer, part of the public names of parameters.</param>
/// <param name="InChannels">Channels that go in.</param>
/// <param name="OutChannels">Channels that come out.</param>
/// <param name="Kernel">Odd side of the square kernel.</param>
public sealed record Conv2d(string Layer, int InChannels, int OutChannels, int Kernel) : Operator
{
    /// <summary>Zeros added on each side, so that the size stays.</summary>
    public int Padding => Kernel / 2;

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input =>
        input.Channels != InChannels ? $"{Layer} takes {InChannels} channels, not {input.Channels}"
        : InChannels < 1 || OutChannels < 1 ? $"{Layer} needs at least one channel in and out, not {InChannels} and {OutChannels}"
        : Kernel < 1 || Kernel % 2 == 0 ? $"{Layer} needs an odd kernel, not {Kernel}"
        : TensorShape.Map(OutChannels, input.Height, input.Width));
}

/// <summary>max(x, 0), element by element.</summary>
public sealed record Relu : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => inputs[0];
}

/// <summary>Adds a constant to every element.</summary>
/// <param name="Constant">What is added.</param>
public sealed record Shift(double Constant) : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => inputs[0];
}

/// <summary>The mean of each 2x2 window, stride 2; an odd last row or column is a window of its own (ceil mode).</summary>
public sealed record AveragePool : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        WhenMap(inputs[0], input => TensorShape.Map(input.Channels, (input.Height + 1) / 2, (input.Width + 1) / 2));
}

/// <summary>Twice the height and width by bilinear interpolation, corners aligned.</summary>
public sealed record Upsample : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        WhenMap(inputs[0], input => TensorShape.Map(input.Channels, input.Height * 2, input.Width * 2));
}

/// <summary>Puts the channels of several maps of one size behind each other.</summary>
public sealed record Concat : Operator
{
    private protected override int Arity => -2;

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs)
    {
        var first = inputs[0];
        foreach (var input in inputs)
            if (!input.IsMap || input.Height != first.Height || input.Width != first.Width)
                return $"Concat needs maps of one size, not {first} and {input}";
        return TensorShape.Map(inputs.Sum(input => input.Channels), first.Height, first.Width);
    }
}

/// <summary>The mean over height and width: [N, C, H, W] → [N, C, 1, 1].</summary>
public sealed record GlobalMean : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        WhenMap(inputs[0], input => TensorShape.Map(input.Channels, 1, 1));
}

/// <summary>[N, C, 1, 1] → [N, C].</summary>
public sealed record Flatten : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input =>
        input is { Height: 1, Width: 1 } ? TensorShape.Vector(input.Channels) : $"Flatten takes [N, C, 1, 1], not {input}");
}

/// <summary>Some of the channels, without a copy.</summary>
/// <param name="Start">The first channel that is kept.</param>
/// <param name="Length">How many are kept.</param>
public sealed record Slice(int Start, int Length) : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs)
    {
        var input = inputs[0];
        return Start < 0 || Length < 1 || Start + Length > input.Channels
            ? $"channels {Start} to {Start + Length - 1} are not among those of {input}"
            : input.IsMap ? TensorShape.Map(Length, input.Height, input.Width) : TensorShape.Vector(Length);
    }
}

/// <summary>Repeats a vector at every pixel: [N, C] → [N, C, H, W].</summary>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
public sealed record Broadcast(int Height, int Width) : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        inputs[0].IsMap ? $"Broadcast takes a vector [N, C], not {inputs[0]}" : TensorShape.Map(inputs[0].Channels, Height, Width);
}
