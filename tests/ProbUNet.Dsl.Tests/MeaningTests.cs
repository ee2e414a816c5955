using FsCheck.Xunit;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Testing;

namespace ProbUNet.Dsl.Tests;

/// <summary>Every setting decides whether weights that fit are still weights of the network: shapes tell, or it is compared, or weights do not depend on it.</summary>
[Properties(Arbitrary = [typeof(SpecArbitraries)], MaxTest = 300)]
public class MeaningTests
{
    /// <summary>Another graph with the same parameters, and yet the same weights: sizes, and what is dropped.</summary>
    private static readonly string[] Free = ["Image.Height", "Image.Width", "SizePolicy", "UNet.Dropout", "Rate", "Blocks"];

    /// <summary>What shapes tell unless the number of classes makes up for it.</summary>
    private const string BesideClasses = "Heads";

    public static TheoryData<string> Paths => [.. Settings.All.Select(setting => setting.Path)];

    /// <summary>A new setting cannot be forgotten: if some two networks that differ in it alone are two functions of the same weights, it is marked, or stands in the list above.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void ASetting_IsMarked_IfTwoNetworksOfTheSameShapesDifferInItAlone(string path)
    {
        var setting = Settings.All.Single(setting => setting.Path == path);
        var drawn = SpecGen.Valid.Draw(3000, seed: 1).Where(setting.Suits).ToList();
        var differs = drawn.Zip(drawn.Skip(1)).Any(pair => IsOtherFunction(pair.First, setting.With(pair.First, setting.Get(pair.Second))));
        Assert.Equal(setting.IsMeaning || Free.Contains(path), differs || path == BesideClasses);
        Assert.False(setting.IsMeaning && Free.Contains(path));
    }

    [Property]
    public void WeightsOfANetworkWithOneSettingChanged_AreOfAnother_IfItIsAnotherFunctionOfThem(ValidSpec one, ValidSpec other) => Assert.All(Settings.Of(one.Spec).Where(setting => setting.Suits(other.Spec)), setting =>
    {
        var changed = setting.With(one.Spec, setting.Get(other.Spec));
        if (changed.Validate().Count == 0 && (changed == one.Spec || HaveTheSameShapes(one.Spec, changed)))
        {
            var expected = IsOtherFunction(one.Spec, changed) && !Free.Contains(setting.Path) ? setting : null;
            Assert.Equal(expected, one.Spec.OtherThan(changed));
            Assert.Equal(expected, changed.OtherThan(one.Spec));
        }
    });

    /// <summary>Shapes can make up for each other: half the heads of twice the classes, and a normalisation over one group that is the layer's.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void WeightsOfANetworkWithTwoSettingsChanged_AreOfAnother_IfItIsAnotherFunctionOfThem(string path)
    {
        var drawn = SpecGen.Valid.Draw(300, seed: 2).GroupBy(Families.Of).SelectMany(family => family.Zip(family.Skip(1))).ToList();
        foreach (var (first, second) in from first in Settings.All where first.Path == path from second in Settings.All.SkipWhile(each => each != first).Skip(1) select (first, second))
            foreach (var (one, other) in drawn.Where(pair => !Free.Contains(first.Path) && !Free.Contains(second.Path) && first.Suits(pair.First) && second.Suits(pair.First)))
            {
                var changed = second.With(first.With(one, first.Get(other)), second.Get(other));
                if (Equals(first.Get(one), first.Get(other)) || Equals(second.Get(one), second.Get(other)) || changed.Validate().Count > 0 || !HaveTheSameShapes(one, changed))
                    continue;
                var isOther = !GraphOf(changed).Equals(GraphOf(one)) || changed.Classes != one.Classes;
                Assert.True(isOther == one.OtherThan(changed) is not null, $"{first} and {second}: {one}, {changed}");
                Assert.True(isOther == changed.OtherThan(one) is not null, $"{first} and {second}: {changed}, {one}");
            }
    }

    [Property]
    public void HowLevelsAreSaid_MakesNoDifference(ValidSpec one) => Assert.Null(one.Spec.OtherThan(
        one.Spec with { UNet = one.Spec.UNet with { Channels = one.Spec.UNet.Levels(), Depth = null, BaseChannels = null, Growth = null } }));

    private static bool IsOtherFunction(ModelSpec spec, ModelSpec changed) => changed != spec && changed.Validate().Count == 0 && HaveTheSameShapes(spec, changed) && !GraphOf(changed).Equals(GraphOf(spec));

    private static bool HaveTheSameShapes(ModelSpec spec, ModelSpec changed) => Shapes(spec).SequenceEqual(Shapes(changed));

    private static IEnumerable<ParameterSpec> Shapes(ModelSpec spec) => GraphOf(spec) is var graph ? graph.Parameters.Concat(graph.Buffers) : [];

    private static Graph GraphOf(ModelSpec spec) => GraphBuilder.Build(spec).Match(graph => graph, errors => throw new InvalidOperationException(errors.ToString()));
}
