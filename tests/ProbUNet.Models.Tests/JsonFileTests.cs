using System.Text;
using FsCheck.Xunit;
using ProbUNet.Models.Comparison;
using ProbUNet.Models.Data;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Sources.Files;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests;

/// <summary>Whatever the bytes of a JSON file are, it is read, or refused in one sentence that names it.</summary>
public class JsonFileTests
{
    private const string Described = """{ "formatVersion": 1, "about": "é", "images": "{case}/{image}.png", "masks": "{case}/{image}_m{grader}.png", "splits": { "train": 0.6, "val": 0.2, "test": 0.2, "seed": 1 }, "classes": ["a", "b"], "ignored": 255 }""";
    private const string Result = """
        { "data": "d", "fingerprint": "f", "image": "1x8x8", "classes": 1, "trainImages": 1, "testImages": 1, "testCases": 1, "version": "v", "plan": { "steps": 3 }, "allEmpty": { "1": 0.5 },
          "systems": [{ "key": "punet", "title": "P", "networks": [], "ged": { "1": { "mean": 0.1, "low": null, "high": null } }, "gedUnbiased": {}, "crossDistance": {}, "sampleDiversity": {},
          "graderDiversity": 0.1, "matchedIou": { "mean": 0.1, "low": 0, "high": 1 }, "gedBySeed": {}, "gedByImage": {} }] }
        """;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "1e999", "1e-99999999999", "\"\\ud800\"", "\"\\ud800\":1", "\"steps\":1,", "\"beta\": 1e999,", "\"images\"", "\uFEFF", "é", "\n", "\\", "[[[[", "-", "0",
        "true", "\"splits\":{\"train\":[\"a\"],\"val\":[\"b\"],\"test\":[\"a\"]},", "\"geco\":{\"rate\":null},", "\"augmentation\":\"Paper\",", "\"augmentation\":[],", "\"systems\":null,", "\"plan\":[],", "\"seeds\":[null],",
    ];

    [Property(MaxTest = 2000)]
    public void AnyBytes_AreReadOrRefused_ByEveryReader(int seed)
    {
        using var folder = new TemporaryFolder();
        var bytes = Spoilt(seed);
        var path = folder["file.json"];
        File.WriteAllBytes(path, bytes);
        foreach (var read in new Action[] { () => PlanJson.Open(path), () => DatasetJson.Read(path), () => Comparer.Read(path), () => PlanJson.Read(Encoding.UTF8.GetString(bytes), path) })
            AssertRefused(path, read);
    }

    [Property(MaxTest = 60)]
    public void AFolderOfAComparison_WhosePlanHasAnyBytes_IsGoneOnWithOrRefused(int seed)
    {
        using var folder = new TemporaryFolder();
        var data = new GradedData("squares", ToyData.Squares(2), ToyData.Squares(1), ToyData.Squares(2));
        void Open() => _ = new Comparer(folder["a"], data, new Dsl.ProbabilisticUNetSpec { Image = new(1, 8, 8), UNet = new() { Channels = [4, 6], ConvsPerBlock = 1 }, Latent = new(2) }, new ComparisonPlan { Steps = 3, Counts = [1], Training = new() { BatchSize = 2 } });
        Open();
        File.WriteAllBytes(folder["a/plan.json"], Spoilt(seed, File.ReadAllBytes(folder["a/plan.json"])));
        AssertRefused(folder["a"], Open);
    }

    [Property(MaxTest = 500)]
    public void AnyPathAndValue_IsASettingOrRefused(int seed)
    {
        var random = RandomStream.For(seed);
        var (path, value) = (PlanJson.Paths().ElementAt(random.NextInt32(PlanJson.Paths().Count())), Encoding.UTF8.GetString(Spoilt(seed)));
        AssertRefused(path, () => new TrainingPlan().With(path, random.NextInt32(2) == 0 ? value : Pieces[random.NextInt32(Pieces.Length)]).With("steps", "2"));
    }

    [Theory]
    [InlineData("about \u00e9", "the text is no JSON from line 2, column 10 on (what stands there is no UTF-8); save the file as UTF-8.")]
    public void AFileInLatin1_IsToldSo(string about, string words)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["dataset.json"], Encoding.Latin1.GetBytes($"{{\n   {about}"));
        Assert.Equal($"{folder["dataset.json"]}: {words}", Assert.Throws<InputException>(() => DatasetJson.Read(folder["dataset.json"])).Message);
        File.WriteAllBytes(folder["dataset.json"], Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Described)).ToArray());
        Assert.Contains("line 1, column 1 on (what stands there is no UTF-8); save the file as UTF-8", Assert.Throws<InputException>(() => DatasetJson.Read(folder["dataset.json"])).Message);
    }

    [Fact]
    public void AMarkAtTheBeginning_ChangesNothing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["dataset.json"], Described, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal("{case}/{image}.png", DatasetJson.Read(folder["dataset.json"]).Images.Text);
        File.WriteAllText(folder["plan.json"], """{"steps": 7}""", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(new TrainingPlan { Steps = 7 }, PlanJson.Open(folder["plan.json"]));
        File.WriteAllText(folder["comparison.json"], Result, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal("punet", Comparer.Read(folder["comparison.json"]).Systems[0].Key);
    }

    [Fact]
    public void AResult_ThatLacksSomething_IsToldWhere()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["comparison.json"], Result.Replace("\"networks\": []", "\"networks\": null", StringComparison.Ordinal));
        Assert.Contains("it is no result of a comparison (look at systems[0].networks); name the comparison.json", Assert.Throws<InputException>(() => Comparer.Read(folder["comparison.json"])).Message);
    }

    private static void AssertRefused(string culprit, Action read)
    {
        try
        {
            read();
        }
        catch (InputException refusal)
        {
            Assert.StartsWith(culprit, refusal.Message);
            Assert.EndsWith(".", refusal.Message);
        }
    }

    /// <summary>A document with a few changes, each of a byte, of a piece of JSON put in, or of a part taken out; or anything at all.</summary>
    private static byte[] Spoilt(int seed, byte[]? document = null)
    {
        var random = RandomStream.For(seed, 7);
        List<byte> bytes = [.. document ?? Encoding.UTF8.GetBytes(new[] { "{}", Described, Result, PlanJson.Write(new TrainingPlan { Geco = new GecoPlan(0.1) }), "" }[random.NextInt32(5)])];
        for (var change = random.NextInt32(5); change >= 0; change--)
        {
            var place = random.NextInt32(bytes.Count + 1);
            switch (random.NextInt32(4))
            {
                case 0 when place < bytes.Count:
                    bytes[place] = (byte)random.NextInt32(256);
                    break;
                case 1:
                    bytes.RemoveRange(place, Math.Min(random.NextInt32(30), bytes.Count - place));
                    break;
                default:
                    // Where one may stand, mostly: behind a comma, a colon or a bracket.
                    var at = bytes.FindIndex(place, each => each is (byte)',' or (byte)':' or (byte)'{' or (byte)'[');
                    bytes.InsertRange(at < 0 ? place : at + 1, Encoding.UTF8.GetBytes(Pieces[random.NextInt32(Pieces.Length)]));
                    break;
            }
        }
        return [.. bytes];
    }
}
