using System.Globalization;
using System.Text.Json.Nodes;
using ProbUNet.Models.Evaluation;

namespace ProbUNet.Models.Tests.Evaluation;

/// <summary>A report tells at first what it is of, and how far its intervals can be believed.</summary>
public class EvaluationReportTests
{
    private static readonly EvaluationSubject Subject = new("out/run", 40, "synthetic:lesions");

    [Theory]
    [InlineData(38, 19, true)]
    [InlineData(39, 20, false)]
    public void TheFirstLine_TellsRunStepDataAndCases_AndFewCasesAreALineOfCaution(int images, int cases, bool rough)
    {
        var result = Evaluator.ScoreAllEmpty(ToyData.Squares(images), [1]);   // two images a case
        var lines = EvaluationReport.Text(result, subject: Subject).Split('\n');
        Assert.Equal($"out/run after step 40, on synthetic:lesions: {images} images of {cases} cases; 95 % intervals by bootstrap over cases", lines[0]);
        Assert.Equal(rough, lines[1] == "caution: with fewer than 20 cases, intervals by case are rough");
        Assert.Equal(rough ? 1 : 0, lines.Count(line => line.Contains("rough", StringComparison.Ordinal)));

        var document = JsonNode.Parse(EvaluationReport.Json(result, subject: Subject))!.AsObject();
        Assert.Equal(("out/run", 40, "synthetic:lesions", images, cases), ((string)document["run"]!, (int)document["step"]!, (string)document["data"]!, (int)document["images"]!, (int)document["cases"]!));
        Assert.Equal(rough, document.ContainsKey("caution"));
    }

    [Fact]
    public void WithoutASubject_NothingIsSaidOfOne()
    {
        var result = Evaluator.ScoreAllEmpty(ToyData.Squares(2), [1]);
        Assert.StartsWith("2 images of 1 case; ", EvaluationReport.Text(result));
        Assert.False(EvaluationReport.ToNode(result).ContainsKey("run"));
    }

    /// <summary>The table of images and the document are two views of one result: the mean of a column is what the document says, over as many images.</summary>
    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void Csv_HasALineAnImage_AndColumnsWhoseMeansAreTheDocuments(int images)
    {
        var result = Evaluator.ScoreAllEmpty(ToyData.Squares(images), [1, 4]);
        // One of them has no Dice, and none has a cross-correlation.
        result = result with { Images = [.. result.Images.Select((image, i) => i == 0 ? image with { Dice = null } : image)] };
        var document = JsonNode.Parse(EvaluationReport.Json(result))!.AsObject();
        var lines = EvaluationReport.Csv(result).Split('\n');
        Assert.Equal("", lines[^1]);
        var names = lines[0].Split(',');
        var rows = lines[1..^1].Select(line => line.Split(',')).ToList();
        Assert.Equal(result.Images.Select(image => (image.Image, image.Case)), rows.Select(row => (row[0], row[1])));
        Assert.All(rows, row => Assert.Equal(names.Length, row.Length));

        var measures = document.Where(entry => entry.Value is JsonObject).Select(entry => entry.Key).ToList();
        Assert.Equal(["image", "case", .. measures], names);
        Assert.DoesNotContain("crossCorrelation", names);
        for (var column = 2; column < names.Length; column++)
        {
            var told = rows.Where(row => row[column].Length > 0).Select(row => double.Parse(row[column], CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(document[names[column]]!["images"]!.GetValue<int>(), told.Count);
            Assert.Equal(document[names[column]]!["mean"]!.GetValue<double>(), told.Average(), 12);
        }
        Assert.Equal("", rows[0][Array.IndexOf(names, "diceMean")]);
    }

    [Theory]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a \"b\"", "\"a \"\"b\"\"\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\rb", "\"a\rb\"")]
    [InlineData("a b/ü", "a b/ü")]
    public void Csv_QuotesNames_ThatWouldEndAField(string name, string field)
    {
        var result = Evaluator.ScoreAllEmpty(ToyData.Squares(1), [1]);
        result = result with { Images = [result.Images[0] with { Image = name, Case = name }] };
        Assert.StartsWith($"{field},{field},", EvaluationReport.Csv(result)[(EvaluationReport.Csv(result).IndexOf('\n') + 1)..]);
    }
}
