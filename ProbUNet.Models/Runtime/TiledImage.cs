using ProbUNet.Dsl.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>
/// An image that a network looks at a tile at a time. Of each tile the functions of the graph are computed on the regions that it needs (<see cref="FunctionPart"/>), from the image on; what is a mean over all
/// pixels is summed over tiles first. So every tile is what it is in the whole image, to rounding, and the memory is that of a tile.
/// </summary>
internal sealed class TiledImage
{
    private readonly SegmentationModel _network;
    private readonly Graph _graph;
    private readonly TensorShape _shape;
    private readonly Dictionary<string, Layer> _layers;
    private readonly int _side;

    /// <param name="network">With layers of its own.</param>
    /// <param name="image">[N, C, H, W] in [0, 1], of any size that the spec would be accepted for.</param>
    /// <param name="side">Of a tile, in pixels.</param>
    /// <exception cref="ArgumentException">The image is not of the network's channels, or no float32.</exception>
    /// <exception cref="InputException">The network cannot have this size, or a tile of it needs the whole image.</exception>
    public TiledImage(SegmentationModel network, Tensor image, int side)
    {
        var declared = network.Declaration.Image;
        var (height, width) = image.dim() == 4 ? ((int)image.shape[2], (int)image.shape[3]) : (declared.Height, declared.Width);
        _shape = TensorShape.Map(declared.Channels, height, width);
        Arguments.Check(image, nameof(image), _shape);
        (_network, Image, _side) = (network, image, side);
        _graph = Lowering.Of(GraphBuilder.Build(network.Declaration with { Image = new(declared.Channels, height, width) }).Match(
            graph => graph,
            errors => throw Refusal(height, width, errors[0].Message)));
        // Asked of all at once, before any work is done.
        foreach (var function in _graph.Functions.Select(function => MeanOfParts.Of(function)?.Before ?? function))
            _ = PartOf(function, [.. function.Outputs.Select(output => Region.Whole(function.ShapeOf(output.Value)))]);
        _layers = network.named_modules().Where(named => named.module is Layer).ToDictionary(named => named.name, named => (Layer)named.module);
    }

    /// <summary>The whole image, [N, C, H, W].</summary>
    public Tensor Image { get; }

    /// <summary>The tiles, row by row.</summary>
    public IEnumerable<Region> Tiles => Region.Tiles(_shape, _side, _side);

    /// <summary>The outputs, vectors, of a function of the image; the caller owns them. Where it goes over a mean of all pixels, that is summed over tiles.</summary>
    public Tensor[] Whole(string name)
    {
        var function = _graph[name];
        if (MeanOfParts.Of(function) is not { } parts)
            return OfImage(function, [.. function.Outputs.Select(output => Region.Whole(function.ShapeOf(output.Value)))]);
        using var scope = NewDisposeScope();
        var map = parts.Before.ShapeOf(parts.Before.Outputs[0].Value);
        // Tiles of a smaller map that see about as much of the image as those of the image do.
        int Side(int size, int whole) => (int)Math.Max(1, (long)_side * size / whole);
        using var one = 1.ToScalar();
        var sum = zeros([Image.shape[0], map.Channels, 1, 1], ScalarType.Float64, Image.device);
        foreach (var region in Region.Tiles(map, Side(map.Height, _shape.Height), Side(map.Width, _shape.Width)))
        {
            using var tile = NewDisposeScope();
            sum.add_(OfImage(parts.Before, region)[0].sum([2, 3], keepdim: true, type: ScalarType.Float64), one);
        }
        using var pixels = ((double)map.Height * map.Width).ToScalar();
        return [.. Runner(parts.After).Call(name, null, sum.div(pixels).to(ScalarType.Float32)).Select(output => output.MoveToOuterDisposeScope())];
    }

    /// <summary>A region of what a function of the image alone returns; the caller owns it.</summary>
    public Tensor At(Region region, string name) => OfImage(_graph[name], region)[0];

    /// <summary>A region of what a function returns of the outputs of another, which is run once, and of a vector [k·N, D], which is still to be given.</summary>
    /// <param name="region">Of the only output.</param>
    /// <param name="features">The function of the image.</param>
    /// <param name="combine">The function of its outputs and the vector.</param>
    public Func<Tensor, Tensor> At(Region region, string features, string combine)
    {
        var part = PartOf(_graph[combine], [region]);
        var seen = OfImage(_graph[features], [.. part.Inputs.SkipLast(1)]);
        var runner = Runner(part.Function);
        return vector => runner.Call(combine, null, [.. seen, vector])[0];
    }

    private Tensor[] OfImage(GraphFunction function, params Region[] outputs)
    {
        var part = PartOf(function, outputs);
        var (rows, columns) = (part.Inputs[0].Rows, part.Inputs[0].Columns);
        using var band = Image.narrow(2, rows.Start, rows.Length);
        using var seen = band.narrow(3, columns.Start, columns.Length);
        return Runner(part.Function).Call(function.Name, null, seen);
    }

    private static FunctionPart PartOf(GraphFunction function, Region[] outputs) => FunctionPart.Of(function, outputs).Match(
        part => part,
        error => throw new InputException($"{error.Function}.{error.Node}", $"{error.Problem}, so that no tile can be computed without the others", "sample the image whole"));

    /// <summary>What the rules say of a size; their messages name the remedy behind a colon.</summary>
    private static InputException Refusal(int height, int width, string message) => message.IndexOf(": ", StringComparison.Ordinal) is var colon and >= 0
        ? new($"An image of {height}x{width} pixels", message[..colon], message[(colon + 2)..])
        : new($"An image of {height}x{width} pixels", message, "declare the network with the size policy Pad or Crop");

    private GraphRunner Runner(GraphFunction function) => new(_network, new Graph([function]), layer => _layers.TryGetValue(layer.Layer, out var own)
        ? own
        : throw new NotSupportedException($"{_network.GetType().Name} has no layer {layer.Layer}, and tiles are computed from the layers of the graph: let the generator write it, or make it by Interpreter.Create."));
}
