using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using static ProbUNet.Models.Interchange.Onnx.OnnxWriter;

namespace ProbUNet.Models.Interchange.Onnx;

/// <summary>Choices of a spec in the words of ONNX.</summary>
internal static class OnnxChoices
{
    /// <summary>Adds a nonlinearity.</summary>
    public static string Add(OnnxWriter writer, string name, Nonlinearity kind, string x)
    {
        switch (kind)
        {
            case Nonlinearity.Relu:
                return writer.Add("Relu", name, [x]);
            case Nonlinearity.LeakyRelu:
                return writer.Add("LeakyRelu", name, [x], Attribute("alpha", (float)Activation.Slope));
            case Nonlinearity.Elu:
                return writer.Add("Elu", name, [x], Attribute("alpha", 1f));
            case Nonlinearity.Silu:
                return writer.Add("Mul", name, [x, writer.Add("Sigmoid", $"{name}.sigmoid", [x])]);
            case Nonlinearity.Gelu:
                // x · Φ(x), Φ by the error function.
                var scaled = writer.Add("Div", $"{name}.scaled", [x, writer.Number(Math.Sqrt(2))]);
                var twice = writer.Add("Add", $"{name}.twice", [writer.Add("Erf", $"{name}.erf", [scaled]), writer.Number(1)]);
                return writer.Add("Mul", name, [writer.Add("Mul", $"{name}.double", [x, twice]), writer.Number(0.5)]);
            default:
                throw new InvalidOperationException($"{kind} has no ONNX.");
        }
    }

    /// <summary>What lies beyond the edge; nothing for zeros, which a convolution pads with itself.</summary>
    public static string? PaddingOf(PaddingMode padding) => padding switch
    {
        PaddingMode.Zeros => null,
        PaddingMode.Reflect => "reflect",
        PaddingMode.Replicate => "edge",
        PaddingMode.Circular => "wrap",
        _ => throw new InvalidOperationException($"{padding} has no ONNX."),
    };
}
