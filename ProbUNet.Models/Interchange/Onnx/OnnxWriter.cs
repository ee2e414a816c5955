using System.Runtime.InteropServices;
using Google.Protobuf;
using ProbUNet.Models.Interchange.Onnx.Schema;

namespace ProbUNet.Models.Interchange.Onnx;

/// <summary>Writes an ONNX graph node by node: values are known by their names, and constants and weights are written once.</summary>
/// <param name="name">Of the graph.</param>
/// <param name="weights">The network's, by their names.</param>
/// <param name="kernels">What the kernels of convolutions are stored as.</param>
internal sealed class OnnxWriter(string name, IReadOnlyDictionary<string, StoredTensor> weights, OnnxWeights kernels)
{
    private readonly GraphProto _graph = new() { Name = name };
    private readonly Dictionary<string, string> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    /// <summary>What was written.</summary>
    public GraphProto Graph => _graph;

    /// <summary>Declares an argument.</summary>
    /// <param name="input">Its name.</param>
    /// <param name="about">What it is, for people.</param>
    /// <param name="dimensions">Numbers, and names of what is the caller's to choose.</param>
    public string Input(string input, string about, params IEnumerable<object> dimensions)
    {
        _graph.Input.Add(Described(input, about, dimensions));
        _names[input] = 1;
        return input;
    }

    /// <summary>Declares that a value is a result.</summary>
    public void Output(string output, string about, string value, params IEnumerable<object> dimensions)
    {
        _graph.Output.Add(Described(output, about, dimensions));
        _names[output] = 1;
        Node("Identity", output, output, [value]);
    }

    /// <summary>Adds a node, and says what its output is called.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="node">What the output is called, if nothing else is.</param>
    /// <param name="inputs">The values that it reads; an empty name for one that is left out.</param>
    /// <param name="attributes">Its settings.</param>
    public string Add(string type, string node, string[] inputs, params AttributeProto[] attributes)
    {
        var output = node;
        while (!_names.TryAdd(output, 1))
            output = FormattableString.Invariant($"{node}.{++_names[node]}");
        return Node(type, output, output, inputs, attributes);
    }

    /// <summary>A list of whole numbers.</summary>
    public string Integers(params long[] values) => Stored($"integers [{string.Join(", ", values)}]", () => Tensor(TensorProto.Types.DataType.Int64, [values.Length], MemoryMarshal.AsBytes<long>(values)));

    /// <summary>A list of numbers.</summary>
    public string Numbers(params float[] values) => Stored(
        FormattableString.Invariant($"numbers [{string.Join(", ", values.Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}]"),
        () => Tensor(TensorProto.Types.DataType.Float, [values.Length], MemoryMarshal.AsBytes<float>(values)));

    /// <summary>One number, a scalar.</summary>
    public string Number(double value) => Stored(FormattableString.Invariant($"number {(float)value:R}"), () => Tensor(TensorProto.Types.DataType.Float, [], MemoryMarshal.AsBytes<float>([(float)value])));

    /// <summary>A weight under its own name.</summary>
    /// <param name="weight">Its name.</param>
    /// <param name="shape">Another shape for the same values; its own if left out.</param>
    public string Weight(string weight, params long[] shape) => Stored(weight, () => Tensor(TensorProto.Types.DataType.Float, shape.Length > 0 ? shape : weights[weight].Shape, MemoryMarshal.AsBytes<float>(weights[weight].Values)));

    /// <summary>The kernel of a convolution [out, in, k, k] over some of the channels that go in, as float32 however it is stored.</summary>
    /// <param name="weight">Its name.</param>
    /// <param name="start">The first channel.</param>
    /// <param name="channels">How many.</param>
    /// <param name="asMatrix">Whether it is wanted as [in, out]: for vectors, and a kernel of one pixel.</param>
    /// <exception cref="InputException">A value is too large for how it is stored.</exception>
    public string Kernel(string weight, int start, int channels, bool asMatrix = false)
    {
        var (shape, values) = (weights[weight].Shape, weights[weight].Values);
        var row = (int)(shape[1] * shape[2] * shape[3]);
        var (from, length) = (start * (int)(shape[2] * shape[3]), channels * (int)(shape[2] * shape[3]));
        var isWhole = length == row && !asMatrix;
        var part = isWhole ? values : new float[(int)shape[0] * length];
        for (var output = 0; !isWhole && output < shape[0]; output++)
            for (var i = 0; i < length; i++)
                part[asMatrix ? i * (int)shape[0] + output : output * length + i] = values[output * row + from + i];
        long[] partShape = asMatrix ? [channels, shape[0]] : [shape[0], channels, shape[2], shape[3]];
        var stored = isWhole ? weight : FormattableString.Invariant($"{weight}.{start}");
        if (kernels == OnnxWeights.Float32)
            return Stored(stored, () => Tensor(TensorProto.Types.DataType.Float, partShape, MemoryMarshal.AsBytes<float>(part)));
        return _stored.TryGetValue(stored, out var there) ? there : _stored[stored] = Add("Cast", $"{stored}.float32",
            [Initializer($"{stored}.float16", Tensor(TensorProto.Types.DataType.Float16, partShape, MemoryMarshal.AsBytes<Half>(Halves(weight, part))))],
            Attribute("to", (long)TensorProto.Types.DataType.Float));
    }

    public static AttributeProto Attribute(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Attribute(string name, float value) => new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Attribute(string name, string value) => new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String };

    public static AttributeProto Attribute(string name, params long[] values) => new() { Name = name, Ints = { values }, Type = AttributeProto.Types.AttributeType.Ints };

    private string Node(string type, string node, string output, string[] inputs, params AttributeProto[] attributes)
    {
        _graph.Node.Add(new NodeProto { Name = node, OpType = type, Input = { inputs }, Output = { output }, Attribute = { attributes } });
        return output;
    }

    private string Stored(string stored, Func<TensorProto> make) => _stored.TryGetValue(stored, out var there) ? there : _stored[stored] = Initializer(stored, make());

    private string Initializer(string stored, TensorProto tensor)
    {
        tensor.Name = stored;
        _graph.Initializer.Add(tensor);
        _names[stored] = 1;
        return stored;
    }

    private static Half[] Halves(string weight, float[] values) => Array.ConvertAll(values, value => (Half)value is var half && Half.IsInfinity(half) && float.IsFinite(value)
        ? throw new InputException(weight, $"{value.ToString(System.Globalization.CultureInfo.InvariantCulture)} is beyond what float16 holds", "export it with float32 weights")
        : half);

    private static TensorProto Tensor(TensorProto.Types.DataType type, long[] shape, ReadOnlySpan<byte> values) => new() { Dims = { shape }, DataType = (int)type, RawData = ByteString.CopyFrom(values) };

    private static ValueInfoProto Described(string value, string about, IEnumerable<object> dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
            shape.Dim.Add(dimension is string name
                ? new TensorShapeProto.Types.Dimension { DimParam = name }
                : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(dimension, System.Globalization.CultureInfo.InvariantCulture) });
        return new ValueInfoProto
        {
            Name = value,
            DocString = about,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape } },
        };
    }
}
