namespace ProbUNet.Dsl;

/// <summary>What works but is unwise: the compiler's warnings and the answers at run time come from here.</summary>
public static class Advice
{
    private static readonly Func<ModelSpec, SpecWarning?>[] Relations = [TinyBottleneck, ShallowPosterior, WideLatent, OneAnswer, IdleGroups];

    /// <summary>What is unwise about a spec, in the order of its settings; nothing for one that breaks rules, which come first.</summary>
    public static ValueList<SpecWarning> Advise(this ModelSpec spec) => spec.Validate().Count > 0 ? [] : Relations.Select(relation => relation(spec))
        .OfType<SpecWarning>()
        .OrderBy(warning => Settings.IndexOf(warning.Path))
        .ToValueList();

    /// <summary>The deepest level has something to convolve.</summary>
    private static SpecWarning? TinyBottleneck(ModelSpec spec) =>
        spec.UNet.Levels() is { Count: > 1 and var levels } && SpecValidation.AtBottom(spec.Image.Height, levels) == 1 && SpecValidation.AtBottom(spec.Image.Width, levels) == 1
            ? new SpecWarning(Rules.TinyBottleneck, spec.UNet.Channels is null ? "UNet.Depth" : "UNet.Channels",
                $"The deepest of {levels} levels has 1x1 pixels, whose convolutions see nothing but their padding: use fewer levels or a larger image")
            : null;

    /// <summary>The posterior is no shallower than the prior.</summary>
    private static SpecWarning? ShallowPosterior(ModelSpec spec) =>
        spec is ProbabilisticUNetSpec both && (both.Prior.Channels ?? spec.UNet.Levels(), both.Posterior.Channels ?? spec.UNet.Levels()) is var (prior, posterior) && posterior.Count < prior.Count
            ? new SpecWarning(Rules.ShallowPosterior, both.Posterior.Channels is null ? "Prior.Channels" : "Posterior.Channels",
                $"The posterior has {posterior.Count} {(posterior.Count == 1 ? "level" : "levels")} and the prior {prior.Count}, though it has the mask to understand too: give it at least as many")
            : null;

    /// <summary>The latent is no larger than what any encoder, a part of the family with channels of its own, reads it from; said once.</summary>
    private static SpecWarning? WideLatent(ModelSpec spec) => spec is not LatentVariableSpec { Latent.Dimension: var dimension } ? null : (
        from encoder in Settings.Of(spec)
        where encoder.Domain is LevelChannels && !encoder.IsShared
        let levels = (ValueList<int>?)encoder.Get(spec) ?? spec.UNet.Levels()
        let last = levels[levels.Count - 1]
        where dimension > last
        select new SpecWarning(Rules.WideLatent, "Latent.Dimension",
            $"A latent of {dimension} dimensions is read off {last} channels of the {encoder.Part.ToLowerInvariant()}, so that some can only repeat others: use at most {last}, or more channels at its last level")).FirstOrDefault();

    /// <summary>A network that is made to give several samples does not give the same one every time; where there is one by design, nothing is said.</summary>
    private static SpecWarning? OneAnswer(ModelSpec spec) => spec switch
    {
        UNetEnsembleSpec ensemble => ensemble.Members == 1 ? Same("Members", "An ensemble of one member is a plain U-Net: use a DeterministicUNet, or more members") : null,
        MultiHeadUNetSpec heads => heads.Heads == 1 ? Same("Heads", "A network of one head is a plain U-Net: use a DeterministicUNet, or more heads") : null,
        DropoutUNetSpec dropout => dropout is { Rate: 0, UNet.Dropout: 0 } ? Same("Rate", "Without dropout every sample is the same: use a rate above 0, 0.5 in the paper") : null,
        ProbabilisticUNetSpec or ImageToImageVaeSpec or DeterministicUNetSpec => null,
        _ => throw new InvalidOperationException($"{spec.GetType().Name} has no advice."),   // the hierarchy is closed
    };

    /// <summary>Groups that somebody asked for part something; the number that nobody has to say is not taken for said.</summary>
    private static SpecWarning? IdleGroups(ModelSpec spec) =>
        spec.UNet is { Normalization: not Normalization.Group, Groups: var groups } && groups != Usual.Groups
            ? new SpecWarning(Rules.IdleGroups, "UNet.Groups", $"Groups {groups} do nothing without {nameof(Normalization)} {Normalization.Group}: set that too, or leave the groups out")
            : null;

    private static UNetSpec Usual { get; } = new();

    private static SpecWarning Same(string path, string message) => new(Rules.NoDiversity, path, message);
}
