using FsCheck.Xunit;
using ProbUNet.Testing;

namespace ProbUNet.Dsl.Tests;

/// <summary>The table of families, and a network in another one.</summary>
[Properties(Arbitrary = [typeof(SpecArbitraries)], MaxTest = 300)]
public class FamiliesTests
{
    [Fact]
    public void EverySpec_IsAFamily_OfItsOwnName()
    {
        Assert.Equal(
            typeof(ModelSpec).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ModelSpec)) && !type.IsAbstract).Select(type => type.Name).Order(StringComparer.Ordinal),
            Families.All.Select(family => family.Defaults.GetType().Name).Order(StringComparer.Ordinal));
        Assert.All(Families.All, family =>
        {
            Assert.Equal($"{family.Name}Spec", family.Defaults.GetType().Name);
            Assert.NotNull(typeof(ModelSpec).Assembly.GetType($"ProbUNet.Dsl.{family.Name}Attribute"));
            Assert.Empty(family.Defaults.Validate());
        });
        Assert.Equal(Families.All.Count, Families.All.Select(family => family.Key).Distinct().Count());
        Assert.Equal(Families.All.Count, Families.All.Select(family => family.Title).Distinct().Count());
    }

    [Property]
    public void InItsOwnFamily_ASpecIsItself(AnySpec any) => Assert.Same(any.Spec, any.Spec.As(Families.Of(any.Spec)));

    [Property]
    public void InAnotherFamily_ASpecKeepsWhatAllShare_AndTakesTheFamilysDefaults(AnySpec any) => Assert.All(Families.All.Where(family => family != Families.Of(any.Spec)), family =>
    {
        var other = any.Spec.As(family);
        Assert.Equal(family, Families.Of(other));
        Assert.Equal(family.Defaults with { Image = any.Spec.Image, Classes = any.Spec.Classes, SizePolicy = any.Spec.SizePolicy, UNet = any.Spec.UNet }, other);
    });

    [Property]
    public void EqualSpecs_VaryAlike(ValidSpec valid)
    {
        var same = Families.Of(valid.Spec).Defaults.Overlay([.. Settings.Of(valid.Spec).Select(setting => (setting, setting.Get(valid.Spec)))]);
        Assert.All(Families.All, family => Assert.Equal(valid.Spec.As(family), same.As(family)));
    }

    /// <summary>A family that nobody has thought of in <see cref="Advice"/> throws there, rather than to get none.</summary>
    [Fact]
    public void EveryFamily_IsAdvised() => Assert.All(Families.All, family => Assert.Empty(family.Defaults.Advise()));

    [Fact]
    public void ALatentWiderThanAnyEncoderItIsReadFrom_IsAdvisedAgainst() => Assert.All(Families.All, family =>
    {
        var encoders = Settings.Of(family.Defaults).Where(setting => setting.Domain is LevelChannels && !setting.IsShared).ToList();
        Assert.Equal(family.Defaults is LatentVariableSpec, encoders.Count > 0);
        Assert.All(encoders, encoder => Assert.Equal(Rules.WideLatent, Assert.Single(encoder.With(family.Defaults, new[] { 32, 32, 32, 32, 2 }.ToValueList()).Advise()).Id));
    });
}
