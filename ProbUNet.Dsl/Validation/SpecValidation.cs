using System.Globalization;

namespace ProbUNet.Dsl;

/// <summary>What a spec must satisfy: what each setting must by itself, which <see cref="Settings"/> says, and what they must beside each other, which is said here.</summary>
public static class SpecValidation
{
    /// <summary>What settings must beside each other. A setting that is out of range by itself says nothing here.</summary>
    private static readonly Func<ModelSpec, IEnumerable<SpecError>>[] Relations = [OneOfTwo, MadeLevels, Halves, GroupsDivide, Fits];

    /// <summary>Every rule that the spec breaks, in the order of its settings; empty for a spec that works.</summary>
    public static ValueList<SpecError> Validate(this ModelSpec spec) => Settings.All.SelectMany(setting => setting.Check(spec))
        .Concat(Relations.SelectMany(relation => relation(spec)))
        .OrderBy(error => Settings.IndexOf(error.Path))
        .ToValueList();

    /// <summary>A setting and what stands in its place are not both given.</summary>
    private static IEnumerable<SpecError> OneOfTwo(ModelSpec spec) =>
        from other in Settings.Replacing
        where other.Suits(spec) && other.Get(spec) is not null
        let replaced = other.Replaces!
        from path in replaced.Paths
        let setting = Settings.At(path)
        where setting.Get(spec) is not null
        select new SpecError(replaced.Rule, path, string.Format(CultureInfo.InvariantCulture, replaced.Complaint, setting.Name));

    /// <summary>Depth, base channels and growth, each in its range, make levels in theirs.</summary>
    private static IEnumerable<SpecError> MadeLevels(ModelSpec spec)
    {
        var unet = spec.UNet;
        if (unet.Channels is not null || (unet.Depth is { } depth && !Settings.Depth.Holds(depth)) || (unet.BaseChannels is { } channels && !Settings.BaseChannels.Holds(channels)) || (unet.Growth is { } growth && !Settings.Growth.Holds(growth)))
            yield break;   // another rule speaks
        var levels = unet.Levels();
        if (levels.Any(level => level is < 1 or > Settings.MaxChannels))
            yield return new SpecError(Rules.Channels, unet.Growth is not null ? "UNet.Growth" : unet.BaseChannels is not null ? "UNet.BaseChannels" : "UNet.Depth",
                $"Depth, base channels and growth make the channels {levels}, but a level has 1 to {Settings.MaxChannels}: use fewer levels, or other base channels or another growth");
    }

    /// <summary>Under the strict policy the poolings halve height and width exactly.</summary>
    private static IEnumerable<SpecError> Halves(ModelSpec spec) => spec.SizePolicy != SizePolicy.Strict ? [] :
        Halves("Image.Height", "Height", spec.Image.Height, spec.UNet.Levels().Count - 1)
            .Concat(Halves("Image.Width", "Width", spec.Image.Width, spec.UNet.Levels().Count - 1));

    /// <summary>The groups divide the channels of every level, of the U-Net and of the encoders.</summary>
    private static IEnumerable<SpecError> GroupsDivide(ModelSpec spec)
    {
        var (groups, parted) = (spec.UNet.Groups, Settings.Parted(spec).ToList());
        if (!Settings.Groups.Holds(groups) || parted.All(channels => channels % groups == 0))
            yield break;
        var common = parted.Aggregate(GreatestDivisor);
        var nearest = Enumerable.Range(1, common).Where(divisor => common % divisor == 0).OrderBy(divisor => Math.Abs(divisor - groups)).First();
        yield return new SpecError(Rules.Groups, "UNet.Groups",
            $"{string.Join(", ", parted.Where(channels => channels % groups != 0))} channels cannot be parted into {groups} groups: use {nearest}, which divides the channels of every level")
        {
            Remedies = Domain.Words([nearest]),
        };
    }

    private static int GreatestDivisor(int one, int other) => other == 0 ? one : GreatestDivisor(other, one % other);

    /// <summary>The deepest level of every contracting path is large enough for its padding.</summary>
    private static IEnumerable<SpecError> Fits(ModelSpec spec) => Settings.Paths(spec).SelectMany(path => Fits(spec, path.Owner, path.Channels));

    private static IEnumerable<SpecError> Fits(ModelSpec spec, string owner, ValueList<int> channels)
    {
        if (channels.Count is < 1 or > Settings.MaxDepth || spec.UNet.Kernel < Settings.Kernel.Min || spec.UNet.Kernel > Settings.Kernel.Max || spec.Image is not { Height: >= 1 and <= Settings.MaxSize, Width: >= 1 and <= Settings.MaxSize })
            yield break;   // another rule speaks
        var (height, width, least) = (AtBottom(spec.Image.Height, channels.Count), AtBottom(spec.Image.Width, channels.Count), spec.UNet.Padding.LeastSize(spec.UNet.Kernel));
        if (Math.Min(height, width) < least)
            yield return new SpecError(Rules.PaddingSize, "UNet.Padding",
                $"{spec.UNet.Padding} padding of a kernel of {spec.UNet.Kernel} needs {least} rows and columns, but the deepest level of {owner} has {height}x{width}: use Zeros padding, fewer levels or a larger image");
    }

    /// <summary>Rows or columns at the deepest of so many levels, each of half the size of the one before, rounded up.</summary>
    internal static int AtBottom(int size, int levels) => (size - 1) / (1 << (levels - 1)) + 1;

    private static IEnumerable<SpecError> Halves(string path, string name, int size, int poolings)
    {
        if (poolings is < 1 or >= Settings.MaxDepth || size is < 1 or > Settings.MaxSize)
            yield break;   // another rule speaks
        var factor = 1 << poolings;
        if (size % factor == 0)
            yield break;
        var around = Around(size, factor);
        yield return new SpecError(Rules.Divisibility, path,
            $"{name} {size} is not divisible by {factor}, which {Counted.Of(poolings, "pooling needs", "poolings need")}: use {string.Join(" or ", around)}, or the size policy {SizePolicy.Pad} or {SizePolicy.Crop}")
        {
            Remedies = Domain.Words(around),
        };
    }

    /// <summary>The multiples of a factor on both sides of a number that is none.</summary>
    private static int[] Around(int number, int factor)
    {
        var below = number / factor * factor;
        return below == 0 ? [factor] : [below, below + factor];
    }
}
