using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ProbUNet.Models.Tests.Reports.Html;

/// <summary>Reads reports, and looks at what each of them keeps.</summary>
internal static partial class Documents
{
    /// <summary>Words that would be markup where anybody forgot that they are none.</summary>
    public const string Nasty = "<script>alert('x')</script>&\"é💥";

    /// <summary>Parses a document that keeps the contract.</summary>
    public static XElement Checked(string text)
    {
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", text);
        var root = XDocument.Parse(text).Root!;
        var all = root.DescendantsAndSelf().ToList();
        Assert.DoesNotContain(all, element => element.Name.LocalName is "script" or "link" or "iframe");
        Assert.DoesNotContain("http:", text, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", text, StringComparison.Ordinal);
        Assert.All(all.Where(element => element.Name.LocalName == "img" || (element.Name.LocalName == "svg" && element.Attribute("role") is not null)), picture =>
            Assert.NotEqual("", (string?)(picture.Attribute("alt") ?? picture.Attribute("aria-label")) ?? ""));
        Assert.All(all.Where(element => element.Name.LocalName == "svg"), picture => Assert.Equal("img", (string?)picture.Attribute("role")));
        Assert.All(all.Where(element => element.Name.LocalName == "figure"), figure => Assert.Single(figure.Elements("figcaption")));
        Assert.All(all.Where(element => element.Name.LocalName == "table"), table =>
        {
            Assert.NotEqual("", table.Element("caption")!.Value);
            Assert.All(table.Descendants("th"), heading => Assert.True((string?)heading.Attribute("scope") is "col" or "row"));
        });

        var ids = all.Select(element => (string?)element.Attribute("id")).OfType<string>().ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        var asked = all.Attributes().Where(attribute => attribute.Name.LocalName == "href" && attribute.Value.StartsWith('#')).Select(attribute => attribute.Value[1..])
            .Concat(all.Attributes("aria-labelledby").Select(attribute => attribute.Value))
            .Concat(all.Attributes().SelectMany(attribute => InDrawing().Matches(attribute.Value)).Select(match => match.Groups[1].Value));
        Assert.Empty(asked.Except(ids));

        var levels = all.Where(element => Heading().IsMatch(element.Name.LocalName)).Select(element => element.Name.LocalName[1] - '0').ToList();
        Assert.Equal(1, levels[0]);
        Assert.Single(levels, 1);
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1));
        Assert.Equal(["header", "nav", "main", "footer"], root.Element("body")!.Elements().Select(element => element.Name.LocalName));
        return root;
    }

    /// <summary>The parts, in their order.</summary>
    public static IReadOnlyList<string> Parts(this XElement root) => [.. root.Descendants("section").Select(section => (string)section.Attribute("id")!)];

    /// <summary>The numbers of a row, with all of their digits.</summary>
    public static IReadOnlyList<double> Numbers(this XElement root, string row) =>
        [.. root.Descendants("tr").Single(tr => (string?)tr.Attribute("id") == row).Descendants("data").Select(number => double.Parse((string)number.Attribute("value")!, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"url\(#([^)]+)\)")]
    private static partial Regex InDrawing();

    [GeneratedRegex("^h[1-6]$")]
    private static partial Regex Heading();
}
