using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Interchange;

/// <summary>The graph of a network in float64, and how far float32 may be from it.</summary>
internal sealed class ExactNetwork : IDisposable
{
    private readonly SegmentationModel _network, _twin;
    private readonly Dictionary<string, Layer> _layers;

    public ExactNetwork(SegmentationModel network)
    {
        (_network, _twin) = (network, Interpreter.Create(network.Declaration, network.Seed).Match(made => made, errors => throw new InvalidOperationException(errors.ToString())));
        Weights.Assign(_twin, Weights.Copy(network).ToDictionary());
        _layers = _twin.named_modules().Where(named => named.module is Layer).ToDictionary(named => named.name, named => (Layer)named.module);
        foreach (var layer in _layers.Values)
            layer.to(float64);
    }

    /// <summary>A function of the network, by its name.</summary>
    public delegate Tensor[] Call(string function, Generator? random, Tensor[] arguments);

    /// <summary>
    /// Something that a network says of an image: at first in float64; then in float32, as it is; then in float64 with every value on the way off by up to two units of float32's last place, three times, for so far may another
    /// order of the same sums be.
    /// </summary>
    public IReadOnlyList<T> Evaluations<T>(Func<Call, Tensor, T> what, Tensor image) =>
    [
        what((function, random, arguments) => Run(function, random, arguments, null), image.to(float64)),
        what((function, random, arguments) => _network.Runner!.Call(function, random, arguments), image),
        .. Enumerable.Range(1, 3).Select(seed =>
        {
            using var errors = new Generator((ulong)seed);
            return what((function, random, arguments) => Run(function, random, arguments, errors), image.to(float64));
        }),
    ];

    public void Dispose() => _twin.Dispose();

    private Tensor[] Run(string name, Generator? random, Tensor[] arguments, Generator? errors)
    {
        var function = _twin.Runner!.Graph.Functions.Single(each => each.Name == name);
        var values = arguments.ToList();
        foreach (var node in function.Nodes)
        {
            Tensor[] inputs = [.. node.Inputs.Select(input => values[input])];
            var made = node.Operator switch
            {
                ToWorkingPrecision or ToFloat32 => inputs[0].alias(),
                GlobalMean => inputs[0].mean([2, 3], keepdim: true),
                LayerOperator layer => _layers[layer.Layer].Run(inputs),
                var other => Binding.Kernel(_twin, other.Call, inputs.Length)(inputs, random),
            };
            if (errors is not null && node.Operator is Activation { Kind: Nonlinearity.Silu })
                // x · sigmoid(x): a sigmoid may be off by a unit of the last place of 1, however small it is (ONNX Runtime's ends at 1.5e-8), and a norm behind it makes that large.
                made = made + inputs[0] * ((rand(made.shape, dtype: float64, generator: errors) - 0.5) * Math.Pow(2, -23));
            values.Add(errors is null ? made : made * (1 + (rand(made.shape, dtype: float64, generator: errors) - 0.5) * Math.Pow(2, -21)));
        }
        return [.. function.Outputs.Select(output => values[output.Value])];
    }
}
