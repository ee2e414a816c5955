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

    /// <summary>Whether the output may share the memory of an input instead of having its own.</summary>
    public virtual bool IsView => false;

    /// <summary>How many inputs it takes; −n means n or more.</summary>
    private protected virtual int Arity => 1;

    private protected abstract Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs);

    private protected Result<TensorShape, string> WhenMap(TensorShape input, Func<TensorShape, Result<TensorShape, string>> shape) =>
        input.IsMap ? shape(input) : $"{GetType().Name} takes a map [N, C, H, W], not {input}";
}

/// <summary>An operator with parameters of its own. Their names, <c>{Layer}.weight</c> and so on, are a contract: the keys of every checkpoint.</summary>
/// <param name="Layer">The dotted name of the layer.</param>
public abstract record LayerOperator(string Layer) : Operator
{
    /// <summary>What training fits.</summary>
    public abstract IEnumerable<ParameterSpec> Parameters { get; }

    /// <summary>What training keeps beside, and a checkpoint too: running statistics.</summary>
    public virtual IEnumerable<ParameterSpec> Buffers => [];

    private protected ParameterSpec Parameter(string name, params int[] shape) => new($"{Layer}.{name}", shape.ToValueList());

    private protected Result<TensorShape, string> WhenChannels(TensorShape input, int channels, Func<TensorShape> shape) => WhenMap(input, map =>
        channels < 1 ? $"{Layer} needs at least one channel, not {channels}"
        : map.Channels != channels ? $"{Layer} takes {channels} channels, not {map.Channels}"
        : shape());
}

/// <summary>A convolution with bias that keeps the size, or divides it by its stride, rounded up. Parameters: weight [out, in, k, k] and bias [out].</summary>
/// <param name="Layer">The dotted name of the layer.</param>
/// <param name="InChannels">Channels that go in.</param>
/// <param name="OutChannels">Channels that come out.</param>
/// <param name="Kernel">Odd side of the square kernel.</param>
/// <param name="Stride">1 or more.</param>
/// <param name="Padding">What lies beyond the edge.</param>
public sealed record Conv2d(string Layer, int InChannels, int OutChannels, int Kernel, int Stride = 1, PaddingMode Padding = PaddingMode.Zeros) : LayerOperator(Layer)
{
    /// <inheritdoc/>
    public override IEnumerable<ParameterSpec> Parameters => [Parameter("weight", OutChannels, InChannels, Kernel, Kernel), Parameter("bias", OutChannels)];

    /// <summary>The least height and width that a padding can be made from: a mirror needs what it shows, a circle may not go around twice.</summary>
    public static int LeastSize(int kernel, PaddingMode padding) => padding switch
    {
        PaddingMode.Reflect => kernel / 2 + 1,
        PaddingMode.Circular => kernel / 2,
        _ => 1,
    };

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs)
    {
        var input = inputs[0];
        return OutChannels < 1 ? $"{Layer} needs at least one channel out, not {OutChannels}"
            : Kernel < 1 || Kernel % 2 == 0 ? $"{Layer} needs an odd kernel, not {Kernel}"
            : Stride < 1 ? $"{Layer} needs a stride of at least 1, not {Stride}"
            : Math.Min(input.Height, input.Width) < LeastSize(Kernel, Padding) ? $"{Layer} pads by {Kernel / 2} ({Padding}), which {input} is too small for"
            : WhenChannels(input, InChannels, () => TensorShape.Map(OutChannels, (input.Height - 1) / Stride + 1, (input.Width - 1) / Stride + 1));
    }
}

/// <summary>A transposed 2x2 convolution of stride 2 with bias, channels kept. Parameters: weight [in, out, 2, 2] and bias [out].</summary>
/// <param name="Layer">The dotted name of the layer.</param>
/// <param name="Channels">Channels that go in and come out.</param>
public sealed record TransposedConv2d(string Layer, int Channels) : LayerOperator(Layer)
{
    /// <inheritdoc/>
    public override IEnumerable<ParameterSpec> Parameters => [Parameter("weight", Channels, Channels, 2, 2), Parameter("bias", Channels)];

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        WhenChannels(inputs[0], Channels, () => TensorShape.Map(Channels, inputs[0].Height * 2, inputs[0].Width * 2));
}

/// <summary>Batch normalisation with scale and shift. Parameters: weight [C] and bias [C]; buffers: running_mean [C] and running_var [C].</summary>
/// <param name="Layer">The dotted name of the layer.</param>
/// <param name="Channels">C.</param>
public sealed record BatchNorm(string Layer, int Channels) : LayerOperator(Layer)
{
    /// <inheritdoc/>
    public override IEnumerable<ParameterSpec> Parameters => [Parameter("weight", Channels), Parameter("bias", Channels)];

    /// <inheritdoc/>
    public override IEnumerable<ParameterSpec> Buffers => [Parameter("running_mean", Channels), Parameter("running_var", Channels)];

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenChannels(inputs[0], Channels, () => inputs[0]);
}

/// <summary>Normalisation of each image over groups of channels, with scale and shift; one group is layer, C groups are instance normalisation. Parameters: weight [C] and bias [C].</summary>
/// <param name="Layer">The dotted name of the layer.</param>
/// <param name="Channels">C.</param>
/// <param name="Groups">How many; they divide C.</param>
public sealed record GroupNorm(string Layer, int Channels, int Groups) : LayerOperator(Layer)
{
    /// <inheritdoc/>
    public override IEnumerable<ParameterSpec> Parameters => [Parameter("weight", Channels), Parameter("bias", Channels)];

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        Groups < 1 || Channels % Groups != 0 ? $"{Layer} cannot part {Channels} channels into {Groups} groups" : WhenChannels(inputs[0], Channels, () => inputs[0]);
}

/// <summary>A nonlinearity, element by element.</summary>
/// <param name="Kind">Which.</param>
public sealed record Activation(Nonlinearity Kind) : Operator
{
    /// <summary>Whether its backward pass reads its output alone, so that it may write over its input.</summary>
    public bool MayOverwrite => Kind is Nonlinearity.Relu or Nonlinearity.LeakyRelu or Nonlinearity.Elu;

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => inputs[0];
}

/// <summary>The sum of two values of one shape.</summary>
public sealed record Add : Operator
{
    private protected override int Arity => 2;

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        inputs[0] == inputs[1] ? inputs[0] : $"Add needs one shape, not {inputs[0]} and {inputs[1]}";
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

/// <summary>The largest value of each 2x2 window, stride 2; an odd last row or column is a window of its own (ceil mode).</summary>
public sealed record MaxPool : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        WhenMap(inputs[0], input => TensorShape.Map(input.Channels, (input.Height + 1) / 2, (input.Width + 1) / 2));
}

/// <summary>Twice the height and width by interpolation.</summary>
/// <param name="Kind">Which; a transposed convolution is a layer of its own.</param>
public sealed record Upsample(Upsampling Kind) : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => Kind == Upsampling.TransposedConv
        ? "a transposed convolution is no interpolation"
        : WhenMap(inputs[0], input => TensorShape.Map(input.Channels, input.Height * 2, input.Width * 2));
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
    /// <inheritdoc/>
    public override bool IsView => true;

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input =>
        input is { Height: 1, Width: 1 } ? TensorShape.Vector(input.Channels) : $"Flatten takes [N, C, 1, 1], not {input}");
}

/// <summary>Some of the channels, without a copy.</summary>
/// <param name="Start">The first channel that is kept.</param>
/// <param name="Length">How many are kept.</param>
public sealed record Slice(int Start, int Length) : Operator
{
    /// <inheritdoc/>
    public override bool IsView => true;

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
    /// <inheritdoc/>
    public override bool IsView => true;

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        inputs[0].IsMap ? $"Broadcast takes a vector [N, C], not {inputs[0]}" : TensorShape.Map(inputs[0].Channels, Height, Width);
}

/// <summary>Drops each value with a probability and divides the others by what is left of it; the function's random numbers decide, and without any nothing is dropped.</summary>
/// <param name="Rate">The probability; at least 0, below 1.</param>
public sealed record Dropout(double Rate) : Operator
{
    /// <inheritdoc/>
    public override bool IsView => true;

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        Rate is >= 0 and < 1 ? inputs[0] : FormattableString.Invariant($"a dropout rate is at least 0 and below 1, not {Rate}");
}

/// <summary>Repeats the outermost pixels of a map around it.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Left">Columns to the left.</param>
/// <param name="Right">Columns to the right.</param>
public sealed record Pad(int Top, int Bottom, int Left, int Right) : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input =>
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
    public override bool IsView => true;

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenMap(inputs[0], input =>
        Top < 0 || Left < 0 || Height < 1 || Width < 1 || Top + Height > input.Height || Left + Width > input.Width
            ? $"{Height}x{Width} pixels from ({Top}, {Left}) on are not within {input}"
            : TensorShape.Map(input.Channels, Height, Width));
}

/// <summary>The value itself, without a copy: how a function hands on what it was given.</summary>
public sealed record Identity : Operator
{
    /// <inheritdoc/>
    public override bool IsView => true;

    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => inputs[0];
}

/// <summary>Brings every element into a range.</summary>
/// <param name="Least">The least that comes out.</param>
/// <param name="Most">The most.</param>
public sealed record Clamp(double Least, double Most) : Operator
{
    private protected override Result<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        Least <= Most ? inputs[0] : FormattableString.Invariant($"nothing lies between {Least} and {Most}");
}
