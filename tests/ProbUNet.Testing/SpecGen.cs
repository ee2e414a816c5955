using FsCheck;
using FsCheck.Fluent;
using ProbUNet.Dsl;

namespace ProbUNet.Testing;

/// <summary>Random specs for FsCheck. Small ones, so that networks run in milliseconds, but every family and every setting is reached.</summary>
public static class SpecGen
{
    /// <summary>Specs of every family that are accepted.</summary>
    public static Gen<ModelSpec> Valid { get; } =
        from family in Gen.Choose(0, Families.All.Count - 1)
        from spec in Of(family)
        from policy in Gen.Elements(SizePolicy.Strict, SizePolicy.Strict, SizePolicy.Pad, SizePolicy.Crop)
        from rows in Gen.Choose(1, 33)
        from columns in Gen.Choose(1, 33)
        select Fitting(policy == SizePolicy.Strict ? spec : spec with { SizePolicy = policy, Image = spec.Image with { Height = rows, Width = columns } });

    /// <summary>Probabilistic U-Nets that are accepted.</summary>
    public static Gen<ProbabilisticUNetSpec> Probabilistic => Valid.Where(spec => spec is ProbabilisticUNetSpec).Select(spec => (ProbabilisticUNetSpec)spec);

    /// <summary>Specs of which about half break a rule or several.</summary>
    public static Gen<ModelSpec> Any { get; } =
        from valid in Valid
        from damage in Gen.Choose(0, 9)
        from which in Gen.Choose(0, 999)
        from value in Gen.Elements(int.MinValue, -3, -1, 0, 17, 1025, 100_000, int.MaxValue)
        from real in Gen.Elements(double.NaN, double.NegativeInfinity, -0.25, 0, 1, 9.5, 1e300)
        from size in Gen.Choose(1, 70)
        select Damaged(valid, damage, which, value, real, size);

    /// <summary>Specs that are accepted but, about half of them, for a size that the poolings do not divide.</summary>
    public static Gen<ModelSpec> AnySize { get; } =
        from valid in Valid
        from height in Gen.Choose(1, 40)
        from width in Gen.Choose(1, 40)
        from keep in Gen.Elements(false, true)
        select keep ? valid : valid with { Image = valid.Image with { Height = height, Width = width } };

    /// <summary>That many of them, the same for the same seed.</summary>
    public static T[] Draw<T>(this Gen<T> specs, int count, ulong seed) => specs.Sample(numberOfSamples: count, seed: new Rnd(seed), size: 50);

    private static Gen<ModelSpec> Of(int family) =>
        from depth in Gen.Choose(1, 4)
        from channels in Channels(depth)
        from made in Made
        from list in Gen.Frequency((2, Gen.Constant(true)), (1, Gen.Constant(false)))
        from convs in Gen.Choose(1, 3)
        from image in Image(list ? depth : made.Depth ?? 5)
        from classes in Gen.Frequency((2, Gen.Constant(1)), (1, Gen.Choose(2, 4)))
        from style in Style
        let unet = list
            ? style with { Channels = channels, ConvsPerBlock = convs }
            : style with { Depth = made.Depth, BaseChannels = made.BaseChannels, Growth = made.Growth, ConvsPerBlock = convs }
        from spec in Family(family, unet.Levels().Count)
        select spec with { Image = image, Classes = classes, UNet = unet };

    private static Gen<ModelSpec> Family(int family, int depth) => Families.All[family].Defaults switch
    {
        DropoutUNetSpec =>
            from rate in Gen.Elements(0, 0.25, 0.5, 0.9)
            from blocks in Gen.Choose(1, depth)
            select (ModelSpec)new DropoutUNetSpec { Rate = rate, Blocks = blocks },
        UNetEnsembleSpec => Gen.Choose(1, 3).Select(members => (ModelSpec)new UNetEnsembleSpec { Members = members }),
        MultiHeadUNetSpec => Gen.Choose(1, 4).Select(heads => (ModelSpec)new MultiHeadUNetSpec { Heads = heads }),
        DeterministicUNetSpec => Gen.Constant((ModelSpec)new DeterministicUNetSpec()),
        var latent =>
            from dimension in Gen.Choose(1, 7)
            from entry in Gen.Elements(Enum.GetValues<LatentEntry>())
            from prior in Encoder
            from posterior in Encoder
            from mask in Gen.Elements(Enum.GetValues<MaskEncoding>())
            from combiner in Gen.Choose(1, 4)
            from between in Gen.Elements<int?>(null, 3)
            let whole = (LatentVariableSpec)latent with { Latent = new LatentSpec(dimension) { Entry = entry }, Posterior = posterior, MaskEncoding = mask, Combiner = new CombinerSpec(combiner) { Channels = between } }
            select (ModelSpec)(whole is ProbabilisticUNetSpec probabilistic ? probabilistic with { Prior = prior } : whole),
    };

    /// <summary>About half of the time another value of any setting, most likely a wrong one, or settings that do not go together.</summary>
    private static ModelSpec Damaged(ModelSpec valid, int damage, int which, int value, double real, int size)
    {
        var unet = valid.UNet;
        return damage switch
        {
            0 => (which % 8) switch
            {
                0 => valid with { Image = valid.Image with { Height = value, Width = size } },
                1 => valid with { UNet = unet with { Channels = null, Depth = value, BaseChannels = 3 } },
                2 => valid with { UNet = unet with { Channels = null, BaseChannels = value } },
                3 => valid with { UNet = unet with { Channels = null, Growth = real } },
                4 => valid with { UNet = unet with { Channels = null, Depth = 12, Growth = 8 } },
                5 => valid with { UNet = unet with { Normalization = Normalization.Group, Groups = which < 500 ? 5 : value } },
                6 => valid with { UNet = unet with { Padding = PaddingMode.Reflect, Kernel = 7 } },
                _ => valid with { Image = valid.Image with { Height = size }, UNet = unet with { Channels = [.. unet.Levels(), 0] } },
            },
            <= 5 => Broken(valid, Settings.Of(valid).ElementAt(which % Settings.Of(valid).Count()), value, real, size),
            _ => valid,
        };
    }

    private static ModelSpec Broken(ModelSpec valid, Setting setting, int value, double real, int size) => setting.With(valid, setting.Domain switch
    {
        WholeNumbers when setting.Path is "Image.Height" or "Image.Width" && value > 0 => size,
        WholeNumbers or OddNumbers or Choices => value,
        RealNumbers => real,
        LevelChannels => size % 3 == 0 ? ValueList<int>.Empty : [.. valid.UNet.Levels(), value],
        YesOrNo => setting.Get(valid) is false,
        _ => throw new ArgumentException($"{setting.Domain.GetType().Name} has no wrong values.", nameof(setting)),
    });

    private static Gen<UNetSpec> Style { get; } =
        from kernel in Gen.Elements(1, 3, 3, 5)
        from padding in Gen.Elements(Enum.GetValues<PaddingMode>())
        from activation in Gen.Elements(Enum.GetValues<Nonlinearity>())
        from normalization in Gen.Elements(Enum.GetValues<Normalization>())
        from groups in Gen.Elements(1, 2, 3)
        from down in Gen.Elements(Enum.GetValues<Downsampling>())
        from up in Gen.Elements(Enum.GetValues<Upsampling>())
        from residual in Gen.Elements(false, true)
        from dropout in Gen.Elements(0, 0, 0.25)
        from initial in Gen.Elements(Enum.GetValues<Initialization>())
        from biases in Gen.Elements(Enum.GetValues<BiasInitialization>())
        select new UNetSpec
        {
            Kernel = kernel,
            Padding = padding,
            Activation = activation,
            Normalization = normalization,
            Groups = groups,
            Downsampling = down,
            Upsampling = up,
            Residual = residual,
            Dropout = dropout,
            Initialization = initial,
            Biases = biases,
        };

    /// <summary>Depth, base channels and growth in the place of a list of channels.</summary>
    private static Gen<UNetSpec> Made { get; } =
        from depth in Gen.Elements<int?>(1, 2, 3, 4)
        from first in Gen.Elements<int?>(1, 2, 3, 5)
        from growth in Gen.Elements<double?>(null, 1, 1.5, 2)
        select new UNetSpec { Depth = depth, BaseChannels = first, Growth = growth };

    /// <summary>Mends what independent draws leave contradictory: channels become multiples of the groups, padding zeros where a level is too small for another.</summary>
    private static ModelSpec Fitting(ModelSpec spec)
    {
        ValueList<int>? Multiples(ValueList<int>? channels) => channels?.Select(width => width * spec.UNet.Groups).ToValueList();
        if (spec.UNet.Normalization == Normalization.Group)
        {
            spec = spec with { UNet = spec.UNet with { Channels = Multiples(spec.UNet.Levels()), Depth = null, BaseChannels = null, Growth = null } };
            if (spec is LatentVariableSpec latent)
                spec = latent with { Posterior = latent.Posterior with { Channels = Multiples(latent.Posterior.Channels) } };
            if (spec is ProbabilisticUNetSpec probabilistic)
                spec = probabilistic with { Prior = probabilistic.Prior with { Channels = Multiples(probabilistic.Prior.Channels) } };
        }
        return spec.Validate().Any(error => error.Id == Rules.PaddingSize) ? spec with { UNet = spec.UNet with { Padding = PaddingMode.Zeros } } : spec;
    }

    private static Gen<EncoderSpec> Encoder { get; } =
        from own in Gen.Elements(false, true)
        from depth in Gen.Choose(1, 5)
        from channels in Channels(depth)
        from convs in Gen.Elements<int?>(null, 1, 2)
        select new EncoderSpec { Channels = own ? channels : null, ConvsPerBlock = convs };

    private static Gen<ValueList<int>> Channels(int depth) =>
        Gen.Choose(1, 6).ListOf(depth).Select(widths => widths.ToValueList());

    private static Gen<ImageSpec> Image(int depth) =>
        from channels in Gen.Choose(1, 3)
        from rows in Gen.Choose(1, 4)
        from columns in Gen.Choose(1, 4)
        let factor = 1 << (depth - 1)
        select new ImageSpec(channels, rows * factor, columns * factor);
}

/// <summary>Hands the generators to properties.</summary>
public static class SpecArbitraries
{
    public static Arbitrary<ValidSpec> Valid() => SpecGen.Valid.Select(spec => new ValidSpec(spec)).ToArbitrary();

    public static Arbitrary<ValidProbabilisticSpec> Probabilistic() => SpecGen.Probabilistic.Select(spec => new ValidProbabilisticSpec(spec)).ToArbitrary();

    public static Arbitrary<AnySpec> Any() => SpecGen.Any.Select(spec => new AnySpec(spec)).ToArbitrary();

    public static Arbitrary<AnySizeSpec> AnySize() => SpecGen.AnySize.Select(spec => new AnySizeSpec(spec)).ToArbitrary();
}

/// <summary>A spec that is accepted.</summary>
public sealed record ValidSpec(ModelSpec Spec);

/// <summary>A Probabilistic U-Net that is accepted.</summary>
public sealed record ValidProbabilisticSpec(ProbabilisticUNetSpec Spec);

/// <summary>A spec that may break rules.</summary>
public sealed record AnySpec(ModelSpec Spec);

/// <summary>A spec that may break one rule: the size.</summary>
public sealed record AnySizeSpec(ModelSpec Spec);
