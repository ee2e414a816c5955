namespace ProbUNet.Dsl.Graphs;

/// <summary>Turns a spec into its graph: a case a family of networks, of the same U-Net, encoders and combiner.</summary>
public static class GraphBuilder
{
    /// <summary>The graph of a spec, or every rule that the spec breaks.</summary>
    public static Outcome<Graph, ValueList<SpecError>> Build(ModelSpec spec)
    {
        if (spec is null)
            return new[] { new SpecError(Rules.Json, "", "There is no spec (null): declare a network") }.ToValueList();
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
        var graph = new Graph((spec switch
        {
            ProbabilisticUNetSpec probabilistic => Latent(probabilistic, errors,
                Gaussian("prior", probabilistic, probabilistic.Prior, seesImage: true, seesMask: false, errors),
                Gaussian("posterior", probabilistic, probabilistic.Posterior, seesImage: true, seesMask: true, errors)),
            ImageToImageVaeSpec vae => Latent(vae, errors,
                StandardNormal("prior", vae, errors),
                Gaussian("posterior", vae, vae.Posterior, seesImage: false, seesMask: true, errors)),
            // A number out of range becomes one in range, so that a spec which breaks the rules can be asked too.
            UNetEnsembleSpec ensemble => Enumerable.Range(0, Settings.Members.Nearest(ensemble.Members))
                .Select(member => Logits(Numbered.Name("logits", member), spec, UNetEnsembleSpec.PrefixOf(member), spec.Classes, errors)),
            MultiHeadUNetSpec heads => [Logits("logits", spec, "", spec.Classes * heads.Heads, errors)],
            DropoutUNetSpec dropout => [Logits("logits", spec, "", spec.Classes, errors, dropout.Rate, dropout.Blocks)],
            DeterministicUNetSpec => [Logits("logits", spec, "", spec.Classes, errors)],
            _ => throw new InvalidOperationException($"{spec.GetType().Name} has no graph."),   // the hierarchy is closed
        }).ToValueList());
        errors.AddRange(GraphVerifier.Verify(graph));
        return (graph, errors.Distinct().ToValueList());
    }

    private const double LargestLogSigma = 10;

    /// <summary>logits(image): the whole U-Net and one last 1x1 convolution, [N, C, H, W] → [N, channels, H, W].</summary>
    private static GraphFunction Logits(string name, ModelSpec spec, string owner, int channels, List<GraphError> errors, double innermostRate = 0, int innermostBlocks = 0)
    {
        var function = new FunctionBuilder(name, errors);
        var unet = new UNetBuilder(function, spec, $"{owner}unet.", innermostRate, innermostBlocks);
        var value = unet.Up(unet.Down(unet.Fit(function.Input("image", ImageShape(spec.Image)))));
        function.Output("logits", function.Add("logits", new Conv2d($"{owner}logits", function.ShapeOf(value).Channels, channels, Kernel: 1), value));
        return function.Build();
    }

    /// <summary>
    /// features(image): all that does not depend on z, as a list; combine(features, z) → logits [N, classes, H, W]: the rest. So N samples
    /// of an image cost the first function once.
    /// </summary>
    private static IEnumerable<GraphFunction> Latent(LatentVariableSpec spec, List<GraphError> errors, params GraphFunction[] gaussians)
    {
        var features = new FunctionBuilder("features", errors);
        var combine = new FunctionBuilder("combine", errors);
        var unet = new UNetBuilder(features, spec, "unet.");
        var image = unet.Fit(features.Input("image", ImageShape(spec.Image)));
        int value, z = 0;
        switch (spec.Latent.Entry)
        {
            case LatentEntry.Input:
                value = unet.Up(unet.Down(Joined(Enter(image))));
                break;
            case LatentEntry.Bottleneck:
                value = unet.Up(Joined(Enter(unet.Down(image))));
                break;
            default:
                value = Joined(Enter(unet.Up(unet.Down(image))));
                break;
        }
        // An empty list of channels is an error of the spec; one channel lets the other errors of the graph be found.
        var channels = spec.Combiner.Channels ?? spec.UNet.Levels().FirstOrDefault();
        for (var conv = 0; conv < spec.Combiner.Convs - 1; conv++)
        {
            value = combine.Add($"conv{conv}", new Conv2d($"combiner.conv{conv}", combine.ShapeOf(value).Channels, Math.Max(1, channels), Kernel: 1), value);
            value = combine.Add($"conv{conv}.act", new Activation(spec.UNet.Activation), value);
        }
        value = combine.Add("logits", new Conv2d("combiner.logits", combine.ShapeOf(value).Channels, spec.Classes, Kernel: 1), value);
        combine.Output("logits", value);
        return [features.Build(), .. gaussians, combine.Build()];

        // From here on the way depends on z: what is needed of the first function becomes the arguments of the second.
        int Enter(int value)
        {
            var needed = unet.MoveTo(combine, value);
            z = combine.Input("z", TensorShape.Vector(spec.Latent.Dimension));
            return needed;
        }

        int Joined(int value)
        {
            var shape = combine.ShapeOf(value);
            return combine.Add("joined", new Concat(), value, combine.Add("tiled", new Broadcast(shape.Height, shape.Width), z));
        }
    }

    /// <summary>prior(image), posterior(image, mask) or posterior(mask): contracting path, global mean, 1x1 head; two outputs [N, latent].</summary>
    private static GraphFunction Gaussian(string name, LatentVariableSpec spec, EncoderSpec encoder, bool seesImage, bool seesMask, List<GraphError> errors)
    {
        var function = new FunctionBuilder(name, errors);
        var latent = spec.Latent.Dimension;
        var seen = new List<int>();
        if (seesImage)
            seen.Add(function.Input("image", ImageShape(spec.Image)));
        if (seesMask)
        {
            var mask = function.Input("mask", TensorShape.Map(spec.Classes, spec.Image.Height, spec.Image.Width));
            seen.Add(spec.MaskEncoding == MaskEncoding.Centred ? function.Add("mask.centred", new Shift(-0.5), mask) : mask);
        }
        var value = seen.Count == 1 ? seen[0] : function.Add("joined", new Concat(), [.. seen]);
        var channels = encoder.Channels ?? spec.UNet.Levels();
        for (var level = 0; level < channels.Count; level++)
            value = Blocks.EncoderLevel(function, spec.UNet, $"{name}.", level, value, channels[level], encoder.ConvsPerBlock ?? spec.UNet.ConvsPerBlock, level == 0 ? 0 : spec.UNet.Dropout);
        value = function.Add("mean", new GlobalMean(), value);
        value = function.Add("head", new Conv2d($"{name}.head", function.ShapeOf(value).Channels, 2 * latent, Kernel: 1), value);
        value = function.Add("gaussian", new Flatten(), value);
        function.Output("mean", function.Add("gaussian.mean", new Slice(0, latent), value));
        // Far outside of what any trained network says; without it, one bad step makes exp overflow and the training is lost.
        function.Output("logSigma", function.Add("gaussian.guarded", new Clamp(-LargestLogSigma, LargestLogSigma), function.Add("gaussian.logSigma", new Slice(latent, latent), value)));
        return function.Build();
    }

    /// <summary>prior(image) that is N(0, I) whatever the image (Kohl et al. 2018, section 3): two outputs [N, latent], in the form of <see cref="Gaussian"/>.</summary>
    private static GraphFunction StandardNormal(string name, LatentVariableSpec spec, List<GraphError> errors)
    {
        var function = new FunctionBuilder(name, errors);
        var image = function.Input("image", ImageShape(spec.Image));
        function.Output("mean", function.Add("gaussian.mean", new Zeros(spec.Latent.Dimension), image));
        function.Output("logSigma", function.Add("gaussian.logSigma", new Zeros(spec.Latent.Dimension), image));
        return function.Build();
    }

    private static TensorShape ImageShape(ImageSpec image) => TensorShape.Map(image.Channels, image.Height, image.Width);
}
