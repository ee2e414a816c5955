using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>
/// A network with weights: what every family's class derives from. Subclasses, written by the generator or made by the interpreter,
/// create their layers and define the functions of the graph; all else is here and in the class of the family.
/// </summary>
public abstract class SegmentationModel : nn.Module
{
    private readonly Initializer _initial;
    private readonly Dictionary<string, Group> _groups = [];

    private protected SegmentationModel(ModelSpec spec, long seed) : base(spec.GetType().Name)
    {
        Declaration = spec;
        Seed = seed;
        _initial = new Initializer(spec.UNet.Initialization, spec.UNet.Biases, seed);
    }

    /// <summary>What this network is. (A generated class has it as its static <c>Spec</c> too.)</summary>
    public ModelSpec Declaration { get; }

    /// <summary>The seed of the initial weights.</summary>
    public long Seed { get; }

    /// <summary>The device on which the weights are.</summary>
    public Device Device => parameters().First().device;

    /// <summary>The number of trainable values.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    /// <summary>
    /// Draws segmentations: probabilities in [0, 1], [N, <paramref name="count"/>, classes, H, W]. For one class the value is the
    /// probability of foreground; for several it is a distribution over them.
    /// </summary>
    /// <param name="image">[N, C, H, W] in [0, 1].</param>
    /// <param name="count">Samples an image, at least 1.</param>
    /// <param name="random">Where the randomness comes from; it is moved on.</param>
    /// <returns>A tensor made in inference mode, which autograd refuses to go on from; the caller owns it.</returns>
    /// <exception cref="ArgumentException">The image is not of the network's shape.</exception>
    public abstract Tensor Sample(Tensor image, int count, Generator random);

    /// <summary>
    /// The loss on a batch, an image each: what training minimises once the terms are put together. Cross-entropy is summed over pixels.
    /// </summary>
    /// <param name="image">[N, C, H, W] in [0, 1].</param>
    /// <param name="mask">[N, classes, H, W] of zeros and ones, one grader's each; one-hot where there are several classes.</param>
    /// <param name="random">Where noise and dropout come from; it is moved on.</param>
    /// <param name="part">Which of the networks that are trained independently, from 0 to <see cref="PartCount"/> − 1.</param>
    /// <exception cref="ArgumentException">Shapes do not fit the network or each other.</exception>
    public abstract LossTerms Loss(Tensor image, Tensor mask, Generator random, int part = 0);

    /// <summary>
    /// How many different answers there are to an image, where their number is built in: the members of an ensemble, the heads of a network. Samples are
    /// then not independent draws, and no estimator that takes them for such is unbiased.
    /// </summary>
    public virtual int? DistinctAnswers => null;

    /// <summary>How many networks there are in this one that are trained independently of each other: the members of an ensemble, else 1.</summary>
    public virtual int PartCount => 1;

    /// <summary>The parameters of a part.</summary>
    public virtual IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> ParametersOf(int part) => named_parameters();

    /// <summary>The names of the weights of its convolutions, of all parts: neither biases nor the scales of norms are among them.</summary>
    public IReadOnlySet<string> ConvolutionWeights =>
        named_modules().Where(named => named.module is Conv2dLayer or TransposedConv2dLayer).Select(named => $"{named.name}.{nameof(Layer.weight)}").ToHashSet();

    /// <summary>Makes a convolution with initial weights and registers its parameters under the dotted name.</summary>
    protected Conv2dLayer Conv2d(string name, int inChannels, int outChannels, int kernel, int stride = 1, PaddingMode padding = PaddingMode.Zeros) =>
        Register(name, new Conv2dLayer(name, inChannels, outChannels, kernel, stride, padding, _initial));

    /// <summary>Makes a transposed convolution, likewise.</summary>
    protected TransposedConv2dLayer TransposedConv2d(string name, int channels) => Register(name, new TransposedConv2dLayer(name, channels, _initial));

    /// <summary>Makes a batch normalisation, likewise.</summary>
    protected BatchNormLayer BatchNorm(string name, int channels) => Register(name, new BatchNormLayer(name, channels));

    /// <summary>Makes a group normalisation, likewise.</summary>
    protected GroupNormLayer GroupNorm(string name, int channels, int groups) => Register(name, new GroupNormLayer(name, channels, groups));

    private T Register<T>(string name, T layer) where T : Layer
    {
        var parts = name.Split('.');
        nn.Module owner = this;
        for (var depth = 1; depth < parts.Length; depth++)
        {
            // TorchSharp joins the names of nested modules with dots, and allows none within a name.
            var path = string.Join('.', parts[..depth]);
            if (!_groups.TryGetValue(path, out var group))
                owner.register_module(parts[depth - 1], group = _groups[path] = new Group(path));
            owner = group;
        }
        owner.register_module(parts[^1], layer);
        return layer;
    }

    /// <summary>
    /// Called once all layers are made: moves them to their device. A network is in evaluation mode except while a trainer has it, so
    /// that samples never depend on the batch that they are drawn in.
    /// </summary>
    protected void Complete(Device? device)
    {
        _initial.Dispose();
        eval();
        if (device is not null)
            this.to(device);
    }

    /// <summary>Makes the layer of an operator.</summary>
    private protected Layer Create(LayerOperator layer) => layer switch
    {
        Conv2d conv => Conv2d(conv.Layer, conv.InChannels, conv.OutChannels, conv.Kernel, conv.Stride, conv.Padding),
        TransposedConv2d conv => TransposedConv2d(conv.Layer, conv.Channels),
        BatchNorm norm => BatchNorm(norm.Layer, norm.Channels),
        GroupNorm norm => GroupNorm(norm.Layer, norm.Channels, norm.Groups),
        _ => throw new InvalidOperationException($"{layer.GetType().Name} cannot run."),   // the set is closed
    };

    /// <summary>Logits [N, classes, H, W] as probabilities: a sigmoid for one class, a softmax for several.</summary>
    private protected Tensor Probabilities(Tensor logits) => Declaration.Classes == 1 ? logits.sigmoid() : logits.softmax(1);

    /// <summary>Refuses a map that is not [N, channels, height, width], before a kernel can.</summary>
    protected static void CheckShape(Tensor x, string name, int channels, int height, int width) =>
        Arguments.Check(x, name, TensorShape.Map(channels, height, width));

    /// <summary>Refuses a vector that is not [N, channels].</summary>
    protected static void CheckShape(Tensor x, string name, int channels) => Arguments.Check(x, name, TensorShape.Vector(channels));

    /// <summary>Refuses two arguments of different batches.</summary>
    protected static void CheckBatch(Tensor x, string xName, Tensor y, string yName) => Arguments.CheckBatch(x, xName, y, yName);

    /// <summary>Refuses a list of another length.</summary>
    protected static void CheckCount(Tensor[] list, string name, int count) => Arguments.CheckCount(list, name, count);

    /// <summary>There is no function of this number.</summary>
    protected static ArgumentOutOfRangeException NoSuch(int number, int count) => Arguments.NoSuch(number, count);

    /// <summary>A part of a dotted name.</summary>
    private sealed class Group(string name) : nn.Module(name);

    // The operators as members, so that generated code reads well and no name in the user's namespaces can hide them.

    /// <inheritdoc cref="Operators.Relu"/>
    protected static Tensor Relu(Tensor x) => Operators.Relu(x);

    /// <inheritdoc cref="Operators.ReluInPlace"/>
    protected static Tensor ReluInPlace(Tensor x) => Operators.ReluInPlace(x);

    /// <inheritdoc cref="Operators.LeakyRelu"/>
    protected static Tensor LeakyRelu(Tensor x) => Operators.LeakyRelu(x);

    /// <inheritdoc cref="Operators.LeakyReluInPlace"/>
    protected static Tensor LeakyReluInPlace(Tensor x) => Operators.LeakyReluInPlace(x);

    /// <inheritdoc cref="Operators.Silu"/>
    protected static Tensor Silu(Tensor x) => Operators.Silu(x);

    /// <inheritdoc cref="Operators.Gelu"/>
    protected static Tensor Gelu(Tensor x) => Operators.Gelu(x);

    /// <inheritdoc cref="Operators.Elu"/>
    protected static Tensor Elu(Tensor x) => Operators.Elu(x);

    /// <inheritdoc cref="Operators.EluInPlace"/>
    protected static Tensor EluInPlace(Tensor x) => Operators.EluInPlace(x);

    /// <inheritdoc cref="Operators.Add"/>
    protected static Tensor Add(Tensor x, Tensor y) => Operators.Add(x, y);

    /// <inheritdoc cref="Operators.Shift"/>
    protected static Tensor Shift(Tensor x, double constant) => Operators.Shift(x, constant);

    /// <inheritdoc cref="Operators.Clamp"/>
    protected static Tensor Clamp(Tensor x, double least, double most) => Operators.Clamp(x, least, most);

    /// <inheritdoc cref="Operators.AveragePool"/>
    protected static Tensor AveragePool(Tensor x) => Operators.AveragePool(x);

    /// <inheritdoc cref="Operators.MaxPool"/>
    protected static Tensor MaxPool(Tensor x) => Operators.MaxPool(x);

    /// <inheritdoc cref="Operators.UpsampleBilinearAligned"/>
    protected static Tensor UpsampleBilinearAligned(Tensor x) => Operators.UpsampleBilinearAligned(x);

    /// <inheritdoc cref="Operators.UpsampleBilinear"/>
    protected static Tensor UpsampleBilinear(Tensor x) => Operators.UpsampleBilinear(x);

    /// <inheritdoc cref="Operators.UpsampleNearest"/>
    protected static Tensor UpsampleNearest(Tensor x) => Operators.UpsampleNearest(x);

    /// <inheritdoc cref="Operators.Concat"/>
    protected static Tensor Concat(params Tensor[] maps) => Operators.Concat(maps);

    /// <inheritdoc cref="Operators.GlobalMean"/>
    protected static Tensor GlobalMean(Tensor x) => Operators.GlobalMean(x);

    /// <inheritdoc cref="Operators.Flatten"/>
    protected static Tensor Flatten(Tensor x) => Operators.Flatten(x);

    /// <inheritdoc cref="Operators.Slice"/>
    protected static Tensor Slice(Tensor x, int start, int length) => Operators.Slice(x, start, length);

    /// <inheritdoc cref="Operators.Broadcast"/>
    protected static Tensor Broadcast(Tensor x, int height, int width) => Operators.Broadcast(x, height, width);

    /// <inheritdoc cref="Operators.Dropout"/>
    protected static Tensor Dropout(Tensor x, double rate, Generator? random) => Operators.Dropout(x, rate, random);

    /// <inheritdoc cref="Operators.Pad"/>
    protected static Tensor Pad(Tensor x, int top, int bottom, int left, int right) => Operators.Pad(x, top, bottom, left, right);

    /// <inheritdoc cref="Operators.Crop"/>
    protected static Tensor Crop(Tensor x, int top, int left, int height, int width) => Operators.Crop(x, top, left, height, width);

    /// <inheritdoc cref="Operators.Identity"/>
    protected static Tensor Identity(Tensor x) => Operators.Identity(x);
}
