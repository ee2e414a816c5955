using ProbUNet.Dsl.Graphs;
using static ProbUNet.Models.Interchange.Onnx.OnnxWriter;

namespace ProbUNet.Models.Interchange.Onnx;

/// <summary>A value of an ONNX graph.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="PerSample">Whether it is of samples, [N·samples, …], the samples of an image one behind the other; else of images, [N, …].</param>
internal readonly record struct OnnxValue(string Name, bool PerSample);

/// <summary>
/// The functions of a network as nodes of an ONNX graph: a fold that knows operators and no family. Values of images and of samples may meet: those of an image are then repeated for each of its samples,
/// as late as can be.
/// </summary>
/// <param name="writer">Where the nodes go.</param>
/// <param name="anySize">Whether heights and widths are the caller's to choose.</param>
/// <param name="samples">How many samples an image, as a list of one number; nothing where there are none.</param>
internal sealed class OnnxFold(OnnxWriter writer, bool anySize, string? samples)
{
    private string? _uniform;
    private long _uniformUsed;

    /// <summary>Lets dropout be drawn from uniform numbers [N·samples, V] of [0, 1), in the order of the nodes; without, there is none.</summary>
    public void Draw(string uniform) => _uniform = uniform;

    /// <summary>The outputs of a function for arguments, in their order.</summary>
    public List<OnnxValue> Call(GraphFunction function, IEnumerable<OnnxValue> arguments)
    {
        var values = arguments.ToList();
        foreach (var node in function.Nodes)
            values.Add(Node(function, node, [.. node.Inputs.Select(input => values[input])], values));
        return [.. function.Outputs.Select(output => values[output.Value])];
    }

    /// <summary>A value for each sample.</summary>
    public OnnxValue PerSample(OnnxValue value, TensorShape shape)
    {
        if (value.PerSample || samples is null)
            return value;
        var each = writer.Add("Unsqueeze", $"{value.Name}.each", [value.Name, writer.Integers(1)]);
        var counts = writer.Add("Concat", "samples.shape", [writer.Integers(1), samples, writer.Integers(shape.IsMap ? [1, 1, 1] : [1])], Attribute("axis", 0));
        var repeated = writer.Add("Expand", $"{value.Name}.repeated", [each, counts]);
        return new(writer.Add("Reshape", $"{value.Name}.samples", [repeated, Sizes(value.Name, shape, [-1, shape.Channels])]), PerSample: true);
    }

    /// <summary>A list of sizes: those given, and the height and width of a map behind them.</summary>
    public string Sizes(string map, TensorShape shape, params long[] before) => Sizes(map, shape, null, before);

    /// <summary>The same, with the number of samples between two lists.</summary>
    public string SizesOfSamples(string map, TensorShape shape, params long[] behind) => Sizes(map, shape, samples, behind);

    private string Sizes(string map, TensorShape shape, string? count, long[] given)
    {
        if (count is null && (!anySize || !shape.IsMap))
            return writer.Integers(shape.IsMap ? [.. given, shape.Height, shape.Width] : given);
        string[] sizes = !shape.IsMap ? [] : anySize ? [writer.Add("Shape", $"{map}.size", [map], Attribute("start", 2L))] : [writer.Integers(shape.Height, shape.Width)];
        return writer.Add("Concat", $"{map}.sizes", [.. count is null ? [] : new[] { writer.Integers(-1), count }, writer.Integers(given), .. sizes], Attribute("axis", 0L));
    }

    private OnnxValue Node(GraphFunction function, Node node, OnnxValue[] inputs, List<OnnxValue> values)
    {
        var (x, name, shape) = (inputs[0], $"{function.Name}/{node.Name}", node.Shape);
        OnnxValue Made(string type, string[] more, params Schema.AttributeProto[] attributes) => x with { Name = writer.Add(type, name, [x.Name, .. more], attributes) };
        switch (node.Operator)
        {
            case Identity or ToWorkingPrecision or ToFloat32:
                return x;
            case Activation activation:
                return x with { Name = OnnxChoices.Add(writer, name, activation.Kind, x.Name) };
            case Add:
                var (left, right) = (Joined(x), Joined(inputs[1]));
                return new(writer.Add("Add", name, [left.Name, right.Name]), left.PerSample);
            case Shift shift:
                return Made("Add", [writer.Number(shift.Constant)]);
            case Clamp clamp:
                return Made("Clip", [writer.Number(clamp.Least), writer.Number(clamp.Most)]);
            case AveragePool:
                return Made("AveragePool", [], Attribute("kernel_shape", 2, 2), Attribute("strides", 2, 2), Attribute("ceil_mode", 1), Attribute("count_include_pad", 0));
            case MaxPool:
                return Made("MaxPool", [], Attribute("kernel_shape", 2, 2), Attribute("strides", 2, 2), Attribute("ceil_mode", 1));
            case Upsample { Kind: Interpolation.Nearest }:
                return Made("Resize", ["", writer.Numbers(1, 1, 2, 2)], Attribute("mode", "nearest"), Attribute("coordinate_transformation_mode", "asymmetric"), Attribute("nearest_mode", "floor"));
            case Upsample upsample:
                return Made("Resize", ["", writer.Numbers(1, 1, 2, 2)], Attribute("mode", "linear"),
                    Attribute("coordinate_transformation_mode", upsample.Kind == Interpolation.BilinearAligned ? "align_corners" : "half_pixel"));
            case Concat:
                var parts = inputs.Select((part, i) => Joined(part, i)).ToList();
                return new(writer.Add("Concat", name, [.. parts.Select(part => part.Name)], Attribute("axis", 1)), parts[0].PerSample);
            case GlobalMean:
                return Made("ReduceMean", [writer.Integers(2, 3)], Attribute("keepdims", 1));
            case Flatten:
                return Made("Flatten", [], Attribute("axis", 1));
            case Slice slice:
                return Made("Slice", [writer.Integers(slice.Start), writer.Integers(slice.Start + slice.Length), writer.Integers(1)]);
            case Broadcast:
                // The maps that it will meet are of the same size, and there is one before it.
                var pixel = writer.Add("Unsqueeze", $"{name}.pixel", [x.Name, writer.Integers(2, 3)]);
                var like = Enumerable.Range(0, values.Count).Where(value => function.ShapeOf(value) is { IsMap: true } other && (other.Height, other.Width) == (shape.Height, shape.Width)).Select(value => values[value].Name).FirstOrDefault();
                return x with { Name = writer.Add("Expand", name, [pixel, Sizes(like ?? name, shape, 1, 1)]) };
            case Zeros zeros:
                var batch = writer.Add("Shape", $"{name}.batch", [x.Name], Attribute("start", 0), Attribute("end", 1));
                return x with { Name = writer.Add("ConstantOfShape", name, [writer.Add("Concat", $"{name}.shape", [batch, writer.Integers(zeros.Length)], Attribute("axis", 0))]) };
            case Dropout dropout:
                return _uniform is null ? x : Dropped(name, dropout, PerSample(x, shape), shape);
            case Pad pad:
                return Made("Pad", [writer.Integers(0, 0, pad.Top, pad.Left, 0, 0, pad.Bottom, pad.Right)], Attribute("mode", "edge"));
            case Crop crop:
                return Made("Slice", [writer.Integers(crop.Top, crop.Left), writer.Integers(crop.Top + crop.Height, crop.Left + crop.Width), writer.Integers(2, 3)]);
            case Conv2d conv:
                return Convolved(function, node, name, conv, inputs);
            case TransposedConv2d transposed:
                return Made("ConvTranspose", [writer.Kernel($"{transposed.Layer}.weight", 0, transposed.Channels), writer.Weight($"{transposed.Layer}.bias")], Attribute("kernel_shape", 2, 2), Attribute("strides", 2, 2));
            case BatchNorm norm:
                return Made("BatchNormalization", [.. new[] { "weight", "bias", "running_mean", "running_var" }.Select(part => writer.Weight($"{norm.Layer}.{part}"))], Attribute("epsilon", (float)BatchNorm.Epsilon));
            case GroupNorm norm:
                return x with { Name = Normalised(name, norm, x.Name) };
            default:
                throw new InvalidOperationException($"{node.Operator.GetType().Name} has no ONNX.");   // the hierarchy is closed
        }

        OnnxValue Joined(OnnxValue part, int place = 0) => inputs.Any(input => input.PerSample) ? PerSample(part, function.ShapeOf(node.Inputs[place])) : part;
    }

    /// <summary>Over groups of channels: each group as one channel is what ONNX knows.</summary>
    private string Normalised(string name, GroupNorm norm, string x)
    {
        if (norm.Groups == norm.Channels)
            return writer.Add("InstanceNormalization", name, [x, writer.Weight($"{norm.Layer}.weight"), writer.Weight($"{norm.Layer}.bias")], Attribute("epsilon", (float)GroupNorm.Epsilon));
        var (ones, zeros) = (new float[norm.Groups], new float[norm.Groups]);
        Array.Fill(ones, 1);
        var groups = writer.Add("Reshape", $"{name}.groups", [x, writer.Integers(0, norm.Groups, -1)]);
        var normalised = writer.Add("InstanceNormalization", $"{name}.normalised", [groups, writer.Numbers(ones), writer.Numbers(zeros)], Attribute("epsilon", (float)GroupNorm.Epsilon));
        var map = writer.Add("Reshape", $"{name}.map", [normalised, writer.Add("Shape", $"{name}.shape", [x])]);
        var scaled = writer.Add("Mul", $"{name}.scaled", [map, writer.Weight($"{norm.Layer}.weight", norm.Channels, 1, 1)]);
        return writer.Add("Add", name, [scaled, writer.Weight($"{norm.Layer}.bias", norm.Channels, 1, 1)]);
    }

    private OnnxValue Dropped(string name, Dropout dropout, OnnxValue x, TensorShape shape)
    {
        var drawn = writer.Add("Slice", $"{name}.drawn", [_uniform!, writer.Integers(_uniformUsed), writer.Integers(_uniformUsed += shape.Values), writer.Integers(1)]);
        var map = writer.Add("Reshape", $"{name}.uniform", [drawn, writer.Integers(-1, shape.Channels, shape.Height, shape.Width)]);
        var kept = writer.Add("GreaterOrEqual", $"{name}.kept", [map, writer.Number(dropout.Rate)]);
        var mask = writer.Add("Cast", $"{name}.mask", [kept], Attribute("to", (long)Schema.TensorProto.Types.DataType.Float));
        return new(writer.Add("Mul", name, [x.Name, writer.Add("Div", $"{name}.scale", [mask, writer.Number(1 - dropout.Rate)])]), x.PerSample);
    }

    /// <summary>A convolution over all its inputs: one over each map, and a product for each vector, the bias with the first map.</summary>
    private OnnxValue Convolved(GraphFunction function, Node node, string name, Conv2d conv, OnnxValue[] inputs)
    {
        OnnxValue? maps = null, vectors = null;
        var start = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            var (shape, part) = (function.ShapeOf(node.Inputs[i]), inputs.Length == 1 ? name : FormattableString.Invariant($"{name}.part{i}"));
            var kernel = writer.Kernel($"{conv.Layer}.weight", start, shape.Channels, asMatrix: !shape.IsMap);
            if (shape.IsMap)
                maps = Sum(maps, inputs[i] with { Name = OverMap(part, conv, inputs[i].Name, kernel, hasBias: maps is null) }, node.Shape);
            else
                vectors = Sum(vectors, inputs[i] with { Name = writer.Add("MatMul", part, [inputs[i].Name, kernel]) }, TensorShape.Vector(conv.OutChannels));
            start += shape.Channels;
        }
        if (vectors is not { } vector)
            return maps!.Value;
        var map = maps!.Value;
        if (map.PerSample == vector.PerSample)
            return map with { Name = writer.Add("Add", name, [map.Name, writer.Add("Unsqueeze", $"{name}.pixel", [vector.Name, writer.Integers(2, 3)])]) };
        if (map.PerSample)
            throw new InvalidOperationException($"{name} has vectors of images and maps of samples.");
        // [N, 1, C, H, W] + [N, samples, C, 1, 1]: the map is read where it is, once for all samples of its image.
        var image = writer.Add("Unsqueeze", $"{name}.image", [map.Name, writer.Integers(1)]);
        var each = writer.Add("Reshape", $"{name}.each", [vector.Name, SizesOfSamples(vector.Name, TensorShape.Vector(conv.OutChannels), conv.OutChannels, 1, 1)]);
        var sum = writer.Add("Add", $"{name}.sum", [image, each]);
        return new(writer.Add("Reshape", name, [sum, Sizes(map.Name, node.Shape, -1, conv.OutChannels)]), PerSample: true);
    }

    private OnnxValue Sum(OnnxValue? before, OnnxValue part, TensorShape shape)
    {
        if (before is not { } sum)
            return part;
        if (sum.PerSample != part.PerSample)
            (sum, part) = (PerSample(sum, shape), PerSample(part, shape));
        return sum with { Name = writer.Add("Add", $"{part.Name}.sum", [sum.Name, part.Name]) };
    }

    private string OverMap(string name, Conv2d conv, string x, string kernel, bool hasBias)
    {
        long side = conv.Kernel / 2;
        if (side > 0 && OnnxChoices.PaddingOf(conv.Padding) is { } mode)
            (x, side) = (writer.Add("Pad", $"{name}.padded", [x, writer.Integers(0, 0, side, side, 0, 0, side, side)], Attribute("mode", mode)), 0);
        return writer.Add("Conv", name, hasBias ? [x, kernel, writer.Weight($"{conv.Layer}.bias")] : [x, kernel],
            Attribute("kernel_shape", conv.Kernel, conv.Kernel), Attribute("strides", conv.Stride, conv.Stride), Attribute("pads", side, side, side, side));
    }
}
