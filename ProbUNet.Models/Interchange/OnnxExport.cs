using Google.Protobuf;
using ProbUNet.Dsl;
using ProbUNet.Models.Interchange.Onnx;
using ProbUNet.Models.Interchange.Onnx.Schema;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Models.Interchange;

/// <summary>What an ONNX file keeps the kernels of convolutions as; whatever it is, they are computed with in float32, and so is all else.</summary>
public enum OnnxWeights
{
    /// <summary>As they are.</summary>
    Float32,

    /// <summary>Rounded to float16: half the size.</summary>
    Float16,
}

/// <summary>
/// Writes networks of every family as ONNX (operators of ONNX itself alone, opset <see cref="Opset"/>), which ONNX Runtime and others run without this library. Samples are a function of the image and of random
/// numbers that the caller draws. docs/interchange.md has the inputs and outputs.
/// </summary>
public static class OnnxExport
{
    /// <summary>The version of ONNX's operators: the first whose padding goes around a circle.</summary>
    public const int Opset = 19;

    // Opset 19 came with it (ONNX 1.14).
    private const int IrVersion = 9;

    /// <summary>
    /// Writes a network. The file takes an image [N, C, H, W] and gives probabilities [N, answers, classes, H, W], as <see cref="SegmentationModel.Sample"/> does: graph <c>predict</c>, or <c>sample</c> where there is
    /// a z, which takes standard normal noise [N, samples, D] too. Beside the latter come <c>NAME.encode.onnx</c> and <c>NAME.decode.onnx</c>, for who draws again and again from an image. Each file is written whole
    /// or not at all, the same bytes for the same network.
    /// </summary>
    /// <param name="network">Of any family.</param>
    /// <param name="path">The file; those that are there are replaced.</param>
    /// <param name="weights">How kernels are stored.</param>
    /// <returns>The files that were written, the one that was asked for first.</returns>
    /// <exception cref="InputException">A file cannot be written, or a weight cannot be stored so.</exception>
    public static IReadOnlyList<string> Save(SegmentationModel network, string path, OnnxWeights weights = OnnxWeights.Float32)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(path);
        if (network.ParameterCount * sizeof(float) > LargestFile)
            throw new InputException(path, "the network is larger than the 2 GB that an ONNX file holds", "export its weights as safetensors");
        var (models, files) = (Models(network, weights), new List<string>());
        foreach (var (name, model) in models)
        {
            var file = files.Count == 0 ? path : $"{Path.ChangeExtension(path, null)}.{name}{Path.GetExtension(path)}";
            AtomicFile.Write(file, stream => model.WriteTo(stream));
            files.Add(file);
        }
        return files;
    }

    // Of protocol buffers, less what is not weights.
    private const long LargestFile = int.MaxValue - (1 << 24);

    /// <summary>What is written, by the name of the graph.</summary>
    internal static IReadOnlyList<(string Name, ModelProto Model)> Models(SegmentationModel network, OnnxWeights weights) =>
        [.. OnnxGraphs.Of(network, weights).Select(named => (named.Name, Model(network.Declaration, named.Graph)))];

    private static ModelProto Model(ModelSpec spec, GraphProto graph) => new()
    {
        IrVersion = IrVersion,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
        ProducerName = "ProbUNet",
        ProducerVersion = typeof(OnnxExport).Assembly.GetName().Version!.ToString(3),
        MetadataProps = { new StringStringEntryProto { Key = "probunet.graph", Value = graph.Name }, new StringStringEntryProto { Key = StoredSpec.Key, Value = SpecJson.Write(spec) } },
        Graph = graph,
    };
}
