using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using FsCheck.Fluent;
using FsCheck.Xunit;
using ProbUNet.Models.Data;
using ProbUNet.Models.Reports.Html;
using static ProbUNet.Models.Reports.Html.Html;

namespace ProbUNet.Models.Tests.Reports.Html;

/// <summary>Whatever a text says, it stays a text; and a document can hold nothing that runs or fetches.</summary>
public partial class MarkupTests
{
    [Property(MaxTest = 300)]
    public void AnyText_ComesBackAsItself_AndNothingElse(string? any)
    {
        foreach (var text in new[] { any ?? "", $"<b>{any}</b> & &amp; \"'", $"]]>{any}<!--", $"{any}\uD800" })
        {
            var root = XDocument.Parse(HtmlWriter.Document(E("html", E("p", text).With("title", text))), LoadOptions.PreserveWhitespace).Root!;
            var paragraph = Assert.Single(root.Elements());
            Assert.Empty(paragraph.Elements());
            Assert.Equal(Readable(text), paragraph.Value);
            Assert.Equal(Readable(text).Replace('\n', ' ').Replace('\t', ' '), (string?)paragraph.Attribute("title"));
        }
    }

    [Fact]
    public void AText_HasNoCharacterOfMarkup() =>
        Assert.Equal("<!DOCTYPE html>\n<html><p title=\"&lt;a href=&quot;x&quot;&gt;&#39;&amp;\">&lt;script&gt;alert(\"é\")&lt;/script&gt; &amp;amp; 😀\uFFFD</p>\n</html>\n",
            HtmlWriter.Document(E("html", P("<script>alert(\"é\")</script> &amp; 😀\u0001").With("title", "<a href=\"x\">'&"))));

    [Fact]
    public void AnElementThatIsEmpty_EndsAsHtmlWantsIt() =>
        Assert.Equal("<!DOCTYPE html>\n<html><div></div>\n<br/><td></td><svg><path/></svg>\n</html>\n", HtmlWriter.Document(E("html", E("div"), E("br"), E("td", ""), E("svg", E("path")))));

    [Theory]
    [InlineData("script")]
    [InlineData("SCRIPT")]
    [InlineData("link")]
    [InlineData("iframe")]
    [InlineData("foreignObject")]
    [InlineData("a><script")]
    [InlineData("")]
    public void AnElementThatRunsOrFetches_CannotBeMade(string name) => Assert.Throws<ArgumentException>(() => E(name));

    [Theory]
    [InlineData("onclick", "x")]
    [InlineData("OnLoad", "x")]
    [InlineData("a=\"", "x")]
    [InlineData("href", "https://example.org")]
    [InlineData("href", "javascript:x")]
    [InlineData("src", "picture.png")]
    [InlineData("src", "data:text/html,x")]
    public void AnAttributeThatRunsOrFetches_CannotBeGiven(string name, string value) => Assert.Throws<ArgumentException>(() => E("img").With(name, value));

    [Fact]
    public void AnAttribute_IsGivenOnce() => Assert.Throws<ArgumentException>(() => E("p").Id("a").Id("b"));

    [Fact]
    public void TheStyle_HasNoCharacterThatHtmlAndXmlReadDifferently_AndFetchesNothing()
    {
        Assert.DoesNotContain('<', StyleSheet.Rules);
        Assert.DoesNotContain('&', StyleSheet.Rules);
        Assert.DoesNotContain("url(", StyleSheet.Rules, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", StyleSheet.Rules, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", StyleSheet.Rules, StringComparison.Ordinal);
        Assert.Contains("@media print", StyleSheet.Rules, StringComparison.Ordinal);
    }

    [Fact]
    public void ATable_HasAsManyCellsInEachRowAsColumns() => Assert.Throws<ArgumentException>(() => Table("t", ["a", "b"], [new Row("1")]));

    [Property(MaxTest = 200)]
    public void AnOutline_EnclosesThePixelsOfItsMask_AndNoOthers(int seed, byte rows, byte columns, byte share)
    {
        var (height, width) = (1 + rows % 9, 1 + columns % 9);
        var random = new Random(seed);
        bool[] pixels = [.. Enumerable.Range(0, height * width).Select(_ => random.Next(256) < share)];
        var path = MaskOutline.Of(BitMask.From<bool>(height, width, pixels, pixel => pixel));
        var walls = Walls(path);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                // By the rule of even and odd: how many walls are left of the pixel's middle.
                Assert.Equal(pixels[y * width + x], walls.Count(wall => wall.X <= x && wall.Top <= y && y < wall.Bottom) % 2 == 1);
        Assert.Equal(pixels.Any(pixel => pixel), path.Length > 0);
    }

    /// <summary>The upright lines of a path.</summary>
    private static List<(int X, int Top, int Bottom)> Walls(string path)
    {
        var walls = new List<(int, int, int)>();
        var (x, y, first) = (0, 0, (X: 0, Y: 0));
        foreach (Match step in Step().Matches(path))
            switch (step.Value[0])
            {
                case 'M':
                    (x, y) = (int.Parse(step.Groups[1].Value), int.Parse(step.Groups[2].Value));
                    first = (x, y);
                    break;
                case 'H':
                    x = int.Parse(step.Groups[3].Value);
                    break;
                case 'V':
                    Up(int.Parse(step.Groups[4].Value));
                    break;
                default:
                    Up(first.Y);
                    x = first.X;
                    break;
            }
        return walls;

        void Up(int to)
        {
            if (to != y)
                walls.Add((x, Math.Min(y, to), Math.Max(y, to)));
            y = to;
        }
    }

    private static string Readable(string text)
    {
        var letters = new List<char>();
        for (var i = 0; i < text.Length; i++)
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                letters.AddRange([text[i], text[++i]]);
            else if (text[i] != '\r')
                letters.Add(XmlConvert.IsXmlChar(text[i]) && text[i] is not (>= '\u007F' and <= '\u009F') ? text[i] : '\uFFFD');
        return new([.. letters]);
    }

    [GeneratedRegex(@"M(\d+) (\d+)|H(\d+)|V(\d+)|Z")]
    private static partial Regex Step();
}
