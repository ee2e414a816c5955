namespace ProbUNet.Dsl.Graphs;

/// <summary>
/// What a node does. A small closed set: each case has one rule that checks the shapes of its inputs and computes its own, and says all else that
/// passes and backends ask about it, so that none of them knows a case.
/// </summary>
public abstract record Operator
{
    private protected Operator() { }

    /// <summary>The shape of the output, or why there is none.</summary>
    public Outcome<TensorShape, string> Infer(IReadOnlyList<TensorShape> inputs) =>
        inputs.Count == Arity || (Arity < 0 && inputs.Count >= -Arity)
            ? InferShape(inputs)
            : $"{GetType().Name} takes {(Arity < 0 ? $"at least {-Arity}" : Arity)} inputs, not {inputs.Count}";

    /// <summary>How it is called.</summary>
    public abstract OperatorCall Call { get; }

    /// <summary>What it is there for.</summary>
    public virtual OperatorRole Role => OperatorRole.Other;

    /// <summary>In a few words, for tables.</summary>
    public virtual string Description => GetType().Name.ToLowerInvariant();

    /// <summary>Multiply-adds for one image; only those of convolutions are counted, as is usual.</summary>
    public virtual long MultiplyAdds(TensorShape input, TensorShape output) => 0;

    /// <summary>
    /// How far back its output sees outside of training (in which a batch normalisation sees all), given how far its input does; no further, where it
    /// works pixel by pixel.
    /// </summary>
    public virtual Reach Widen(Reach input) => input;

    /// <summary>Whether its output depends on what its inputs say; else on how many images they are of alone.</summary>
    internal bool Sees => Widen(Reach.Pixel).Sees;

    /// <summary>
    /// How a region of its output is made of a region of each map that it reads, outside of training and without random numbers; or why that takes whole maps. Vectors have one pixel, and are always read whole.
    /// </summary>
    /// <param name="region">What is wanted of the output, a pixel at least.</param>
    /// <param name="input">The whole shape of the maps that it reads, but for their channels; that of the vector, where it reads no map.</param>
    public abstract Outcome<Patch, string> Cut(Region region, TensorShape input);

    /// <summary>Whether its output may lie in the memory of its first input, as a view of it. In a call without random numbers it does, or is a copy where a precision or a layout has to change.</summary>
    public virtual bool MayAlias => false;

    /// <summary>The values for one image that it makes beside its output, and frees when that is there.</summary>
    public virtual long Scratch(TensorShape input) => 0;

    /// <summary>
    /// The values for one image that it makes in a training step and that last until the backward pass: its output, unless that is a view, and what
    /// the backward pass reads beside.
    /// </summary>
    public virtual long Kept(TensorShape input, TensorShape output) => (MayAlias ? 0 : output.Values) + Scratch(input);

    /// <summary>Whether its output may be overwritten by what comes next: it is memory of its own, and the backward pass never reads it.</summary>
    public virtual bool MayBeOverwritten => false;

    /// <summary>Whether it may write over its input (<see cref="OperatorCall.InPlace"/>): its backward pass reads its output alone.</summary>
    public virtual bool MayOverwriteInput => false;

    /// <summary>Whether its output is float32 whatever the precision of its inputs, which others hand on.</summary>
    public virtual bool MakesFloat32 => false;

    /// <summary>How many inputs it takes; −n means n or more.</summary>
    private protected virtual int Arity => 1;

    private protected abstract Outcome<TensorShape, string> InferShape(IReadOnlyList<TensorShape> inputs);

    /// <summary>Of what works pixel by pixel.</summary>
    private protected Patch PixelByPixel(Region region) => At(region, region.Rows.Start, region.Columns.Start);

    /// <summary>The operator itself, on a region of its inputs.</summary>
    private protected Patch At(Region input, int top, int left) => new(input, this, top, left);

    private protected Outcome<TensorShape, string> WhenMap(TensorShape input, Func<TensorShape, Outcome<TensorShape, string>> shape) =>
        input.IsMap ? shape(input) : $"{GetType().Name} takes a map [N, C, H, W], not {input}";
}

/// <summary>An operator with parameters of its own. Their names, <c>{Layer}.weight</c> and so on, are a contract: the keys of every checkpoint.</summary>
/// <param name="Layer">The dotted name of the layer.</param>
public abstract record LayerOperator(string Layer) : Operator
{
    /// <summary>How it is made: the factory, named as the layer's class is but for the word Layer at its end, given the layer's name and these arguments.</summary>
    public abstract OperatorCall Creation { get; }

    /// <inheritdoc/>
    public sealed override OperatorCall Call => new("forward", [], Layer);

    /// <summary>What training fits.</summary>
    public abstract IEnumerable<ParameterSpec> Parameters { get; }

    /// <summary>What training keeps beside, and a checkpoint too: running statistics.</summary>
    public virtual IEnumerable<ParameterSpec> Buffers => [];

    private protected ParameterSpec Parameter(string name, params int[] shape) => new($"{Layer}.{name}", shape.ToValueList());

    private protected Outcome<TensorShape, string> WhenChannels(TensorShape input, int channels, Func<TensorShape> shape) => WhenMap(input, map =>
        channels < 1 ? $"{Layer} needs at least one channel, not {channels}"
        : map.Channels != channels ? $"{Layer} takes {channels} channels, not {map.Channels}"
        : shape());
}
