using System.Globalization;

namespace ProbUNet.Models.Reports.Html;

/// <summary>The few elements that reports are made of.</summary>
internal static class Html
{
    /// <summary>Any element.</summary>
    public static Element E(string name, params IReadOnlyList<Markup> children) => new(name, children);

    /// <summary>A paragraph.</summary>
    public static Element P(params IReadOnlyList<Markup> children) => E("p", children);

    /// <summary>What a program or a file says, letter by letter.</summary>
    public static Element Code(string text) => E("code", text);

    /// <summary>A part of the report with its heading.</summary>
    public static Element Section(string id, string heading, params IReadOnlyList<Markup> children) =>
        E("section", [E("h2", heading).Id($"{id}-heading"), .. children]).Id(id).With("aria-labelledby", $"{id}-heading");

    /// <summary>A figure and what it shows.</summary>
    public static Element Figure(Markup picture, params IReadOnlyList<Markup> caption) => E("figure", picture, E("figcaption", caption));

    /// <summary>Pieces one after the other.</summary>
    public static Markup All(IEnumerable<Markup> parts) => new Fragment([.. parts]);

    /// <summary>A number as people read it; the file has all of its digits.</summary>
    public static Element Number(double value, string format = "F3") =>
        E("data", Minus(value.ToString(format, CultureInfo.InvariantCulture))).With("value", value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>The two ends of an interval, or that there is none.</summary>
    public static Markup Interval(double? low, double? high) => low is { } from && high is { } to
        ? E("span", "[", Number(from), ", ", Number(to), "]").Class("interval")
        : E("span", "no interval: one case").Class("interval");

    /// <summary>A table; the first cell of each row is its heading.</summary>
    /// <param name="caption">What it is.</param>
    /// <param name="columns">Headings, that of the rows' headings among them.</param>
    /// <param name="rows">As many cells as there are columns.</param>
    /// <exception cref="ArgumentException">A row has more or fewer cells.</exception>
    public static Element Table(Markup caption, IReadOnlyList<Markup> columns, IEnumerable<Row> rows)
    {
        var body = rows.ToList();
        if (body.Find(row => row.Cells.Count != columns.Count) is { } wrong)
            throw new ArgumentException($"A row of {wrong.Cells.Count} cells does not fit {columns.Count} columns.", nameof(rows));
        // Numbers stand flush right, so that their places do.
        var ofNumbers = columns.Select((_, column) => body.Exists(row => IsNumber(row.Cells[column])) && body.TrueForAll(row => IsNumber(row.Cells[column]) || row.Cells[column] is Words { Text: "" })).ToList();
        return E("div",
            E("table",
                E("caption", caption),
                E("thead", E("tr", [.. columns.Select((column, i) => Aligned(E("th", column).With("scope", "col"), i))])),
                E("tbody", [.. body.Select(Of)]))).Class("table");

        Element Of(Row row)
        {
            var tr = E("tr", [E("th", row.Cells[0]).With("scope", "row"), .. row.Cells.Skip(1).Select((cell, i) => Aligned(E("td", cell), i + 1))]);
            return row.Id is { } id ? tr.Id(id) : tr;
        }

        Element Aligned(Element cell, int column) => ofNumbers[column] ? cell.Class("number") : cell;

        static bool IsNumber(Markup cell) => cell is Element { Tag: "data" };
    }

    /// <summary>A PNG within the document.</summary>
    public static Element Picture(ReadOnlySpan<byte> png, string alt) => E("img").With("src", $"data:image/png;base64,{Convert.ToBase64String(png)}").With("alt", alt);

    /// <summary>With the typographer's minus.</summary>
    private static string Minus(string number) => number.Replace('-', '−');
}

/// <summary>A row of a table.</summary>
internal sealed record Row(params IReadOnlyList<Markup> Cells)
{
    /// <summary>By which programs and links find it.</summary>
    public string? Id { get; init; }
}
