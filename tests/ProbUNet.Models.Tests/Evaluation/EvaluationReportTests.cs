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
}
