using FsCheck;
using FsCheck.Fluent;
using ProbUNet.Dsl;

namespace ProbUNet.Testing;

/// <summary>Random specs for FsCheck. Small ones, so that networks run in milliseconds, but every setting is reached.</summary>
public static class SpecGen
{
    /// <summary>Specs that are accepted.</summary>
    public static Gen<ProbabilisticUNetSpec> Valid { get; } =
        from depth in Gen.Choose(1, 4)
        from channels in Channels(depth)
        from convs in Gen.Choose(1, 3)
        from image in Image(depth)
        from classes in Gen.Frequency((2, Gen.Constant(1)), (1, Gen.Choose(2, 4)))
        from latent in Gen.Choose(1, 7)
        from prior in Encoder
        from posterior in Encoder
        from mask in Gen.Elements(MaskEncoding.Centred, MaskEncoding.Raw)
        from combiner in Gen.Choose(1, 4)
        from combinerWidth in Gen.Elements<int?>(null, 3)
        from style in Style
        select Fitting(new ProbabilisticUNetSpec
        {
            Image = image,
            Classes = classes,
            UNet = style with { Channels = channels, ConvsPerBlock = convs },
            Latent = new LatentSpec(latent),
            Prior = prior,
            Posterior = posterior,
            MaskEncoding = mask,
            Combiner = new CombinerSpec(combiner, combinerWidth),
        });

    /// <summary>Specs of which about half break a rule or several.</summary>
    public static Gen<ProbabilisticUNetSpec> Any { get; } =
        from valid in Valid
        from damage in Gen.Choose(0, 30)
        from value in Gen.Elements(int.MinValue, -3, -1, 0, 17, 1025, 100_000, int.MaxValue)
        from size in Gen.Choose(1, 70)
        select damage switch
        {
            0 => valid with { Image = valid.Image with { Channels = value } },
            1 => valid with { Image = valid.Image with { Height = size } },
            2 => valid with { Image = valid.Image with { Width = size } },
            3 => valid with { Image = valid.Image with { Height = value, Width = size } },
            4 => valid with { Classes = value },
            5 => valid with { UNet = valid.UNet with { Channels = [] } },
            6 => valid with { UNet = valid.UNet with { Channels = [.. valid.UNet.Channels, value] } },
            7 => valid with { UNet = valid.UNet with { ConvsPerBlock = value } },
            8 => valid with { Latent = new LatentSpec(value) },
            9 => valid with { Prior = valid.Prior with { Channels = [] }, Posterior = valid.Posterior with { ConvsPerBlock = value } },
            10 => valid with { Posterior = valid.Posterior with { Channels = [value, 2] }, Combiner = new CombinerSpec(value) },
            11 => valid with { MaskEncoding = (MaskEncoding)7 },
            12 => valid with { UNet = valid.UNet with { Kernel = value } },
            13 => valid with { UNet = valid.UNet with { Normalization = Normalization.Group, Groups = value, Activation = (Nonlinearity)value } },
            14 => valid with { UNet = valid.UNet with { Normalization = Normalization.Group, Groups = 5 } },
            15 => valid with { UNet = valid.UNet with { Padding = PaddingMode.Reflect, Kernel = 7 }, Combiner = valid.Combiner with { Width = value } },
            _ => valid,
        };

    /// <summary>Specs that are accepted but, about half of them, for a size that the poolings do not divide.</summary>
    public static Gen<ProbabilisticUNetSpec> AnySize { get; } =
        from valid in Valid
        from height in Gen.Choose(1, 40)
        from width in Gen.Choose(1, 40)
        from keep in Gen.Elements(false, true)
        select keep ? valid : valid with { Image = valid.Image with { Height = height, Width = width } };

    private static Gen<UNetSpec> Style { get; } =
        from kernel in Gen.Elements(1, 3, 3, 5)
        from padding in Gen.Elements(Enum.GetValues<PaddingMode>())
        from activation in Gen.Elements(Enum.GetValues<Nonlinearity>())
        from normalization in Gen.Elements(Enum.GetValues<Normalization>())
        from groups in Gen.Elements(1, 2, 3)
        from down in Gen.Elements(Enum.GetValues<Downsampling>())
        from up in Gen.Elements(Enum.GetValues<Upsampling>())
        from residual in Gen.Elements(false, true)
        from initial in Gen.Elements(Enum.GetValues<Initialization>())
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
            Initialization = initial,
        };

    /// <summary>Mends what independent draws leave contradictory: channels become multiples of the groups, padding zeros where a level is too small for another.</summary>
    private static ProbabilisticUNetSpec Fitting(ProbabilisticUNetSpec spec)
    {
        ValueList<int> Multiples(ValueList<int> channels) => channels.Select(width => width * spec.UNet.Groups).ToValueList();
        if (spec.UNet.Normalization == Normalization.Group)
            spec = spec with
            {
                UNet = spec.UNet with { Channels = Multiples(spec.UNet.Channels) },
                Prior = spec.Prior with { Channels = spec.Prior.Channels is { } prior ? Multiples(prior) : null },
                Posterior = spec.Posterior with { Channels = spec.Posterior.Channels is { } posterior ? Multiples(posterior) : null },
            };
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

    public static Arbitrary<AnySpec> Any() => SpecGen.Any.Select(spec => new AnySpec(spec)).ToArbitrary();

    public static Arbitrary<AnySizeSpec> AnySize() => SpecGen.AnySize.Select(spec => new AnySizeSpec(spec)).ToArbitrary();
}

/// <summary>A spec that is accepted.</summary>
public sealed record ValidSpec(ProbabilisticUNetSpec Spec);

/// <summary>A spec that may break rules.</summary>
public sealed record AnySpec(ProbabilisticUNetSpec Spec);

/// <summary>A spec that may break one rule: the size.</summary>
public sealed record AnySizeSpec(ProbabilisticUNetSpec Spec);
