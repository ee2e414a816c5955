namespace ProbUNet.Dsl;

/// <summary>
/// The table of what works but is unwise, beside <see cref="Rules"/>: the compiler's warnings and the answers at run time come from here. Ids
/// are never reused.
/// </summary>
public static class Advice
{
    /// <summary>The posterior should see no less than the prior.</summary>
    public const string ShallowPosterior = "PUN0101";

    /// <summary>A latent larger than what it is read from has dimensions to spare.</summary>
    public const string WideLatent = "PUN0102";

    /// <summary>A deepest level of one pixel has nothing to convolve.</summary>
    public const string TinyBottleneck = "PUN0103";

    /// <summary>One member, one head, or no dropout gives one answer.</summary>
    public const string NoDiversity = "PUN0104";

    /// <summary>What is unwise about a spec, in the order of its settings; nothing for one that breaks rules, which come first.</summary>
    public static ValueList<SpecWarning> Advise(this ModelSpec spec) => spec.Validate().Count > 0 ? [] : On(spec).ToValueList();

    private static IEnumerable<SpecWarning> On(ModelSpec spec)
    {
        var levels = spec.UNet.Levels();
        if (levels.Count > 1 && AtBottom(spec.Image.Height, levels.Count) == 1 && AtBottom(spec.Image.Width, levels.Count) == 1)
            yield return new SpecWarning(TinyBottleneck, spec.UNet.Channels is null ? "UNet.Depth" : "UNet.Channels",
                $"The deepest of {levels.Count} levels has 1x1 pixels, whose convolutions see nothing but their padding: use fewer levels or a larger image");
        if (spec is LatentVariableSpec latent)
        {
            var posterior = latent.Posterior.Channels ?? levels;
            var prior = spec is ProbabilisticUNetSpec { Prior.Channels: { } own } ? own : levels;
            if (spec is ProbabilisticUNetSpec && posterior.Count < prior.Count)
                yield return new SpecWarning(ShallowPosterior, latent.Posterior.Channels is null ? "Prior.Channels" : "Posterior.Channels",
                    $"The posterior has {posterior.Count} levels and the prior {prior.Count}, though it has the mask to understand too: give it at least as many");
            foreach (var (name, width) in spec is ProbabilisticUNetSpec ? new[] { ("prior", prior[prior.Count - 1]), ("posterior", posterior[posterior.Count - 1]) } : [("posterior", posterior[posterior.Count - 1])])
                if (latent.Latent.Dimension > width)
                {
                    yield return new SpecWarning(WideLatent, "Latent.Dimension",
                        $"A latent of {latent.Latent.Dimension} dimensions is read off {width} channels of the {name}, so that some can only repeat others: use at most {width}, or more channels at its last level");
                    yield break;
                }
        }
        var single = spec switch
        {
            UNetEnsembleSpec { Members: 1 } => ("Members", "An ensemble of one member is a plain U-Net: use a DeterministicUNet, or more members"),
            MultiHeadUNetSpec { Heads: 1 } => ("Heads", "A network of one head is a plain U-Net: use a DeterministicUNet, or more heads"),
            DropoutUNetSpec { Rate: 0, UNet.Dropout: 0 } => ("Rate", "Without dropout every sample is the same: use a rate above 0, 0.5 in the paper"),
            _ => default((string Path, string Message)?),
        };
        if (single is { } one)
            yield return new SpecWarning(NoDiversity, one.Path, one.Message);
    }

    private static int AtBottom(int size, int levels) => (size - 1) / (1 << (levels - 1)) + 1;
}
