using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Training;

/// <summary>A plan is a value with a JSON form; a setting is found by its path.</summary>
public class PlanJsonTests
{
    /// <summary>Values for every setting, by path. A setting without one fails a law.</summary>
    private static readonly Dictionary<string, string[]> Values = new()
    {
        ["steps"] = ["1", "300"],
        ["minutes"] = ["null", "0.5", "90"],
        ["batchSize"] = ["1", "32"],
        ["optimizer"] = ["Adam", "AdamW", "adamw"],
        ["learningRate"] = ["0.0001", "1e-3"],
        ["schedule"] = ["Constant", "Cosine", "Staircase"],
        ["warmup"] = ["0", "10"],
        ["weightDecay"] = ["0", "1e-5"],
        ["precision"] = ["Float32", "BFloat16", "bfloat16"],
        ["clipNorm"] = ["null", "1"],
        ["averageDecay"] = ["null", "0.999"],
        ["beta"] = ["0", "1", "10"],
        ["betaWarmup"] = ["0", "100"],
        ["geco"] = ["null", """{"target":0.1,"rate":0.02,"decay":0.9}"""],
        ["geco.target"] = ["0.05", "2"],
        ["geco.rate"] = ["0.01"],
        ["geco.decay"] = ["0", "0.5"],
        ["augmentation"] = ["None", "Paper", "cityscapes", """{"rotation":10}"""],
        ["augmentation.flipHorizontal"] = ["true", "false"],
        ["augmentation.flipVertical"] = ["true"],
        ["augmentation.spatialProbability"] = ["0", "0.5"],
        ["augmentation.elasticAlpha"] = ["0", "100"],
        ["augmentation.smallestElasticSigma"] = ["5", "9"],
        ["augmentation.largestElasticSigma"] = ["12", "20"],
        ["augmentation.rotation"] = ["0", "22.5"],
        ["augmentation.shear"] = ["10"],
        ["augmentation.smallestScale"] = ["0.8"],
        ["augmentation.largestScale"] = ["1.2"],
        ["augmentation.smallestGamma"] = ["0.7"],
        ["augmentation.largestGamma"] = ["1.5"],
        ["augmentation.gammaProbability"] = ["0.3"],
        ["objective"] = ["Paper", "Reference"],
        ["frozen"] = ["unet.*,prior.*", """["combiner.*"]""", "[]"],
        ["diversityEvery"] = ["0", "200"],
        ["validateEvery"] = ["0", "50"],
        ["validationImages"] = ["1", "32"],
        ["validationSamples"] = ["1", "16"],
        ["checkpointEvery"] = ["1", "200"],
        ["keepCheckpoints"] = ["1", "5"],
        ["graders"] = ["1", "4"],
        ["seed"] = ["-1", "7", "4294967296"],
    };

    private static Gen<TrainingPlan> Plans => Gen.ListOf(from setting in Gen.Elements<KeyValuePair<string, string[]>>([.. Values]) from value in Gen.Elements(setting.Value) select (setting.Key, value))
        .Select(changes => changes.Aggregate(new TrainingPlan(), (plan, change) => plan.With(change.Key, change.value)));

    [Fact]
    public void EverySetting_HasAPath_AndAValueHere() => Assert.Equal(Values.Keys.Order(), PlanJson.Paths().Order());

    [Fact]
    public void EverySetting_HasAFunctionForFSharp() => Assert.Equal(
        PlanJson.Paths().Where(path => !path.Contains('.')).Order(),
        typeof(ProbUNet.Models.FSharp.Plan).GetMethods(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName).Select(method => method.Name).Order());

    [Fact]
    public void EverySetting_IsInTheTableOfTheDocument_AndNoOther()
    {
        var rows = Regex.Matches(File.ReadAllText(Document()), @"^\| (`[^|]*`) \|", RegexOptions.Multiline);
        Assert.Equal(PlanJson.Paths().Order(), rows.SelectMany(row => Regex.Matches(row.Groups[1].Value, "`([^`]+)`").Select(name => name.Groups[1].Value)).Order());
    }

    private static string Document([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "../../../docs/training.md");

    [Property]
    public Property APlan_ComesBackFromItsJson() => Prop.ForAll(Plans.ToArbitrary(), plan =>
    {
        Assert.Equal(plan, PlanJson.Read(PlanJson.Write(plan)));
        Assert.Equal(plan.GetHashCode(), PlanJson.Read(PlanJson.Write(plan)).GetHashCode());
    });

    [Property]
    public Property ASettingThatIsChanged_ChangesThePlan_AndNoOtherSetting() => Prop.ForAll(
        Plans.Two().ToArbitrary(),
        Gen.Elements<string>([.. Values.Keys.Where(path => !path.Contains('.'))]).ToArbitrary(),
        (plans, path) =>
        {
            var (one, other) = plans;
            var property = typeof(TrainingPlan).GetProperty(char.ToUpperInvariant(path[0]) + path[1..])!;
            var value = System.Text.Json.Nodes.JsonNode.Parse(PlanJson.Write(other))![path]?.ToJsonString() ?? "null";
            var changed = one.With(path, value.Trim('"'));
            Assert.Equal(property.GetValue(other), property.GetValue(changed));
            foreach (var rest in typeof(TrainingPlan).GetProperties().Where(each => each != property))
                Assert.Equal(rest.GetValue(one), rest.GetValue(changed));
        });

    [Fact]
    public void WhatIsLeftOut_HasItsDefault_AndPartsOfWhatIsNotThere_Theirs()
    {
        Assert.Equal(new TrainingPlan(), PlanJson.Read("{}"));
        Assert.Equal(new TrainingPlan { Geco = new GecoPlan(Target: 0.2) }, new TrainingPlan().With("geco.target", "0.2"));
        Assert.Equal(new TrainingPlan { Geco = new GecoPlan(Target: 0.2) }, PlanJson.Read("""{"geco": {"target": 0.2}}"""));
    }

    [Fact]
    public void ASetThatHasAName_IsNamedInAFile_AsOnACommandLine()
    {
        foreach (var name in new[] { "None", "Flips", "Paper", "paper", "Cityscapes" })
            Assert.Equal(new TrainingPlan().With("augmentation", name), PlanJson.Read($$"""{"augmentation": "{{name}}"}"""));
        Assert.Equal(ProbUNet.Models.Augmentation.AugmentationPlan.Paper, PlanJson.Read("""{"augmentation": "Paper"}""").Augmentation);
    }

    [Theory]
    [InlineData("{", "plan.json: the text is no JSON from line 1, column 2 on (a bracket is not closed); mend it there.")]
    [InlineData("{\"steps\": 1,\n \"beta\": é}", "plan.json: the text is no JSON from line 2, column 10 on ('0xC3' is an invalid start of a value); mend it there.")]
    [InlineData("{\"frozen\": [\"é\", x]}", "plan.json: the text is no JSON from line 1, column 18 on ('x' is an invalid start of a value); mend it there.")]
    [InlineData("{\"steps\": 1, \"steps\": 2}", "plan.json: duplicate property 'steps' encountered during deserialization; keep one of the two.")]
    [InlineData("{\"geco\": {\"rate\": 1, \"rate\": 2}}", "plan.json: duplicate property 'rate' encountered")]
    [InlineData("{\"beta\": 1e999}", "plan.json: the text is no JSON from line 1, column 10 on (this number is too large or too small); mend it there.")]
    [InlineData("{\"frozen\": [\"\\ud800\"]}", "plan.json: the text is no JSON from line 1, column 13 on (an escape in this text is half a character); mend it there.")]
    [InlineData(" \n", "plan.json: it is empty; write a JSON object into it.")]
    [InlineData("[]", "plan.json: it is no JSON object; write for example {\"steps\": 1000}.")]
    [InlineData("""{"bta": 1}""", "plan.json: bta: there is no such setting (did you mean beta?); use one of steps, minutes, ")]
    [InlineData("""{"geco": {"taget": 1}}""", "plan.json: geco.taget: there is no such setting (did you mean target?); use one of target, rate, decay.")]
    [InlineData("""{"lr": 3}""", "plan.json: lr: there is no such setting (did you mean learningRate?); use one of steps, ")]
    [InlineData("""{"batch": 3}""", "plan.json: batch: there is no such setting (did you mean batchSize?); use one of steps, ")]
    [InlineData("""{"augmentation": "Strong"}""", "plan.json: augmentation: this value cannot be the setting's; use None or Flips or Paper or ")]
    [InlineData("""{"steps": "many"}""", "plan.json: steps: this value cannot be the setting's; use a whole number.")]
    [InlineData("""{"steps": 1e99}""", "plan.json: steps: this value cannot be the setting's; use a whole number.")]
    [InlineData("""{"schedule": "Linear"}""", "plan.json: schedule: this value cannot be the setting's; use Constant or Cosine or Staircase.")]
    [InlineData("""{"schedule": 1}""", "plan.json: schedule: this value cannot be the setting's; use Constant or Cosine or Staircase.")]
    [InlineData("""{"frozen": [null]}""", "plan.json: frozen: this value cannot be the setting's; use names.")]
    [InlineData("""{"geco": 3}""", "plan.json: geco: this value cannot be the setting's; use an object with target, rate, decay.")]
    [InlineData("""{"steps": null}""", "plan.json: steps: this value cannot be the setting's; use a whole number.")]
    public void JsonThatIsNoPlan_IsOneSentence(string json, string start) =>
        Assert.StartsWith(start, Assert.Throws<InputException>(() => PlanJson.Read(json, "plan.json")).Message);

    [Theory]
    [InlineData("bta", "1", "bta: there is no such setting (did you mean beta?)")]
    [InlineData("geco.taget", "1", "geco.taget: there is no such setting (did you mean target?)")]
    [InlineData("beta.target", "1", "beta.target: beta has no settings of its own; write beta=1.")]
    [InlineData("steps", "many", "steps=many: this value cannot be the setting's; use a whole number.")]
    [InlineData("beta", "1e999", "beta=1e999: this value cannot be the setting's; use a number.")]
    [InlineData("geco", "{\"rate\": 1, \"rate\": 2}", "geco={\"rate\": 1, \"rate\": 2}: this value cannot be the setting's; use an object with target, rate, decay.")]
    [InlineData("", "1", "\"\": there is no such setting; use one of steps, ")]
    public void APathOrValueThatIsNone_IsOneSentence(string path, string value, string start) =>
        Assert.StartsWith(start, Assert.Throws<InputException>(() => new TrainingPlan().With(path, value)).Message);
}
