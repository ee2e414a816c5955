using System.Globalization;
using ProbUNet.Dsl.Graphs;

namespace ProbUNet.Dsl.Rendering;

/// <summary>
/// Where everything of one function goes, in pixels from the panel's corner: a column a stage in the order of computation, a row a resolution, the largest
/// on top. Arrows run along rows where no box is in their way, up and down between columns, and else above all rows, so that they cross neither box nor text.
/// </summary>
internal sealed class PanelLayout
{
    public const double FontSize = 11;
    public const double TitleSize = 13;
    private const double TallestBox = 132;
    private const double LowestBox = 16;
    private const double LabelHeight = 15;
    private const double RowPadding = 7;
    private const double GapWidth = 24;
    private const double LinePitch = 7;
    private const double HeadHeight = 34;
    private const double Padding = 12;

    /// <summary>An upper bound of the mean width of a character over its size, for the fonts of the stack that we ask for.</summary>
    private const double CharacterWidth = 0.63;

    private readonly List<PlacedItem> _items = [];

    public PanelLayout(Stages stages)
    {
        Stages = stages;
        var outputs = stages.Function.Outputs;
        (int Height, int Width) SizeOfOutput(GraphOutput output) => SizeOf(stages.Function.ShapeOf(output.Value));
        var sizes = stages.Items.Select(item => SizeOf(item.Shape)).Concat(outputs.Select(SizeOfOutput)).Distinct()
            .OrderByDescending(size => (long)size.Height * size.Width).ThenByDescending(size => size.Height).ToList();

        // An item a stage, and in a last column a block of names for the outputs of each resolution.
        for (var i = 0; i < stages.Items.Count; i++)
            _items.Add(PlacedItem.Of(stages.Items[i], i, sizes.IndexOf(SizeOf(stages.Items[i].Shape))));
        var blocks = outputs.GroupBy(output => sizes.IndexOf(SizeOfOutput(output))).ToList();
        foreach (var block in blocks)
            _items.Add(PlacedItem.Of([.. block.Select(output => output.Name)], stages.Items.Count, block.Key));
        int BlockOf(GraphOutput output) => stages.Items.Count + blocks.FindIndex(block => block.Contains(output));
        var routes = stages.Flows.Concat(outputs.Select((output, o) => new Flow(stages.Sources[o], BlockOf(output), FlowKind.Along)).Distinct())
            .Select(flow => new Route(flow, WayOf(_items[flow.From], _items[flow.To]))).ToList();

        var rowLabels = sizes.Select(size => LabelOf(size, stages)).ToArray();
        var turns = PlaceColumns(routes, Padding + rowLabels.Max(TextWidth));
        var lanes = routes.Where(route => route.Way == Way.Above).ToList();
        PlaceRows(sizes, rowLabels, HeadHeight + (lanes.Count == 0 ? 0 : lanes.Count * LinePitch + 4));
        foreach (var route in routes)
            Arrows.Add(new Arrow(route.Flow.Kind, PointsOf(route, routes, turns, lane: HeadHeight + lanes.IndexOf(route) * LinePitch)));
    }

    /// <summary>How an arrow goes from item to item.</summary>
    private enum Way
    {
        /// <summary>Along one row.</summary>
        Straight,

        /// <summary>Along the row of its source, then to that of its target.</summary>
        Late,

        /// <summary>To the row of its target at once, then along.</summary>
        Early,

        /// <summary>Above all rows.</summary>
        Above,
    }

    private sealed record Route(Flow Flow, Way Way);

    public Stages Stages { get; }

    public double Width { get; private set; }

    public double Height { get; private set; }

    public IReadOnlyList<PlacedItem> Items => _items;

    public List<RowBand> Rows { get; } = [];

    public List<Arrow> Arrows { get; } = [];

    /// <summary>The function's signature and the number of its parameters.</summary>
    public string Heading
    {
        get
        {
            var layers = Stages.Function.Nodes.Select(node => node.Operator).OfType<LayerOperator>().DistinctBy(layer => layer.Layer);
            var parameters = layers.SelectMany(layer => layer.Parameters).Sum(parameter => parameter.Count);
            return parameters == 0 ? Stages.Signature : string.Create(CultureInfo.InvariantCulture, $"{Stages.Signature}    {parameters:N0} parameters");
        }
    }

    /// <summary>No less than the width of a text.</summary>
    public static double TextWidth(string text, double size) => text.Length * size * CharacterWidth;

    public static double TextWidth(string text) => TextWidth(text, FontSize);

    private static (int Height, int Width) SizeOf(TensorShape shape) => (shape.Height, shape.Width);

    private static string LabelOf((int Height, int Width) size, Stages stages)
    {
        var shapes = stages.Items.Select(item => item.Shape).Where(shape => SizeOf(shape) == size).ToList();
        return shapes.Count > 0 && shapes.TrueForAll(shape => !shape.IsMap) ? "vector" : $"{size.Height}×{size.Width}";
    }

    /// <summary>Compressed, so that a deep level stays visible under a high one, but strictly lower.</summary>
    private static double BoxHeight((int Height, int Width) size, (int Height, int Width) largest) =>
        LowestBox + (TallestBox - LowestBox) * Math.Pow((double)size.Height * size.Width / ((double)largest.Height * largest.Width), 0.32);

    private Way WayOf(PlacedItem from, PlacedItem to)
    {
        bool Free(int row) => !_items.Exists(item => item.Row == row && item.Column > from.Column && item.Column < to.Column);
        return to.Column <= from.Column ? Way.Above
            : from.Row == to.Row ? Free(from.Row) ? Way.Straight : Way.Above
            : Free(from.Row) ? Way.Late
            : Free(to.Row) ? Way.Early
            : Way.Above;
    }

    private static IReadOnlyList<Point> Turn(Point start, double x, Point end) => [start, new(x, start.Y), new(x, end.Y), end];

    /// <summary>−1 for an arrow that comes or goes above the row, 0 on it, 1 below it.</summary>
    private static int Side(Way way, PlacedItem here, PlacedItem there) => way switch
    {
        Way.Straight => 0,
        Way.Above => -1,
        _ => Math.Sign(there.Row - here.Row),
    };

    /// <summary>Columns from left to right, each as wide as its box and words, with room before it for the lines that change rows there; returns these lines' x.</summary>
    private Dictionary<(Flow Flow, bool Leaves), double> PlaceColumns(List<Route> routes, double x)
    {
        var columns = _items.Max(item => item.Column) + 1;
        var turns = Enumerable.Range(0, columns + 1).Select(_ => new List<(Flow Flow, bool Leaves)>()).ToArray();
        foreach (var (flow, way) in routes)
        {
            if (way is Way.Late or Way.Above)
                turns[_items[flow.To].Column].Add((flow, false));
            if (way is Way.Early or Way.Above)
                turns[_items[flow.From].Column + 1].Add((flow, true));
        }
        var places = new Dictionary<(Flow, bool), double>();
        for (var column = 0; column <= columns; column++)
        {
            for (var turn = 0; turn < turns[column].Count; turn++)
                places[turns[column][turn]] = x + GapWidth / 2 + turn * LinePitch;
            if (column == columns)
                break;
            x += GapWidth + Math.Max(0, turns[column].Count - 1) * LinePitch;
            var here = _items.Where(item => item.Column == column).ToList();
            var width = here.Select(item => item.OuterWidth).DefaultIfEmpty(0).Max();
            foreach (var item in here)
                item.Left = item.IsOutput ? x : x + (width - item.Width) / 2;
            x += width;
        }
        Width = Math.Max(x + turns[columns].Count * LinePitch + Padding, TextWidth(Heading, TitleSize) + 2 * Padding);
        return places;
    }

    /// <summary>Rows from top to bottom, each as high as its boxes and their words.</summary>
    private void PlaceRows(List<(int Height, int Width)> sizes, string[] labels, double y)
    {
        for (var row = 0; row < sizes.Count; row++)
        {
            var here = _items.Where(item => item.Row == row).ToList();
            var box = BoxHeight(sizes[row], sizes[0]);
            var height = Math.Max(box + 2 * LabelHeight, here.Max(item => item.Lines.Count) * LabelHeight) + 2 * RowPadding;
            Rows.Add(new RowBand(y, height, labels[row]));
            foreach (var item in here)
                (item.Top, item.Height) = (y + (height - box) / 2, box);
            y += height;
        }
        Height = y + Padding;
    }

    private IReadOnlyList<Point> PointsOf(Route route, List<Route> routes, Dictionary<(Flow Flow, bool Leaves), double> turns, double lane)
    {
        var (from, to) = (_items[route.Flow.From], _items[route.Flow.To]);
        Point start = new(from.Right, Attach(from, SideOfSource(route), routes.Where(other => other.Flow.From == route.Flow.From).Select(SideOfSource)));
        Point end = new(to.Left, Attach(to, SideOfTarget(route), routes.Where(other => other.Flow.To == route.Flow.To).Select(SideOfTarget)));
        return route.Way switch
        {
            Way.Straight => [start, end],
            Way.Late => Turn(start, turns[(route.Flow, false)], end),
            Way.Early => Turn(start, turns[(route.Flow, true)], end),
            _ => [.. Turn(start, turns[(route.Flow, true)], new(turns[(route.Flow, false)], lane)), .. Turn(new(turns[(route.Flow, false)], lane), turns[(route.Flow, false)], end).Skip(2)],
        };
    }

    private int SideOfSource(Route route) => Side(route.Way, _items[route.Flow.From], _items[route.Flow.To]);

    private int SideOfTarget(Route route) => Side(route.Way, _items[route.Flow.To], _items[route.Flow.From]);

    /// <summary>Arrows of different sides touch a box at different heights; one alone touches its middle.</summary>
    private static double Attach(PlacedItem item, int side, IEnumerable<int> sides) =>
        item.Top + item.Height * (sides.Distinct().Count() == 1 ? 0.5 : 0.5 + 0.3 * side);
}

/// <summary>A resolution's strip across a panel.</summary>
internal sealed record RowBand(double Top, double Height, string Label);

/// <summary>A polyline that ends in an arrowhead.</summary>
internal sealed record Arrow(FlowKind Kind, IReadOnlyList<Point> Points);

/// <summary>A place, in pixels.</summary>
internal readonly record struct Point(double X, double Y);

/// <summary>A stripe of a box: one operator, as wide as it has channels, on a compressed scale.</summary>
internal sealed record Slab(OperatorLook Look, double Width);

/// <summary>A box with its labels, or names of outputs.</summary>
internal sealed class PlacedItem
{
    private const double Activation = 3;
    private const double InputWidth = 7;

    private PlacedItem(int column, int row, Item? item, IReadOnlyList<Slab> slabs, IReadOnlyList<string> lines) =>
        (Column, Row, Item, Slabs, Lines) = (column, row, item, slabs, lines);

    public int Column { get; }

    public int Row { get; }

    /// <summary>Null for names of outputs.</summary>
    public Item? Item { get; }

    public IReadOnlyList<Slab> Slabs { get; }

    /// <summary>The name under the box, or the outputs' names.</summary>
    public IReadOnlyList<string> Lines { get; }

    public bool IsOutput => Item is null;

    /// <summary>Of the box, or of the words where there is none.</summary>
    public double Width => IsOutput ? Lines.Max(PanelLayout.TextWidth) : Slabs.Count == 0 ? InputWidth : Slabs.Sum(slab => slab.Width);

    /// <summary>With the words above and below.</summary>
    public double OuterWidth => Math.Max(Width, Lines.Append(ChannelLabel).Max(PanelLayout.TextWidth));

    public string ChannelLabel => Item is null ? "" : $"{Item.Shape.Channels}";

    public double Left { get; set; }

    public double Right => Left + Width;

    public double Top { get; set; }

    public double Height { get; set; }

    public static PlacedItem Of(Item item, int column, int row) => new(column, row, item, [.. item.Nodes.Select(SlabOf)], [item.Name]);

    public static PlacedItem Of(IReadOnlyList<string> outputs, int column, int row) => new(column, row, null, [], outputs);

    private static Slab SlabOf(Node node) => new(OperatorLook.Of(node.Operator), node.Operator.Role == OperatorRole.Activation ? Activation : 4 + 1.3 * Math.Log2(1 + node.Shape.Channels));
}
