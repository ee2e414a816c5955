namespace ProbUNet.Dsl.Graphs;

/// <summary>Turns a spec into its graph. The only place, beside the specs themselves, that knows a family of networks.</summary>
public static class GraphBuilder
{
    /// <summary>The graph of a spec, or every rule that the spec breaks.</summary>
    public static Result<Graph, ValueList<SpecError>> Build(ModelSpec spec)
    {
        var errors = spec.Validate();
        if (errors.Count > 0)
            return errors;
        var (graph, problems) = BuildUnchecked(spec);
        return problems.Count == 0 ? graph : throw new InvalidOperationException($"The rules let pass what is no network: {problems}");
    }

    /// <summary>The graph of a spec, valid or not, and what the verifier says of it: so that tests can hold the rules against the shapes.</summary>
    internal static (Graph Graph, ValueList<GraphError> Problems) BuildUnchecked(ModelSpec spec)
    {
        var errors = new List<GraphError>();
        Graph graph;
        switch (spec)
        {
            case ProbabilisticUNetSpec probabilistic:
                graph = new Graph([
                    Features(probabilistic, errors),
                    Gaussian("prior", probabilistic, probabilistic.Prior, mask: null, errors),
                    Gaussian("posterior", probabilistic, probabilistic.Posterior, probabilistic.MaskEncoding, errors),
                    Combine(probabilistic, errors),
                ]);
                break;
            default:
                throw new InvalidOperationException($"{spec.GetType().Name} has no graph.");   // the hierarchy is closed
        }
        errors.AddRange(GraphVerifier.Verify(graph));
        return (graph, errors.Distinct().ToValueList());
    }

    /// <summary>features(image): the U-Net without its last layer, [N, C, H, W] → [N, channels[0], H, W].</summary>
    private static GraphFunction Features(ModelSpec spec, List<GraphError> errors)
    {
        var function = new FunctionBuilder("features", errors);
        var channels = spec.UNet.Channels;
        var value = function.Input("image", ImageShape(spec.Image));
        var skips = new List<int>();
        for (var level = 0; level < channels.Count; level++)
        {
            value = EncoderLevel(function, spec.UNet, "unet.", level, value, channels[level], spec.UNet.ConvsPerBlock);
            skips.Add(value);
        }
        for (var level = channels.Count - 2; level >= 0; level--)
        {
            var up = function.Add($"decoder{level}.up", spec.UNet.Upsampling == Upsampling.TransposedConv
                ? new TransposedConv2d($"unet.decoder{level}.up", function.ShapeOf(value).Channels)
                : new Upsample(spec.UNet.Upsampling), value);
            // Upsampled first, skip second: the order in which the reference's weights read the channels.
            value = function.Add($"decoder{level}.join", new Concat(), up, skips[level]);
            value = Block(function, spec.UNet, "unet.", $"decoder{level}", value, channels[level], spec.UNet.ConvsPerBlock);
        }
        function.Output("features", value);
        return function.Build();
    }

    /// <summary>prior(image) or posterior(image, mask): contracting path, global mean, 1x1 head; two outputs [N, latent].</summary>
    private static GraphFunction Gaussian(string name, ProbabilisticUNetSpec spec, EncoderSpec encoder, MaskEncoding? mask, List<GraphError> errors)
    {
        var function = new FunctionBuilder(name, errors);
        var channels = encoder.Channels ?? spec.UNet.Channels;
        var convs = encoder.ConvsPerBlock ?? spec.UNet.ConvsPerBlock;
        var latent = spec.Latent.Dimension;

        var value = function.Input("image", ImageShape(spec.Image));
        if (mask is { } encoding)
        {
            var seen = function.Input("mask", TensorShape.Map(spec.Classes, spec.Image.Height, spec.Image.Width));
            if (encoding == MaskEncoding.Centred)
                seen = function.Add("mask.centred", new Shift(-0.5), seen);
            value = function.Add("joined", new Concat(), value, seen);
        }
        for (var level = 0; level < channels.Count; level++)
            value = EncoderLevel(function, spec.UNet, $"{name}.", level, value, channels[level], convs);
        value = function.Add("mean", new GlobalMean(), value);
        value = function.Add("head", new Conv2d($"{name}.head", function.ShapeOf(value).Channels, 2 * latent, Kernel: 1), value);
        value = function.Add("gaussian", new Flatten(), value);
        function.Output("mean", function.Add("gaussian.mean", new Slice(0, latent), value));
        function.Output("logSigma", function.Add("gaussian.logSigma", new Slice(latent, latent), value));
        return function.Build();
    }

    /// <summary>combine(features, z): 1x1 convolutions over the features and z at every pixel, [N, C, H, W] and [N, latent] → logits [N, classes, H, W].</summary>
    private static GraphFunction Combine(ProbabilisticUNetSpec spec, List<GraphError> errors)
    {
        var function = new FunctionBuilder("combine", errors);
        var (height, width) = (spec.Image.Height, spec.Image.Width);
        // An empty list of channels is an error of the spec; one channel lets the other errors of the graph be found.
        var channels = spec.UNet.Channels.Count > 0 ? spec.UNet.Channels[0] : 1;
        var features = function.Input("features", TensorShape.Map(channels, height, width));
        var z = function.Input("z", TensorShape.Vector(spec.Latent.Dimension));
        var tiled = function.Add("tiled", new Broadcast(height, width), z);
        var value = function.Add("joined", new Concat(), features, tiled);
        for (var conv = 0; conv < spec.Combiner.Convs - 1; conv++)
        {
            value = function.Add($"conv{conv}", new Conv2d($"combiner.conv{conv}", function.ShapeOf(value).Channels, spec.Combiner.Width ?? channels, Kernel: 1), value);
            value = function.Add($"conv{conv}.act", new Activation(spec.UNet.Activation), value);
        }
        value = function.Add("logits", new Conv2d("combiner.logits", function.ShapeOf(value).Channels, spec.Classes, Kernel: 1), value);
        function.Output("logits", value);
        return function.Build();
    }

    private static TensorShape ImageShape(ImageSpec image) => TensorShape.Map(image.Channels, image.Height, image.Width);

    private static int EncoderLevel(FunctionBuilder function, UNetSpec style, string owner, int level, int value, int channels, int convs)
    {
        if (level > 0)
            value = function.Add($"encoder{level}.down", style.Downsampling switch
            {
                Downsampling.Max => new MaxPool(),
                Downsampling.StridedConv => new Conv2d($"{owner}encoder{level}.down", function.ShapeOf(value).Channels, function.ShapeOf(value).Channels, Kernel: 3, Stride: 2),
                _ => new AveragePool(),
            }, value);
        return Block(function, style, owner, $"encoder{level}", value, channels, convs);
    }

    /// <summary>Convolution, normalisation and activation, several times; the residual sum before the last activation.</summary>
    private static int Block(FunctionBuilder function, UNetSpec style, string owner, string name, int input, int channels, int convs)
    {
        var value = input;
        for (var conv = 0; conv < convs; conv++)
        {
            var step = $"{name}.conv{conv}";
            value = function.Add(step, new Conv2d(owner + step, function.ShapeOf(value).Channels, channels, style.Kernel, Padding: style.Padding), value);
            LayerOperator? norm = style.Normalization switch
            {
                Normalization.Batch => new BatchNorm($"{owner}{name}.norm{conv}", channels),
                Normalization.Instance => new GroupNorm($"{owner}{name}.norm{conv}", channels, channels),
                Normalization.Layer => new GroupNorm($"{owner}{name}.norm{conv}", channels, Groups: 1),
                Normalization.Group => new GroupNorm($"{owner}{name}.norm{conv}", channels, style.Groups),
                _ => null,
            };
            if (norm is not null)
                value = function.Add($"{name}.norm{conv}", norm, value);
            if (style.Residual && conv == convs - 1)
                value = function.Add($"{name}.sum", new Add(), value, Shortcut(function, owner, name, input, channels));
            value = function.Add($"{step}.act", new Activation(style.Activation), value);
        }
        return value;
    }

    /// <summary>The input of a block, brought to its channels where they differ.</summary>
    private static int Shortcut(FunctionBuilder function, string owner, string name, int input, int channels) =>
        function.ShapeOf(input).Channels == channels
            ? input
            : function.Add($"{name}.shortcut", new Conv2d($"{owner}{name}.shortcut", function.ShapeOf(input).Channels, channels, Kernel: 1), input);
}
