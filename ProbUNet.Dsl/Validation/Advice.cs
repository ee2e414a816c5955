namespace ProbUNet.Dsl;

/// <summary>What works but is unwise: the compiler's warnings and the answers at run time come from here.</summary>
public static class Advice
{
    /// <summary>What is unwise about a spec, in the order of its settings; nothing for one that breaks rules, which come first.</summary>
    public static ValueList<SpecWarning> Advise(this ModelSpec spec) => spec.Validate().Count > 0 ? [] : On(spec).ToValueList();

    private static IEnumerable<SpecWarning> On(ModelSpec spec)
    {
        var levels = spec.UNet.Levels();
        if (levels.Count > 1 && AtBottom(spec.Image.Height, levels.Count) == 1 && AtBottom(spec.Image.Width, levels.Count) == 1)
            yield return new SpecWarning(Rules.TinyBottleneck, spec.UNet.Channels is null ? "UNet.Depth" : "UNet.Channels",
                $"The deepest of {levels.Count} levels has 1x1 pixels, whose convolutions see nothing but their padding: use fewer levels or a larger image");
        if (spec is ProbabilisticUNetSpec both && (both.Prior.Channels ?? levels, both.Posterior.Channels ?? levels) is var (prior, posterior) && posterior.Count < prior.Count)
            yield return new SpecWarning(Rules.ShallowPosterior, both.Posterior.Channels is null ? "Prior.Channels" : "Posterior.Channels",
                $"The posterior has {posterior.Count} levels and the prior {prior.Count}, though it has the mask to understand too: give it at least as many");
        // An encoder is a part of the family with channels of its own.
        foreach (var encoder in Settings.Of(spec).Where(setting => setting.Domain is NumberLists && !setting.IsShared))
        {
            var channels = (ValueList<int>?)encoder.Get(spec) ?? levels;
            if (spec is LatentVariableSpec { Latent.Dimension: var dimension } && channels[channels.Count - 1] is var width && dimension > width)
            {
                yield return new SpecWarning(Rules.WideLatent, "Latent.Dimension",
                    $"A latent of {dimension} dimensions is read off {width} channels of the {encoder.Part.ToLowerInvariant()}, so that some can only repeat others: use at most {width}, or more channels at its last level");
                break;
            }
        }
        if (OneAnswer(spec) is { } one)
            yield return new SpecWarning(Rules.NoDiversity, one.Path, one.Message);
    }

    /// <summary>Why every sample of a network that is made to give several is the same; nothing where they differ, or where there is one by design.</summary>
    private static (string Path, string Message)? OneAnswer(ModelSpec spec) => spec switch
    {
        UNetEnsembleSpec ensemble => ensemble.Members == 1 ? ("Members", "An ensemble of one member is a plain U-Net: use a DeterministicUNet, or more members") : null,
        MultiHeadUNetSpec heads => heads.Heads == 1 ? ("Heads", "A network of one head is a plain U-Net: use a DeterministicUNet, or more heads") : null,
        DropoutUNetSpec dropout => dropout is { Rate: 0, UNet.Dropout: 0 } ? ("Rate", "Without dropout every sample is the same: use a rate above 0, 0.5 in the paper") : null,
        ProbabilisticUNetSpec or ImageToImageVaeSpec or DeterministicUNetSpec => null,
        _ => throw new InvalidOperationException($"{spec.GetType().Name} has no advice."),   // the hierarchy is closed
    };

    private static int AtBottom(int size, int levels) => (size - 1) / (1 << (levels - 1)) + 1;
}
