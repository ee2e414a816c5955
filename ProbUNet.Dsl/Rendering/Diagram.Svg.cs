using System.Globalization;
using System.Security;
using System.Text;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl.Rendering;

public static partial class Diagram
{
    private const double Margin = 20;
    private const double TitleHeight = 34;
    private const double PanelGap = 18;
    private const double LegendPitch = 20;
    private const string Ink = "#202020";
    private const string Note = "#606060";

    private static readonly (FlowKind Kind, string Color, string Dash, string Words)[] FlowLooks =
    [
        (FlowKind.Along, Ink, "", "same resolution"),
        (FlowKind.Down, "#D55E00", "", "to lower resolution"),
        (FlowKind.Up, "#0072B2", "", "to higher resolution"),
        (FlowKind.Skip, "#00795A", "5 3", "joined: skip connection, concatenation or sum"),
    ];

    /// <summary>
    /// The graph as the figure of a paper, in SVG on white: a panel a function; a box a stage, as high as its resolution and striped by its operators, each
    /// stripe as wide as its channels (both scales compressed); the channels that leave a stage above its box, its name below, height × width at the row's start.
    /// </summary>
    /// <param name="graph">What is drawn.</param>
    /// <param name="title">One line above the panels.</param>
    public static string Svg(Graph graph, string title)
    {
        var panels = graph.Functions.Select(function => new PanelLayout(Stages.Of(function))).ToList();
        var (places, width, bottom) = panels.Count == 0 ? ([], LeastWidth(title), 0) : Shelve(panels, LeastWidth(title));
        var legend = Legend(graph, panels, width);
        var height = TitleHeight + bottom + PanelGap + legend.Height + Margin;

        var svg = new StringBuilder();
        svg.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {N(width)} {N(height)}\" width=\"{N(width)}\" height=\"{N(height)}\" ");
        svg.Append("font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, 'DejaVu Sans', sans-serif\" ");
        svg.Append($"font-size=\"{N(PanelLayout.FontSize)}\" fill=\"{Ink}\">\n<title>{Escaped(title)}</title>\n");
        Definitions(svg);
        svg.Append($"<rect width=\"{N(width)}\" height=\"{N(height)}\" fill=\"#FFFFFF\"/>\n");
        svg.Append($"<text x=\"{N(Margin)}\" y=\"{N(Margin + 10)}\" font-size=\"16\" font-weight=\"600\">{Escaped(title)}</text>\n");
        for (var i = 0; i < panels.Count; i++)
            Draw(svg, panels[i], places[i].X, TitleHeight + places[i].Y);
        svg.Append($"<g class=\"legend\" transform=\"translate(0 {N(TitleHeight + bottom + PanelGap)})\">\n{legend.Text}</g>\n</svg>\n");
        return svg.ToString();
    }

    private static double LeastWidth(string title) => Math.Max(480, PanelLayout.TextWidth(title, 16) + 2 * Margin);

    /// <summary>Panels in rows, on that page among all which rows of whole panels allow that fits best on a sheet half again as wide as high.</summary>
    private static (List<Point> Places, double Width, double Bottom) Shelve(List<PanelLayout> panels, double least) =>
        Enumerable.Range(0, panels.Count)
            .SelectMany(first => Enumerable.Range(1, panels.Count - first).Select(count => panels.Skip(first).Take(count).Sum(panel => panel.Width + PanelGap) - PanelGap))
            .Append(0).Select(room => Shelve(panels, least, Math.Max(room, panels.Max(panel => panel.Width))))
            .MinBy(page => Math.Max(page.Width / 1.5, page.Bottom));

    private static (List<Point> Places, double Width, double Bottom) Shelve(List<PanelLayout> panels, double least, double room)
    {
        var places = new List<Point>();
        double x = 0, y = 0, shelf = 0, used = 0;
        foreach (var panel in panels)
        {
            if (x > 0 && x + panel.Width > room + 0.5)
                (x, y, shelf) = (0, y + shelf + PanelGap, 0);
            places.Add(new Point(Margin + x, Margin + y));
            (x, shelf, used) = (x + panel.Width + PanelGap, Math.Max(shelf, panel.Height), Math.Max(used, x + panel.Width));
        }
        return (places, Math.Max(least, used + 2 * Margin), Margin + y + shelf);
    }

    private static void Definitions(StringBuilder svg)
    {
        svg.Append("<defs>\n");
        foreach (var (kind, color, _, _) in FlowLooks)
            svg.Append($"<marker id=\"head-{kind}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" ")
                .Append($"orient=\"auto\"><path d=\"M0,0.5 L8,4 L0,7.5 z\" fill=\"{color}\"/></marker>\n");
        foreach (var look in OperatorLook.All.Where(look => look.Hatch.Length > 0))
            svg.Append($"<pattern id=\"hatch-{look.Index}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">")
                .Append($"<rect width=\"6\" height=\"6\" fill=\"{look.Color}\"/><path d=\"{look.Hatch}\" fill=\"none\" stroke=\"#FFFFFF\" stroke-width=\"1.4\"/></pattern>\n");
        svg.Append("</defs>\n");
    }

    private static void Draw(StringBuilder svg, PanelLayout panel, double x, double y)
    {
        svg.Append($"<g class=\"panel\" transform=\"translate({N(x)} {N(y)})\">\n");
        svg.Append($"<text x=\"0\" y=\"14\" font-size=\"{N(PanelLayout.TitleSize)}\" font-weight=\"600\" xml:space=\"preserve\">{Escaped(panel.Heading)}</text>\n");
        svg.Append($"<path d=\"M0,20.5 H{N(panel.Width)}\" stroke=\"{Ink}\" stroke-width=\"1\"/>\n");
        for (var row = 0; row < panel.Rows.Count; row++)
        {
            var band = panel.Rows[row];
            if (row % 2 == 0)
                svg.Append($"<rect class=\"row\" x=\"0\" y=\"{N(band.Top)}\" width=\"{N(panel.Width)}\" height=\"{N(band.Height)}\" fill=\"#F4F5F7\"/>\n");
            svg.Append($"<text x=\"6\" y=\"{N(band.Top + band.Height / 2 + 4)}\" fill=\"{Note}\">{band.Label}</text>\n");
        }
        foreach (var item in panel.Items.Where(item => !item.IsOutput))
            DrawBox(svg, item);
        foreach (var arrow in panel.Arrows)
            svg.Append($"<path class=\"flow\" d=\"{PathOf(arrow.Points)}\" {StrokeOf(arrow.Kind)}/>\n");
        foreach (var item in panel.Items.Where(item => item.IsOutput))
            for (var line = 0; line < item.Lines.Count; line++)
                svg.Append($"<text class=\"output\" x=\"{N(item.Left + 3)}\" y=\"{N(item.Top + item.Height / 2 + 4 + 15 * (line - (item.Lines.Count - 1) / 2.0))}\" ")
                    .Append($"font-style=\"italic\">{Escaped(item.Lines[line])}</text>\n");
        svg.Append("</g>\n");
    }

    private static void DrawBox(StringBuilder svg, PlacedItem item)
    {
        var left = item.Left;
        foreach (var slab in item.Slabs)
        {
            svg.Append($"<rect class=\"operator\" {Frame(left, item.Top, slab.Width, item.Height)} fill=\"{FillOf(slab.Look)}\" stroke=\"#FFFFFF\" stroke-width=\"0.6\"/>\n");
            left += slab.Width;
        }
        var fill = item.Item!.IsInput ? "#FFFFFF" : "none";
        var tip = item.Item.IsInput ? $"{item.Item.Name} {item.Item.Shape}" : $"{item.Item.Name} {item.Item.Shape}: {item.Item.Summary}";
        svg.Append($"<rect class=\"{(item.Item.IsInput ? "input" : "stage")}\" {Frame(item.Left, item.Top, item.Width, item.Height)} fill=\"{fill}\" stroke=\"{Ink}\" stroke-width=\"1\"><title>{Escaped(tip)}</title></rect>\n");
        var middle = item.Left + item.Width / 2;
        svg.Append($"<text x=\"{N(middle)}\" y=\"{N(item.Top - 4)}\" text-anchor=\"middle\" font-weight=\"600\">{item.ChannelLabel}</text>\n");
        svg.Append($"<text x=\"{N(middle)}\" y=\"{N(item.Top + item.Height + 13)}\" text-anchor=\"middle\"{(item.Item.IsInput ? " font-style=\"italic\"" : "")}>{Escaped(item.Item.Name)}</text>\n");
    }

    /// <summary>Only what occurs, in lines as wide as the page.</summary>
    private static (string Text, double Height) Legend(Graph graph, List<PanelLayout> panels, double width)
    {
        var operators = graph.Functions.SelectMany(function => function.Nodes).Select(node => node.Operator).ToLookup(OperatorLook.Of);
        var entries = OperatorLook.All.Where(operators.Contains).Select(look =>
                (Mark: $"<rect x=\"0\" y=\"-10\" width=\"13\" height=\"13\" fill=\"{FillOf(look)}\" stroke=\"{Ink}\" stroke-width=\"0.8\"/>", Space: 19.0, Words: WordsFor(look, operators[look])))
            .Concat(FlowLooks.Where(look => panels.Exists(panel => panel.Arrows.Exists(arrow => arrow.Kind == look.Kind))).Select(look =>
                (Mark: $"<path d=\"M0,-4 H26\" {StrokeOf(look.Kind)}/>", Space: 32.0, look.Words)));
        var text = new StringBuilder();
        double x = Margin, y = 12;
        foreach (var (mark, space, words) in entries)
        {
            var wide = space + PanelLayout.TextWidth(words);
            if (x > Margin && x + wide > width - Margin)
                (x, y) = (Margin, y + LegendPitch);
            text.Append($"<g transform=\"translate({N(x)} {N(y)})\">{mark}<text x=\"{N(space)}\" y=\"0\">{Escaped(words)}</text></g>\n");
            x += wide + 16;
        }
        return (text.ToString(), y + 4);
    }

    /// <summary>The kind and, where they tell more, the few variants of it.</summary>
    private static string WordsFor(OperatorLook look, IEnumerable<Operator> operators)
    {
        // Grey stands for operators of all sorts, which the names of their types tell apart.
        var variants = operators.Select(@operator => look.Role == OperatorRole.Other
            ? @operator.GetType().Name.ToLowerInvariant()
            : @operator.Description.Replace("conv ", "").Replace(" pool ", " ").Replace(" norm", "")).Distinct().ToList();
        return $"{look.Words}: {string.Join(", ", variants.Take(4))}{(variants.Count > 4 ? " …" : "")}";
    }

    private static string FillOf(OperatorLook look) => look.Hatch.Length > 0 ? $"url(#hatch-{look.Index})" : look.Color;

    private static string StrokeOf(FlowKind kind)
    {
        var (_, color, dash, _) = FlowLooks.Single(look => look.Kind == kind);
        return $"fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\" stroke-linejoin=\"round\"{(dash.Length > 0 ? $" stroke-dasharray=\"{dash}\"" : "")} marker-end=\"url(#head-{kind})\"";
    }

    private static string PathOf(IReadOnlyList<Point> points) => "M" + string.Join(" L", points.Select(point => $"{N(point.X)},{N(point.Y)}"));

    private static string Frame(double x, double y, double width, double height) => $"x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\"";

    private static string N(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Text for XML, which has no place for control characters.</summary>
    private static string Escaped(string text) => SecurityElement.Escape(string.Concat(text.Where(letter => !char.IsControl(letter))));
}
