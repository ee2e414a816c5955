using System.Globalization;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>
/// A network with weights: what every family's class derives from. A family's functions run its graph node by node; a class that the
/// generator writes overrides them with code of its own. Sampling and loss stand on these functions, here and in the class of the family.
/// </summary>
public abstract partial class SegmentationModel : nn.Module
{
    private readonly Initializer _initial;
    private readonly Dictionary<string, Group> _groups = [];
    private GraphRunner? _runner;
    private bool _isDisposed;

    private protected SegmentationModel(ModelSpec spec, long seed) : base(spec.GetType().Name)
    {
        Allocator.Keep();
        Declaration = spec;
        Seed = seed;
        _initial = new Initializer(spec.UNet.Initialization, spec.UNet.Biases, seed);
    }

    /// <summary>What this network is. (A generated class has it as its static <c>Spec</c> too.)</summary>
    public virtual ModelSpec Declaration { get; }

    /// <summary>The seed of the initial weights.</summary>
    public long Seed { get; }

    /// <summary>What it computes its maps in, in training and in sampling; it may be changed at any time between calls. Weights are float32 in any.</summary>
    public Precision Precision { get; set; }

    /// <summary>The device on which the weights are.</summary>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public Device Device => Living.parameters().First().device;

    /// <summary>The number of trainable values.</summary>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public long ParameterCount => Living.parameters().Sum(parameter => parameter.numel());

    /// <summary>This network, while it has weights: a disposed one has none, and would else be taken for one of no parameters.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    internal SegmentationModel Living => _isDisposed
        ? throw new ObjectDisposedException(nameof(SegmentationModel), "The network has been disposed, and has no weights any more: use it before that, or make another.")
        : this;

    /// <summary>What it is, in a line.</summary>
    public override string ToString() => _isDisposed
        ? $"{Families.InALine(Declaration)}; disposed"
        : string.Create(CultureInfo.InvariantCulture, $"{Families.InALine(Declaration)}; {ParameterCount:#,0} parameters, on {Device}");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        base.Dispose(disposing);
    }

    /// <summary>
    /// Draws segmentations: probabilities in [0, 1], [N, <paramref name="count"/>, classes, H, W]. For one class the value is the
    /// probability of foreground; for several it is a distribution over them. They are those of a network in evaluation, whatever mode it is in, and drawing them changes nothing. Several threads may draw from one network at once, each with a generator of its own,
    /// while nobody trains it.
    /// </summary>
    /// <param name="image">[N, C, H, W] in [0, 1].</param>
    /// <param name="count">Samples an image, at least 1.</param>
    /// <param name="random">Where the randomness comes from; it is moved on.</param>
    /// <returns>A tensor made in inference mode, which autograd refuses to go on from; the caller owns it.</returns>
    /// <exception cref="ArgumentException">The image is not of the network's shape. (Its values are not looked at: that would wait for the device at every call.)</exception>
    /// <exception cref="ArgumentNullException">The image or the generator is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are no samples.</exception>
    public Tensor Sample(Tensor image, int count, Generator random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        return stack(Living.Answers(image, count, random), 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What <see cref="Sample"/> draws, one after the other: probabilities [N, classes, H, W] of each of <paramref name="count"/> samples. The first n of m
    /// samples are those of a call for n, to rounding.
    /// </summary>
    private protected abstract IEnumerable<Tensor> Answers(Tensor image, int count, Generator random);

    /// <summary>
    /// The loss on a batch, a mask each: what training minimises once the terms are put together. Cross-entropy is summed over pixels.
    /// </summary>
    /// <param name="image">[N, C, H, W] in [0, 1].</param>
    /// <param name="mask">[k·N, classes, H, W] of zeros and ones, those of k graders of the first image first; one-hot where there are several classes. What does not depend on the mask is computed once an image.</param>
    /// <param name="random">Where noise and dropout come from; it is moved on.</param>
    /// <param name="part">Which of the networks that are trained independently, from 0 to <see cref="PartCount"/> − 1.</param>
    /// <exception cref="ArgumentException">Shapes do not fit the network or each other.</exception>
    public abstract LossTerms Loss(Tensor image, Tensor mask, Generator random, int part = 0);

    /// <summary>The loss on some neighbouring images of a batch whose other images are elsewhere: what <see cref="Loss"/> of the whole batch gives for them, but for dropout, whose draws are each place's own.</summary>
    /// <param name="image">[n, C, H, W] in [0, 1], the images that are here.</param>
    /// <param name="mask">[k·n, classes, H, W] of zeros and ones, k an image.</param>
    /// <param name="batch">How many images the batch has, and at which of its places those here begin.</param>
    /// <param name="shared">Where the noise of the batch comes from: in the same state wherever a part of the batch is.</param>
    /// <param name="random">Where dropout comes from; the same object where the whole batch is here.</param>
    /// <param name="part">See <see cref="Loss"/>.</param>
    internal virtual LossTerms LossOfSome(Tensor image, Tensor mask, (int Length, int First) batch, Generator shared, Generator random, int part) => Loss(image, mask, random, part);

    /// <summary>
    /// How many different answers there are to an image, where their number is built in: the members of an ensemble, the heads of a network. Samples are
    /// then not independent draws, and no estimator that takes them for such is unbiased.
    /// </summary>
    public virtual int? DistinctAnswers => null;

    /// <summary>The parameters whose norms the reference's objective counts; none where it knows no such network.</summary>
    internal virtual IEnumerable<TorchSharp.Modules.Parameter> Penalised => [];

    /// <summary>How many networks there are in this one that are trained independently of each other: the members of an ensemble, else 1.</summary>
    public virtual int PartCount => 1;

    /// <summary>The parameters of a part.</summary>
    public virtual IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> ParametersOf(int part) => named_parameters();

    /// <summary>The names of the weights of its convolutions, of all parts: neither biases nor the scales of norms are among them.</summary>
    public IReadOnlySet<string> ConvolutionWeights =>
        named_modules().Where(named => named.module is ConvolutionLayer).Select(named => $"{named.name}.{nameof(Layer.weight)}").ToHashSet();

    /// <summary>Moves the network to a device: its weights, and what it computes from then on.</summary>
    public void MoveTo(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        // Layer by layer: TorchSharp looks at a module's properties by name, of which an overridden one that returns more is two.
        foreach (var layer in modules().OfType<Layer>())
            layer.to(device);
        WeightsChanged();
    }

    /// <summary>
    /// Tells the network that its weights were changed by hand while it was in evaluation mode: it keeps copies of them in the form that its convolutions read. Training, this library's loading (<c>Weights.Load</c>, run folders) and <c>train()</c> tell it themselves; TorchSharp's own <c>load</c> does not.
    /// </summary>
    public void WeightsChanged()
    {
        foreach (var layer in modules().OfType<Layer>())
            layer.Forget();
    }

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
            MoveTo(device);
    }

    /// <summary>Makes the layers of a graph, and lets the functions run it: what the interpreter does in the place of generated code.</summary>
    internal void RunGraph(Graph graph, Device? device)
    {
        _runner = new GraphRunner(this, graph, Create);
        Complete(device);
    }

    /// <summary>What runs the graph; nothing where generated code does without.</summary>
    internal GraphRunner? Runner => _runner;

    /// <summary>The outputs of a function of the graph; the caller owns them.</summary>
    private protected Tensor[] Run(string function, Generator? random, params Tensor[] arguments) =>
        (_runner ?? throw new NotSupportedException($"{GetType().Name} does not override {function}, and has no graph to run: let the generator write it, or make it by Interpreter.Create.")).Call(function, random, arguments);

    /// <summary>Makes the layer of an operator.</summary>
    private protected Layer Create(LayerOperator layer) => Binding.Layer(this, layer);

    /// <summary>Logits [N, classes, H, W] as probabilities: a sigmoid for one class, a softmax for several. The logits are freed.</summary>
    internal Tensor Probabilities(Tensor logits)
    {
        using var _ = logits;
        return Declaration.Classes == 1 ? logits.sigmoid() : logits.softmax(1);
    }

    /// <summary>Refuses a map that is not [N, channels, height, width], before a kernel can.</summary>
    protected static void CheckShape(Tensor x, string name, int channels, int height, int width) =>
        Arguments.Check(x, name, TensorShape.Map(channels, height, width));

    /// <summary>Refuses a vector that is not [N, channels].</summary>
    protected static void CheckShape(Tensor x, string name, int channels) => Arguments.Check(x, name, TensorShape.Vector(channels));

    /// <summary>Refuses two arguments of different batches.</summary>
    protected static void CheckBatch(Tensor x, string xName, Tensor y, string yName) => Arguments.CheckBatch(x, xName, y, yName);

    /// <summary>Refuses vectors that are not one or several an image.</summary>
    protected static void CheckSamples(Tensor x, string xName, Tensor y, string yName) => Arguments.CheckSamples(x, xName, y, yName);

    /// <summary>Refuses a list of another length.</summary>
    protected static void CheckCount(Tensor[] list, string name, int count) => Arguments.CheckCount(list, name, count);

    /// <summary>There is no function of this number.</summary>
    protected static ArgumentOutOfRangeException NoSuch(int number, int count) => Arguments.NoSuch(number, count);

    /// <summary>A part of a dotted name.</summary>
    private sealed class Group(string name) : nn.Module(name);
}
