using System.Collections;
using System.Globalization;
using System.Reflection;
using ProbUNet.Dsl;
using ProbUNet.Testing;

namespace ProbUNet.Generators.Tests;

/// <summary>
/// The laws hold for what the generator of specs reaches, so it has to reach everything. The settings are found by reflection: a new one
/// cannot be forgotten.
/// </summary>
public class SpecGenCoverageTests(ITestOutputHelper output)
{
    private const int Specs = 2000;
    private const double Least = 0.01;
    private const ulong Seed = 20260101;

    private static readonly IReadOnlyList<ModelSpec> Drawn = SpecGen.Valid.Draw(Specs, Seed);

    /// <summary>Where settings meet: what no single setting shows.</summary>
    private static readonly (string Name, Func<ModelSpec, bool> Holds)[] Meetings =
    [
        ("an image that is not square", spec => spec.Image.Height != spec.Image.Width),
        ("several classes", spec => spec.Classes > 1),
        ("a single level", spec => spec.UNet.Levels().Count == 1),
        ("four levels or more", spec => spec.UNet.Levels().Count >= 4),
        ("padding to a size that divides", spec => spec.SizePolicy == SizePolicy.Pad && !Divides(spec)),
        ("cutting a size that does not divide", spec => spec.SizePolicy == SizePolicy.Crop && !Divides(spec)),
        ("cutting before a transposed convolution", spec => spec.SizePolicy == SizePolicy.Crop && !Divides(spec) && spec.UNet.Upsampling == Upsampling.TransposedConv),
        ("dropout in the blocks", spec => spec.UNet.Dropout > 0),
        ("residual blocks with a normalisation", spec => spec.UNet is { Residual: true, Normalization: not Normalization.None }),
        ("several groups", spec => spec.UNet is { Normalization: Normalization.Group, Groups: > 1 }),
        ("a prior and a posterior of their own", spec => spec is ProbabilisticUNetSpec { Prior.Channels: not null, Posterior.Channels: not null }),
        ("an encoder deeper than the U-Net", spec => spec is LatentVariableSpec { Posterior.Channels: { } own } && own.Count > spec.UNet.Levels().Count),
        ("a latent in the middle and a size that does not divide", spec => spec is LatentVariableSpec { Latent.Entry: LatentEntry.Bottleneck } && !Divides(spec)),
        ("a latent of the Image2Image VAE at the combiner", spec => spec is ImageToImageVaeSpec { Latent.Entry: LatentEntry.Combiner }),
        ("a combiner of one convolution", spec => spec is LatentVariableSpec { Combiner.Convs: 1 }),
        ("dropout in all blocks", spec => spec is DropoutUNetSpec dropout && dropout.Blocks == spec.UNet.Levels().Count),
        ("an ensemble of one", spec => spec is UNetEnsembleSpec { Members: 1 }),
        ("a network of one head", spec => spec is MultiHeadUNetSpec { Heads: 1 }),
    ];

    [Fact]
    public void EveryValueOfEverySetting_IsDrawn()
    {
        var uses = Drawn.SelectMany(spec => Uses(spec, Families.Of(spec).Name)).CountBy(use => use).ToDictionary();
        var missing = new List<string>();
        foreach (var setting in Families.All.SelectMany(family => Wanted(family.Defaults.GetType(), "")).DistinctBy(setting => setting.Path))
        {
            // Numbers have no list of values: two that are drawn show that they vary.
            var drawn = uses.Where(use => use.Key.Path == setting.Path).ToDictionary(use => use.Key.Value, use => (double)use.Value / Specs);
            var wanted = setting.Values.Count > 0 ? setting.Values.ToList() : [.. drawn.Keys.OrderByDescending(value => drawn[value]).ThenBy(value => value, StringComparer.Ordinal).Take(8)];
            output.WriteLine($"{setting.Path,-24} {string.Join(", ", wanted.Select(value => $"{value} {drawn.GetValueOrDefault(value).ToString("P1", CultureInfo.InvariantCulture)}"))}");
            if (setting.Values.Count > 0)
                missing.AddRange(wanted.Where(value => drawn.GetValueOrDefault(value) < Least).Select(value => $"{setting.Path} = {value}"));
            else if (drawn.Count(value => value.Value >= Least) < 2)
                missing.Add($"two values of {setting.Path}");
        }
        Assert.True(missing.Count == 0, $"Below {Least:P0} of the specs have {string.Join("; ", missing)}");
    }

    [Fact]
    public void EveryMeetingOfSettings_IsDrawn()
    {
        var shares = Meetings.Select(meeting => (meeting.Name, Share: (double)Drawn.Count(meeting.Holds) / Specs)).ToList();
        foreach (var (name, share) in shares)
            output.WriteLine($"{share.ToString("P1", CultureInfo.InvariantCulture),7} {name}");
        Assert.All(shares, meeting => Assert.True(meeting.Share >= Least, $"Below {Least:P0} of the specs have {meeting.Name}"));
    }

    [Fact]
    public void EveryDrawnSpec_IsAccepted() => Assert.All(Drawn, spec => Assert.Empty(spec.Validate()));

    private static bool Divides(ModelSpec spec) =>
        1 << (spec.UNet.Levels().Count - 1) is var factor && spec.Image.Height % factor == 0 && spec.Image.Width % factor == 0;

    /// <summary>The settings of a record, with the values that they must take; none for numbers.</summary>
    private static IEnumerable<(string Path, IReadOnlyList<string> Values)> Wanted(Type record, string path)
    {
        if (path.Length == 0)
            yield return ("Family", [.. Families.All.Select(family => family.Name)]);
        foreach (var property in Settings(record))
        {
            var own = path + property.Name;
            var type = property.PropertyType;
            if (IsOptional(property))
                yield return (own, ["none", "given"]);
            else if (type.IsEnum)
                yield return (own, Enum.GetNames(type));
            else if (type == typeof(bool))
                yield return (own, ["True", "False"]);
            else if (type == typeof(int) || type == typeof(double))
                yield return (own, []);
            else
                foreach (var inner in Wanted(type, own + "."))
                    yield return inner;
        }
    }

    /// <summary>The values that one spec has.</summary>
    private static IEnumerable<(string Path, string Value)> Uses(object record, string family, string path = "")
    {
        if (path.Length == 0)
            yield return ("Family", family);
        foreach (var property in Settings(record.GetType()))
        {
            var value = property.GetValue(record);
            if (IsOptional(property))
                yield return (path + property.Name, value is null ? "none" : "given");
            else if (value is bool or int or double or Enum)
                yield return (path + property.Name, Convert.ToString(value, CultureInfo.InvariantCulture)!);
            else
                foreach (var inner in Uses(value!, family, path + property.Name + "."))
                    yield return inner;
        }
    }

    private static IEnumerable<PropertyInfo> Settings(Type record)
    {
        // A record's clone method tells it from a list, which would be walked in vain.
        Assert.True(record.GetMethod("<Clone>$") is not null && !typeof(IEnumerable).IsAssignableFrom(record), $"{record} is no record: say here how its values are told apart");
        return record.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.SetMethod is not null);
    }

    private static bool IsOptional(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null || !property.PropertyType.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
}
