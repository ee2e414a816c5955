namespace ProbUNet.Dsl.Graphs;

/// <summary>
/// A convolution with bias that keeps the size, or divides it by its stride, rounded up. Parameters: weight [out, in, k, k] and bias [out]. It may read its channels from several maps of one size, as if they
/// lay behind each other, and a 1x1 convolution from vectors too, each the same at every pixel.
/// </summary>
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

    /// <inheritdoc/>
    public override OperatorCall Creation => new(nameof(Conv2d),
        [new("inChannels", InChannels), new("outChannels", OutChannels), new("kernel", Kernel), new("stride", Stride, Default: 1), new("padding", Padding, Default: PaddingMode.Zeros)]);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Convolution;

    /// <inheritdoc/>
    public override string Description => $"conv {Kernel}x{Kernel}{(Stride == 1 ? "" : $"/{Stride}")}";

    /// <inheritdoc/>
    public override long MultiplyAdds(TensorShape input, TensorShape output) => output.Values * InChannels * Kernel * Kernel;

    /// <inheritdoc/>
    public override Reach Widen(Reach input) => input.Through(Kernel, Stride);

    /// <inheritdoc/>
    /// <remarks>The kernel pads with zeros as it reads; any other padding is a copy, which the backward pass reads in the input's place.</remarks>
    public override long Scratch(TensorShape input) =>
        Padding == PaddingMode.Zeros || Kernel == 1 ? 0 : TensorShape.Map(input.Channels, input.Height + Kernel - 1, input.Width + Kernel - 1).Values;

    /// <inheritdoc/>
    public override bool MayBeOverwritten => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input)
    {
        if (Padding == PaddingMode.Circular && Kernel > 1)
            return "its circular padding reads a map at both of its ends";
        var side = Kernel / 2;
        // The first pixel that is read is one in the middle of a window, as the first of the whole map is.
        var reads = region.Each(input, (pixels, size) =>
            new Extent(Math.Max(0, pixels.Start * Stride - side) / Stride * Stride, Math.Min(size, (pixels.End - 1) * Stride + side + 1)));
        return At(reads, reads.Rows.Start / Stride, reads.Columns.Start / Stride);
    }

    private protected override int Arity => -1;

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs)
    {
        if (inputs.FirstOrDefault(each => each.IsMap) is not { IsMap: true } first)
            return $"{Layer} takes a map [N, C, H, W], not {inputs[0]}";
        foreach (var other in inputs)
            if (!other.IsMap && Kernel != 1)
                return $"{Layer} takes {other} at no pixel: its kernel is {Kernel}x{Kernel}";
            else if (other.IsMap && (other.Height, other.Width) != (first.Height, first.Width))
                return $"{Layer} needs maps of one size, not {first} and {other}";
        var input = TensorShape.Map(inputs.Sum(each => each.Channels), first.Height, first.Width);
        return OutChannels < 1 ? $"{Layer} needs at least one channel out, not {OutChannels}"
            : Kernel < 1 || Kernel % 2 == 0 ? $"{Layer} needs an odd kernel, not {Kernel}"
            : Stride < 1 ? $"{Layer} needs a stride of at least 1, not {Stride}"
            : Math.Min(input.Height, input.Width) < Padding.LeastSize(Kernel) ? $"{Layer} pads by {Kernel / 2} ({Padding}), which {input} is too small for"
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

    /// <inheritdoc/>
    public override OperatorCall Creation => new(nameof(TransposedConv2d), [new("channels", Channels)]);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Upsampling;

    /// <inheritdoc/>
    public override string Description => "transposed 2x2/2";

    /// <inheritdoc/>
    public override long MultiplyAdds(TensorShape input, TensorShape output) => input.Values * Channels * 4;   // every pixel that goes in meets the whole kernel once

    /// <inheritdoc/>
    public override Reach Widen(Reach input) => input.Doubled(window: 1);

    /// <inheritdoc/>
    public override bool MayBeOverwritten => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input)
    {
        var reads = region.Each(input, (pixels, _) => new(pixels.Start / 2, (pixels.End + 1) / 2));
        return At(reads, 2 * reads.Rows.Start, 2 * reads.Columns.Start);
    }

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        WhenChannels(inputs[0], Channels, () => TensorShape.Map(Channels, inputs[0].Height * 2, inputs[0].Width * 2));
}

/// <summary>Batch normalisation with scale and shift. Parameters: weight [C] and bias [C]; buffers: running_mean [C] and running_var [C].</summary>
/// <param name="Layer">The dotted name of the layer.</param>
/// <param name="Channels">C.</param>
public sealed record BatchNorm(string Layer, int Channels) : LayerOperator(Layer)
{
    /// <summary>What is added to the variance, so that none is 0 under the root.</summary>
    public const double Epsilon = 1e-5;

    /// <inheritdoc/>
    public override IEnumerable<ParameterSpec> Parameters => [Parameter("weight", Channels), Parameter("bias", Channels)];

    /// <inheritdoc/>
    public override IEnumerable<ParameterSpec> Buffers => [Parameter("running_mean", Channels), Parameter("running_var", Channels)];

    /// <inheritdoc/>
    public override OperatorCall Creation => new(nameof(BatchNorm), [new("channels", Channels)]);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Normalisation;

    /// <inheritdoc/>
    public override string Description => "batch norm";

    /// <inheritdoc/>
    public override bool MayBeOverwritten => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => PixelByPixel(region);

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) => WhenChannels(inputs[0], Channels, () => inputs[0]);
}

/// <summary>Normalisation of each image over groups of channels, with scale and shift; one group is layer, C groups are instance normalisation. Parameters: weight [C] and bias [C].</summary>
/// <param name="Layer">The dotted name of the layer.</param>
/// <param name="Channels">C.</param>
/// <param name="Groups">How many; they divide C.</param>
public sealed record GroupNorm(string Layer, int Channels, int Groups) : LayerOperator(Layer)
{
    /// <inheritdoc cref="BatchNorm.Epsilon"/>
    public const double Epsilon = BatchNorm.Epsilon;

    /// <inheritdoc/>
    public override IEnumerable<ParameterSpec> Parameters => [Parameter("weight", Channels), Parameter("bias", Channels)];

    /// <inheritdoc/>
    public override OperatorCall Creation => new(nameof(GroupNorm), [new("channels", Channels), new("groups", Groups)]);

    /// <inheritdoc/>
    public override OperatorRole Role => OperatorRole.Normalisation;

    /// <inheritdoc/>
    public override string Description => FormattableString.Invariant($"group norm {Groups}");

    /// <inheritdoc/>
    public override Reach Widen(Reach input) => Reach.All;

    /// <inheritdoc/>
    public override bool MayBeOverwritten => true;

    /// <inheritdoc/>
    public override Outcome<Patch, string> Cut(Region region, TensorShape input) => "its mean and variance are those of the whole map";

    private protected override Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs) =>
        Groups < 1 || Channels % Groups != 0 ? $"{Layer} cannot part {Channels} channels into {Groups} groups" : WhenChannels(inputs[0], Channels, () => inputs[0]);
}
