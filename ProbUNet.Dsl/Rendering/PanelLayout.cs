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
        var sizes = stages.Items.Select(item => SizeOf(item.Shape)).Concat(outputs.Select(output => SizeOf(stages.Function.ShapeOf(output.Value))))
            .Distinct().OrderByDescending(size => (long)size.Height * size.Width).ThenByDescending(size => size.Height).ToList();

        // An item a stage, and in a last column a block of names for the outputs of each resolution.
        for (var i = 0; i < stages.Items.Count; i++)
            _items.Add(PlacedItem.Of(stages.Items[i], i, sizes.IndexOf(SizeOf(stages.Items[i].Shape))));
        var blocks = outputs.GroupBy(output => sizes.IndexOf(SizeOf(stages.Function.ShapeOf(output.Value)))).ToList();
        foreach (var block in blocks)
            _items.Add(PlacedItem.Of([.. block.Select(output => output.Name)], stages.Items.Count, block.Key));
        var flows = stages.Flows.Concat(outputs.Select((output, o) =>
                new Flow(stages.Sources[o], stages.Items.Count + blocks.FindIndex(block => block.Contains(output)), FlowKind.Along)))
            .Distinct().ToList();

        var heights = sizes.Select(size => BoxHeight(size, sizes[0])).ToArray();
        var routes = flows.Select(flow => (Flow: flow, Way: WayOf(_items[flow.From], _items[flow.To]))).ToList();
        var lanes = routes.Where(route => route.Way == Way.Above).ToList();
        var rowLabels = sizes.Select(size => LabelOf(size, stages)).ToArray();

        // Columns from left to right: each as wide as its box and words, with room before it for the lines that change rows there.
        var turns = Enumerable.Range(0, stages.Items.Count + 2).Select(_ => new List<(Flow Flow, bool Leaves)>()).ToArray();
        foreach (var (flow, way) in routes)
        {
            if (way is Way.Late or Way.Above)
                turns[_items[flow.To].Column].Add((flow, false));
            if (way is Way.Early or Way.Above)
                turns[_items[flow.From].Column + 1].Add((flow, true));
        }
        var turnAt = new Dictionary<(Flow, bool), double>();
        var x = Padding + rowLabels.Max(TextWidth);
        for (var column = 0; column <= stages.Items.Count; column++)
        {
            var first = x + GapWidth / 2;
            for (var turn = 0; turn < turns[column].Count; turn++)
                turnAt[turns[column][turn]] = first + turn * LinePitch;
            x += GapWidth + Math.Max(0, turns[column].Count - 1) * LinePitch;
            var width = _items.Where(item => item.Column == column).Select(item => item.OuterWidth).DefaultIfEmpty(0).Max();
            foreach (var item in _items.Where(item => item.Column == column))
                item.Left = item.IsOutput ? x : x + (width - item.Width) / 2;
            x += width;
        }
        for (var turn = 0; turn < turns[^1].Count; turn++)
            turnAt[turns[^1][turn]] = x + GapWidth / 2 + turn * LinePitch;
        Width = Math.Max(x + turns[^1].Count * LinePitch + Padding, TextWidth(Heading, TitleSize) + 2 * Padding);

        // Rows from top to bottom.
        var y = HeadHeight + (lanes.Count == 0 ? 0 : lanes.Count * LinePitch + 4);
        for (var row = 0; row < sizes.Count; row++)
        {
            var lines = _items.Where(item => item.Row == row).Max(item => item.Lines.Count);
            var height = Math.Max(heights[row] + 2 * LabelHeight, lines * LabelHeight) + 2 * RowPadding;
            Rows.Add(new RowBand(y, height, rowLabels[row]));
            foreach (var item in _items.Where(item => item.Row == row))
                (item.Top, item.Height) = (y + (height - heights[row]) / 2, heights[row]);
            y += height;
        }
        Height = y + Padding;

        foreach (var (flow, way) in routes)
        {
            var (from, to) = (_items[flow.From], _items[flow.To]);
            var (out1, in1) = (Exit(flow, way, routes), Entry(flow, way, routes));
            Point start = new(from.Right, out1), end = new(to.Left, in1);
            var lane = HeadHeight + lanes.FindIndex(other => other.Flow == flow) * LinePitch;
            Arrows.Add(new Arrow(flow.Kind, way switch
            {
                Way.Straight => [start, end],
                Way.Late => Turn(start, turnAt[(flow, false)], end),
                Way.Early => Turn(start, turnAt[(flow, true)], end),
                _ => [start, new(turnAt[(flow, true)], start.Y), new(turnAt[(flow, true)], lane), new(turnAt[(flow, false)], lane), new(turnAt[(flow, false)], end.Y), end],
            }));
        }
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

    public Stages Stages { get; }

    public double Width { get; }

    public double Height { get; }

    public IReadOnlyList<PlacedItem> Items => _items;

    public List<RowBand> Rows { get; } = [];

    public List<Arrow> Arrows { get; } = [];

    /// <summary>The function's signature and the number of its parameters.</summary>
    public string Heading
    {
        get
        {
            var parameters = Stages.Function.Nodes.Select(node => node.Operator).OfType<LayerOperator>().DistinctBy(layer => layer.Layer).Sum(layer => layer.Parameters.Sum(parameter => parameter.Count));
            return parameters == 0 ? Stages.Signature : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Stages.Signature}    {parameters:N0} parameters");
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

    private double Exit(Flow flow, Way way, List<(Flow Flow, Way Way)> routes) =>
        Attach(_items[flow.From], Side(way, _items[flow.From], _items[flow.To]), routes.Where(route => route.Flow.From == flow.From).Select(route => Side(route.Way, _items[route.Flow.From], _items[route.Flow.To])));

    private double Entry(Flow flow, Way way, List<(Flow Flow, Way Way)> routes) =>
        Attach(_items[flow.To], Side(way, _items[flow.To], _items[flow.From]), routes.Where(route => route.Flow.To == flow.To).Select(route => Side(route.Way, _items[route.Flow.To], _items[route.Flow.From])));

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

    private PlacedItem(int column, int row, Stage? stage, IReadOnlyList<Slab> slabs, IReadOnlyList<string> lines) =>
        (Column, Row, Stage, Slabs, Lines) = (column, row, stage, slabs, lines);

    public int Column { get; }

    public int Row { get; }

    /// <summary>Null for names of outputs.</summary>
    public Stage? Stage { get; }

    public IReadOnlyList<Slab> Slabs { get; }

    /// <summary>The name under the box, or the outputs' names.</summary>
    public IReadOnlyList<string> Lines { get; }

    public bool IsOutput => Stage is null;

    /// <summary>Of the box, or of the words where there is none.</summary>
    public double Width => IsOutput ? Lines.Max(PanelLayout.TextWidth) : Slabs.Count == 0 ? InputWidth : Slabs.Sum(slab => slab.Width);

    /// <summary>With the words above and below.</summary>
    public double OuterWidth => Math.Max(Width, Lines.Append(ChannelLabel).Max(PanelLayout.TextWidth));

    public string ChannelLabel => Stage is null ? "" : $"{Stage.Shape.Channels}";

    public double Left { get; set; }

    public double Right => Left + Width;

    public double Top { get; set; }

    public double Height { get; set; }

    public static PlacedItem Of(Stage stage, int column, int row) => new(column, row, stage, [.. stage.Nodes.Select(SlabOf)], [stage.Name]);

    public static PlacedItem Of(IReadOnlyList<string> outputs, int column, int row) => new(column, row, null, [], outputs);

    private static Slab SlabOf(Node node) => new(OperatorLook.Of(node.Operator), node.Operator is Graphs.Activation ? Activation : 4 + 1.3 * Math.Log2(1 + node.Shape.Channels));
}
