using System.Reflection;
using FsCheck.Xunit;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Testing;

namespace ProbUNet.Dsl.Tests;

/// <summary>The table of settings is that of the specs, and what is written by hand beside it says the same. The specs' properties are found by reflection: none can be forgotten.</summary>
[Properties(Arbitrary = [typeof(SpecArbitraries)], MaxTest = 300)]
public class SettingsTests
{
    public static TheoryData<string> Paths => [.. Settings.All.Select(setting => setting.Path)];

    [Fact]
    public void EveryPropertyOfASpec_IsASetting_AndTheOtherWayRound()
    {
        Assert.Equal(Settings.All.Count, Settings.All.Select(setting => setting.Path).Distinct().Count());
        foreach (var family in Families.All)
            Assert.Equal(
                PathsOf(family.Defaults.GetType(), "").Order(StringComparer.Ordinal),
                Settings.Of(family.Defaults).Select(setting => setting.Path).Order(StringComparer.Ordinal));
    }

    /// <summary>A setting more changes no constructor and no pattern of callers who were compiled without it.</summary>
    [Fact]
    public void AnyPart_CanGrow() => Assert.All(
        Families.All.SelectMany(family => Settings.Of(family.Defaults).Where(setting => setting.Part.Length > 0).Select(setting => family.Defaults.GetType().GetProperty(setting.Part)!.PropertyType)).Distinct(),
        part =>
        {
            Assert.Null(part.GetMethod("Deconstruct"));
            Assert.NotNull(part.GetConstructor([]));
            Assert.DoesNotContain(part.GetConstructors().SelectMany(constructor => constructor.GetParameters()), parameter => parameter.HasDefaultValue);
        });

    /// <summary>What acts on the weights that a network starts with, and not on what it computes (InitializerTests).</summary>
    private static readonly string[] OutsideTheGraph = ["UNet.Initialization", "UNet.Biases"];

    /// <summary>A setting that acts nowhere would be a promise that nothing keeps: of drawn specs, some two that differ in it alone are two networks.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void ASetting_MakesAnotherNetwork_WhateverItActsOn(string path)
    {
        var setting = Settings.All.Single(setting => setting.Path == path);
        var drawn = SpecGen.Valid.Draw(600, seed: 1).Where(setting.Suits).ToList();
        Assert.Equal(!OutsideTheGraph.Contains(path), drawn.Zip(drawn.Skip(1)).Any(pair => IsAnother(pair.First, setting.With(pair.First, setting.Get(pair.Second)))));

        static bool IsAnother(ModelSpec spec, ModelSpec changed) => changed != spec && changed.Validate().Count == 0 && !GraphBuilder.Build(changed).Equals(GraphBuilder.Build(spec));
    }

    public static TheoryData<string> Choosing => [.. Settings.All.Where(setting => setting.Domain is Choices && !OutsideTheGraph.Contains(setting.Path)).Select(setting => setting.Path)];

    /// <summary>No choice falls into the default of a switch: what is chosen is another network. (How weights start is no part of it: InitializerTests.)</summary>
    [Theory]
    [MemberData(nameof(Choosing))]
    public void EveryChoice_MakesANetworkOfItsOwn(string path)
    {
        var setting = Settings.All.Single(setting => setting.Path == path);
        // Odd, so that the policies for sizes differ.
        var spec = new ProbabilisticUNetSpec { Image = new(1, 31, 31), SizePolicy = SizePolicy.Crop, UNet = new() { Channels = [8, 16] } };
        var choices = Enum.GetValues(setting.Get(spec)!.GetType()).Cast<object>().ToList();
        Assert.Equal(choices.Count, choices.Select(choice => GraphBuilder.Build(setting.With(spec, choice)).Match(graph => (object)graph, errors => errors)).Distinct().Count());
    }

    /// <summary>A rule of the table that nothing can break would be a sentence, not a rule.</summary>
    [Fact]
    public void EveryRule_IsBrokenBySomeSpec()
    {
        var broken = SpecGen.Any.Draw(20_000, seed: 1).SelectMany(spec => spec.Validate().Select(error => error.Id).Concat(spec.Advise().Select(warning => warning.Id))).ToHashSet();
        Assert.Equal(Rules.All.Where(rule => rule.Stage == RuleStage.Everywhere).Select(rule => rule.Id), broken.Order(StringComparer.Ordinal));
    }

    [Property]
    public void ASetting_ReadsItsOwnProperty(AnySpec any) =>
        Assert.All(Settings.Of(any.Spec), setting => Assert.Equal(ValueOf(any.Spec, setting.Path), setting.Get(any.Spec)));

    [Property]
    public void ASetting_IsAllThatItChanges(AnySpec any, AnySpec other) => Assert.All(Settings.Of(any.Spec).Where(setting => setting.Suits(other.Spec)), setting =>
    {
        var changed = setting.With(any.Spec, setting.Get(other.Spec));
        foreach (var each in Settings.Of(any.Spec))
            Assert.Equal(each.Get(each == setting ? other.Spec : any.Spec), each.Get(changed));
        Assert.Equal(any.Spec, setting.With(changed, setting.Get(any.Spec)));
    });

    [Theory]
    [MemberData(nameof(Paths))]
    public void ASetting_IsAnArgumentOfItsAttribute_WithTheSameDefault(string path)
    {
        var setting = Settings.All.Single(setting => setting.Path == path);
        foreach (var family in Families.All.Where(family => setting.Suits(family.Defaults)))
        {
            var attribute = typeof(ModelSpec).Assembly.GetType($"ProbUNet.Dsl.{setting.AttributeOf(family)}Attribute", throwOnError: true)!;
            var property = attribute.GetProperty(setting.Argument)!;
            Assert.True(property.CanWrite);
            if (setting.IsPositional)
                Assert.Equal(1234, property.GetValue(Activator.CreateInstance(attribute, 1234)));
            Assert.Equal(setting.IsPositional, attribute.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Any(parameter => parameter.Name!.Equals(setting.Argument, StringComparison.OrdinalIgnoreCase)));
            var given = property.GetValue(Activator.CreateInstance(attribute));
            // What is left out and made of others says no default: null in the spec, and in an attribute, which knows no null, a number.
            // Nor has an attribute of several families a default of its own.
            if (setting.Get(family.Defaults) is { } usual && (setting.Attribute is null || setting.Unsaid() is null || Equals(usual, setting.Unsaid())))
                Assert.Equal(usual, given);
        }
    }

    [Fact]
    public void WhatAnAttributeShowsOfMadeLevels_IsWhatTheyAreMadeOf() =>
        Assert.Equal(new UNetSpec().Levels(), new UNetAttribute() is var shown ? new UNetSpec { Depth = shown.Depth, BaseChannels = shown.BaseChannels, Growth = shown.Growth }.Levels() : null);

    [Theory]
    [MemberData(nameof(Paths))]
    public void ADomain_HoldsTheDefaults_AndIsOfTheSettingsType(string path)
    {
        var setting = Settings.All.Single(setting => setting.Path == path);
        foreach (var family in Families.All.Where(family => setting.Suits(family.Defaults)))
            if (setting.Get(family.Defaults) is { } usual)
                Assert.Empty(setting.Domain.Check(path, usual));
        var wrong = setting.Domain switch
        {
            WholeNumbers numbers => [numbers.Min - 1, numbers.Max + 1],
            OddNumbers numbers => [numbers.Min - 2, numbers.Min + 1, numbers.Max + 2],
            RealNumbers numbers => [double.NaN, Math.BitDecrement(numbers.Min), numbers.IsBelow ? numbers.Max : Math.BitIncrement(numbers.Max)],
            Choices choices => [Enum.ToObject(choices.Kind, -1)],
            LevelChannels lists => [ValueList<int>.Empty, Enumerable.Repeat(1, lists.MaxCount + 1).ToValueList(), new[] { 1, 0 }.ToValueList()],
            YesOrNo => Array.Empty<object>(),
            _ => throw new InvalidOperationException($"Nobody says which values are none of {setting.Domain}."),
        };
        Assert.All(wrong, value =>
        {
            Assert.True(setting.Takes(value));
            var error = Assert.Single(setting.Domain.Check(path, value));
            Assert.StartsWith(path, error.Path);
            Assert.DoesNotContain("{", error.Message);
        });
        Assert.False(setting.Takes("a text"));
    }

    [Property]
    public void WhatIsGivenTogether_IsTheWholeSpec(AnySpec any) =>
        Assert.Equal(any.Spec, Families.Of(any.Spec).Defaults.Overlay([.. Settings.Of(any.Spec).Select(setting => (setting, setting.Get(any.Spec))).Where(pair => pair.Item2 is not null)]));

    [Fact]
    public void WhatStandsInThePlaceOfAnother_IsTheListOfChannels() => Assert.Equal(
        ["UNet.Depth UNet.Channels", "UNet.BaseChannels UNet.Channels", "UNet.Growth UNet.Channels", "UNet.Channels UNet.Depth", "UNet.Channels UNet.BaseChannels", "UNet.Channels UNet.Growth"],
        from one in Settings.All from other in Settings.All where one.Excludes(other) select $"{one} {other}");

    [Property]
    public void ASettingLaidOver_TakesBackWhatItExcludes_AndNothingElse(AnySpec any, AnySpec other) => Assert.All(Settings.Of(any.Spec).Where(setting => setting.Suits(other.Spec)), setting =>
    {
        var value = setting.Get(other.Spec);
        var changed = any.Spec.Overlay([(setting, value)]);
        foreach (var each in Settings.Of(any.Spec))
            Assert.Equal(each == setting ? value : value is not null && each.Excludes(setting) ? null : each.Get(any.Spec), each.Get(changed));
    });

    [Property]
    public void OfTwoThatExcludeEachOther_TheReplacedOneIsTheError_AndTakingBackEitherMendsIt(AnySpec any, AnySpec other)
    {
        foreach (var (one, replaced) in from one in Settings.Of(any.Spec) from replaced in Settings.Of(any.Spec) where one.StandsFor(replaced) select (one, replaced))
            if (one.Get(any.Spec) is { } given && replaced.Get(other.Spec) is { } made)
            {
                ModelSpec both = replaced.With(any.Spec, made), alone = replaced.With(any.Spec, null);
                Assert.Equal([(one.Replaces!.Rule, replaced.Path)], both.Validate().Where(error => error.Path == replaced.Path).Select(error => (error.Id, error.Path)));
                Assert.DoesNotContain(alone.Validate(), error => error.Path == replaced.Path);
                Assert.DoesNotContain(one.With(both, null).Validate(), error => error.Id == one.Replaces.Rule && error.Path == replaced.Path);
                // It has no meaning beside what stands in its place.
                Assert.Equal(alone.UNet.Levels(), both.UNet.Levels());
            }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8193)]
    public void Groups_AreHeldToTheirRange_WhateverTheNormalization(int groups)
    {
        var error = Assert.Single(new DeterministicUNetSpec { UNet = new() { Groups = groups } }.Validate());
        Assert.Equal((Rules.Groups, "UNet.Groups"), (error.Id, error.Path));
    }

    [Fact]
    public void EveryWrongSetting_IsReported_ThoughAnotherIsWrongToo() => Assert.Equal(
        ["UNet.Depth", "UNet.BaseChannels", "UNet.Growth"],
        new DeterministicUNetSpec { UNet = new() { Depth = 0, BaseChannels = 0, Growth = 9 } }.Validate().Select(error => error.Path));

    [Property]
    public void ARemedy_LeavesNothingWrongThere_AndNothingElseMoreThanBefore(AnySpec any)
    {
        var errors = any.Spec.Validate();
        foreach (var error in errors.Where(error => !error.Path.Contains('[')))
            Assert.All(error.Remedies, remedy => Assert.All(
                Settings.At(error.Path).With(any.Spec, int.Parse(remedy, System.Globalization.CultureInfo.InvariantCulture)).Validate(),
                left => Assert.True(left.Path != error.Path && errors.Any(old => (old.Id, old.Path) == (left.Id, left.Path)), $"{error.Path} = {remedy} mends {error.Message} but {left.Message}")));
    }

    [Theory]
    [InlineData(6, "5")]
    [InlineData(0, "1")]
    public void BlocksOutOfRange_HaveARemedyThatTheLevelsAllow(int blocks, string remedy) =>
        Assert.Equal([remedy], Assert.Single(new DropoutUNetSpec { Blocks = blocks }.Validate()).Remedies);

    [Property]
    public void ErrorsAreInTheOrderOfTheSettings(AnySpec any) =>
        Assert.Equal(any.Spec.Validate().Select(error => Settings.IndexOf(error.Path)).Order(), any.Spec.Validate().Select(error => Settings.IndexOf(error.Path)));

    [Property]
    public void WarningsAreInTheOrderOfTheSettings(ValidSpec valid) =>
        Assert.Equal(valid.Spec.Advise().Select(warning => Settings.IndexOf(warning.Path)).Order(), valid.Spec.Advise().Select(warning => Settings.IndexOf(warning.Path)));

    [Property(MaxTest = 100)]
    public void WrongGroups_AreOneError_WhoseRemedyDividesEveryLevel_AndIsTheNearestThatDoes(AnySpec any, byte groups)
    {
        var spec = any.Spec with { UNet = any.Spec.UNet with { Normalization = Normalization.Group, Groups = groups } };
        if (spec.Validate().Where(error => error.Id == Rules.Groups).ToList() is not { Count: > 0 } errors)
            return;
        var error = Assert.Single(errors);
        Assert.Equal("UNet.Groups", error.Path);
        bool Works(int number) => (spec with { UNet = spec.UNet with { Groups = number } }).Validate().All(error => error.Id != Rules.Groups);
        var remedy = int.Parse(Assert.Single(error.Remedies), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(Works(remedy));
        if (groups > 0)
            Assert.DoesNotContain(Enumerable.Range(1, groups + Math.Abs(groups - remedy)).Where(number => Math.Abs(number - groups) < Math.Abs(remedy - groups)), Works);
    }

    private static IEnumerable<string> PathsOf(Type record, string path) => record.GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(property => property.SetMethod is not null)
        .SelectMany(property => property.PropertyType.GetMethod("<Clone>$") is null ? [path + property.Name] : PathsOf(property.PropertyType, $"{path}{property.Name}."));

    private static object? ValueOf(object record, string path) =>
        path.Split('.').Aggregate((object?)record, (value, name) => value!.GetType().GetProperty(name)!.GetValue(value));
}
