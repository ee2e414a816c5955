using System.Reflection;
using System.Text.Json;
using FsCheck.Xunit;
using ProbUNet.Models.Augmentation;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Augmentation;

public class AugmentationPlanTests
{
    private static readonly AugmentationPlan[] Presets = [AugmentationPlan.None, AugmentationPlan.Flips, AugmentationPlan.Paper, AugmentationPlan.Cityscapes];

    [Fact]
    public void Presets_CanWork_AndDiffer()
    {
        foreach (var preset in Presets)
            preset.Check();
        Assert.Equal(Presets.Length, Presets.Distinct().Count());
        Assert.Equal(AugmentationPlan.None, new AugmentationPlan());
        Assert.Equal([true, false, false, false], Presets.Select(preset => preset.IsIdentity));
    }

    [Fact]
    public void ThePapersPlan_NeitherMirrorsNorChangesValues() =>
        Assert.Equal((false, false, false), (AugmentationPlan.Paper.FlipHorizontal, AugmentationPlan.Paper.FlipVertical, AugmentationPlan.Paper.ChangesGamma));

    [Property]
    public void APlanWrittenAsJson_IsThePlan(int seed)
    {
        var plan = Scenes.Wild(RandomStream.For(seed)) with { GammaProbability = 0.25, SmallestGamma = 0.5, LargestGamma = 2 };
        foreach (var each in Presets.Append(plan))
            Assert.Equal(each, JsonSerializer.Deserialize<AugmentationPlan>(JsonSerializer.Serialize(each)));
    }

    [Fact]
    public void Json_HoldsSettingsThatAreNumbersAndTruthValues()
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(AugmentationPlan.Paper));
        Assert.Equal(typeof(AugmentationPlan).GetProperties().Where(property => property.SetMethod is not null && !property.GetMethod!.IsStatic).Select(property => property.Name),
            json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.All(json.RootElement.EnumerateObject(), property => Assert.Contains(property.Value.ValueKind, new[] { JsonValueKind.Number, JsonValueKind.True, JsonValueKind.False }));
    }

    [Theory]
    [InlineData(nameof(AugmentationPlan.FlipHorizontal), true)]
    [InlineData(nameof(AugmentationPlan.FlipVertical), true)]
    [InlineData(nameof(AugmentationPlan.ElasticAlpha), 1.0)]
    [InlineData(nameof(AugmentationPlan.Rotation), 1.0)]
    [InlineData(nameof(AugmentationPlan.Shear), 1.0)]
    [InlineData(nameof(AugmentationPlan.SmallestScale), 0.9)]
    [InlineData(nameof(AugmentationPlan.LargestScale), 1.1)]
    [InlineData(nameof(AugmentationPlan.SmallestGamma), 0.9)]
    [InlineData(nameof(AugmentationPlan.LargestGamma), 1.1)]
    public void EachSetting_MakesAPlanNoIdentity(string setting, object value) => Assert.False(With(AugmentationPlan.None, setting, value).IsIdentity);

    [Fact]
    public void WhatNeverHappens_IsAnIdentity()
    {
        Assert.True((AugmentationPlan.Paper with { SpatialProbability = 0 }).IsIdentity);
        Assert.True(new AugmentationPlan { SmallestGamma = 0.5, GammaProbability = 0 }.IsIdentity);
        Assert.False((AugmentationPlan.Cityscapes with { SpatialProbability = 0, GammaProbability = 0 }).IsIdentity);
    }

    [Theory]
    [InlineData(nameof(AugmentationPlan.SpatialProbability), -0.1, 1.1, "0 to 1")]
    [InlineData(nameof(AugmentationPlan.ElasticAlpha), -1, 1.1e5, "0 to 1e5")]
    [InlineData(nameof(AugmentationPlan.SmallestElasticSigma), 0.9, 1.1e4, "1 to 1e4")]
    [InlineData(nameof(AugmentationPlan.LargestElasticSigma), 0.9, 1.1e4, "1 to 1e4")]
    [InlineData(nameof(AugmentationPlan.Rotation), -1, 181, "0 to 180")]
    [InlineData(nameof(AugmentationPlan.Shear), -1, 61, "0 to 60")]
    [InlineData(nameof(AugmentationPlan.SmallestScale), 0.09, 11, "0.1 to 10")]
    [InlineData(nameof(AugmentationPlan.LargestScale), 0.09, 11, "0.1 to 10")]
    [InlineData(nameof(AugmentationPlan.SmallestGamma), 0.09, 11, "0.1 to 10")]
    [InlineData(nameof(AugmentationPlan.LargestGamma), 0.09, 11, "0.1 to 10")]
    [InlineData(nameof(AugmentationPlan.GammaProbability), -0.1, 1.1, "0 to 1")]
    public void ASettingThatCannotWork_IsNamedWithItsRange(string setting, double tooSmall, double tooLarge, string range)
    {
        foreach (var value in new[] { tooSmall, tooLarge, double.NaN, double.PositiveInfinity })
        {
            var refused = Assert.Throws<InputException>(With(AugmentationPlan.None, setting, value).Check);
            Assert.Equal(($"TrainingPlan.Augmentation.{setting}", FormattableString.Invariant($"{value} cannot work"), $"use {range}"), (refused.Input, refused.Problem, refused.Remedy));
        }
    }

    [Fact]
    public void OfTwoTheWrongWayRound_TheOneIsAtFaultThatSomebodyWrote()
    {
        static string Told(AugmentationPlan plan) => Assert.Throws<InputException>(plan.Check).Message;
        const string settings = "TrainingPlan.Augmentation.";
        Assert.Equal($"{settings}SmallestScale: 2 cannot work; use 0.1 to {settings}LargestScale, which is 1, or raise that too.", Told(new() { SmallestScale = 2 }));
        Assert.Equal($"{settings}LargestScale: 0.5 cannot work; use {settings}SmallestScale, which is 1, to 10.", Told(new() { LargestScale = 0.5 }));
        Assert.Equal($"{settings}LargestGamma: 0.5 cannot work; use {settings}SmallestGamma, which is 0.6, to 10.", Told(new() { SmallestGamma = 0.6, LargestGamma = 0.5 }));
        Assert.StartsWith($"{settings}SmallestElasticSigma: 40 cannot work; use 1 to {settings}LargestElasticSigma, which is 35, ", Told(AugmentationPlan.Cityscapes with { SmallestElasticSigma = 40 }));
        Assert.StartsWith($"{settings}LargestElasticSigma: 20 cannot work; use {settings}SmallestElasticSigma, which is 25, ", Told(AugmentationPlan.Cityscapes with { LargestElasticSigma = 20 }));
    }

    private static AugmentationPlan With(AugmentationPlan plan, string setting, object value)
    {
        var changed = plan with { };
        typeof(AugmentationPlan).GetProperty(setting, BindingFlags.Public | BindingFlags.Instance)!.SetValue(changed, value);
        return changed;
    }
}
