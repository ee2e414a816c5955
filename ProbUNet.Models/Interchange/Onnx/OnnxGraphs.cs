using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Interchange.Onnx.Schema;
using ProbUNet.Models.Runtime;
using static ProbUNet.Models.Interchange.Onnx.OnnxWriter;

namespace ProbUNet.Models.Interchange.Onnx;

/// <summary>
/// The ONNX graphs of a network, which differ by the functions that it has and not by its family: <c>predict</c> where there is no z; else <c>encode</c>, <c>decode</c> and, for callers that want one, <c>sample</c>.
/// Names of inputs and outputs are a contract.
/// </summary>
internal sealed class OnnxGraphs
{
    private const string Batch = "batch", Samples = "samples";

    private readonly SegmentationModel _network;
    private readonly OnnxWeights _kernels;
    private readonly Dictionary<string, StoredTensor> _weights;
    private readonly Graph _graph;
    private readonly ModelSpec _spec;
    private readonly TensorShape _image;
    private readonly bool _anySize;
    private readonly int _divisor;
    private readonly long _uniform;

    private OnnxGraphs(SegmentationModel network, OnnxWeights kernels)
    {
        (_network, _kernels, _spec) = (network, kernels, network.Declaration);
        _weights = Weights.Copy(network).ToDictionary(StringComparer.Ordinal);
        // Of the passes, the one alone that reads the features once an image.
        _graph = GraphBuilder.Build(_spec).Match(graph => Lowering.Of(graph, worthAKernel: int.MaxValue), errors => throw new InvalidOperationException(errors.ToString()));
        _image = TensorShape.Map(_spec.Image.Channels, _spec.Image.Height, _spec.Image.Width);
        var nodes = _graph.Functions.Where(function => function.Name is not ("prior" or "posterior")).SelectMany(function => function.Nodes).ToList();
        // Where the number of answers is not built in and there is no z, dropout is what draws them.
        _uniform = !HasLatent && network.DistinctAnswers is null ? nodes.Where(node => node.Operator is Dropout).Sum(node => node.Shape.Values) : 0;
        _anySize = _uniform == 0 && !nodes.Exists(node => node.Operator is Pad or Crop);
        _divisor = _image.Height / nodes.Where(node => node.Shape.IsMap).Min(node => Math.Min(node.Shape.Height, _image.Height));
    }

    /// <summary>All of them by name; the one that answers in one call comes first.</summary>
    /// <exception cref="InputException">A weight is too large for how it is stored.</exception>
    public static IReadOnlyList<(string Name, GraphProto Graph)> Of(SegmentationModel network, OnnxWeights kernels)
    {
        var graphs = new OnnxGraphs(network, kernels);
        return [.. (graphs.HasLatent ? new[] { graphs.Sample(), graphs.Encode(), graphs.Decode() } : [graphs.Predict()]).Select(graph => (graph.Name, graph))];
    }

    private bool HasLatent => _graph.Functions.Any(function => function.Name == "combine");

    private GraphProto Predict()
    {
        var writer = Writer("predict");
        var image = Image(writer);
        OnnxFold fold;
        if (_uniform > 0)
        {
            var uniform = writer.Input("uniform", "Uniform numbers in [0, 1): dropout leaves out the values whose number is below its rate. A row for each sample of each image; the same numbers, the same samples.", Batch, Samples, _uniform);
            fold = new OnnxFold(writer, _anySize, CountOf(writer, uniform));
            fold.Draw(writer.Add("Reshape", "uniform.rows", [uniform, writer.Integers(-1, _uniform)]));
        }
        else
            fold = new OnnxFold(writer, _anySize, samples: null);
        List<string> answers = [.. _graph.Functions.Select(function => Answers(writer, fold, fold.Call(function, [image])[0]))];
        var all = answers.Count == 1 ? answers[0] : writer.Add("Concat", "answers", [.. answers], Attribute("axis", 1));
        Probabilities(writer, all, _uniform > 0 ? Samples : _network.DistinctAnswers ?? 1);
        return writer.Graph;
    }

    private GraphProto Encode()
    {
        var writer = Writer("encode");
        var (image, fold) = (Image(writer), new OnnxFold(writer, _anySize, samples: null));
        var function = _graph["features"];
        foreach (var (output, value) in function.Outputs.Zip(fold.Call(function, [image])))
            writer.Output(output.Name, "What decode takes of the image, once for all its samples.", value.Name, Dimensions(function.ShapeOf(output.Value)));
        var (mean, sigma) = Prior(writer, fold, image);
        writer.Output("mean", "The mean of the prior of z for each image.", mean, Batch, Latent);
        writer.Output("sigma", "The standard deviation of the prior of z for each image.", sigma, Batch, Latent);
        return writer.Graph;
    }

    private GraphProto Decode()
    {
        var writer = Writer("decode");
        var function = _graph["combine"];
        OnnxValue[] features = [.. function.Inputs.Where(input => input.Name != "z").Select(input => new OnnxValue(writer.Input(input.Name, "From encode.", Dimensions(input.Shape)), PerSample: false))];
        var z = writer.Input("z", "Latents, a row for each sample of each image: mean + sigma · standard normal numbers draws from the prior.", Batch, Samples, Latent);
        Combine(writer, new OnnxFold(writer, _anySize, CountOf(writer, z)), features, z);
        return writer.Graph;
    }

    private GraphProto Sample()
    {
        var writer = Writer("sample");
        var image = Image(writer);
        var noise = writer.Input("noise", "Standard normal numbers, a row for each sample of each image; the same numbers, the same samples.", Batch, Samples, Latent);
        var fold = new OnnxFold(writer, _anySize, CountOf(writer, noise));
        var features = fold.Call(_graph["features"], [image]);
        var (mean, sigma) = Prior(writer, fold, image);
        var offset = writer.Add("Mul", "offset", [writer.Add("Unsqueeze", "sigma.each", [sigma, writer.Integers(1)]), noise]);
        Combine(writer, fold, features, writer.Add("Add", "z", [writer.Add("Unsqueeze", "mean.each", [mean, writer.Integers(1)]), offset]));
        return writer.Graph;
    }

    /// <summary>combine(features, z), z [N, samples, D].</summary>
    private void Combine(OnnxWriter writer, OnnxFold fold, IEnumerable<OnnxValue> features, string z)
    {
        var rows = new OnnxValue(writer.Add("Reshape", "z.rows", [z, writer.Integers(-1, Latent)]), PerSample: true);
        Probabilities(writer, Answers(writer, fold, fold.Call(_graph["combine"], [.. features, rows])[0]), Samples);
    }

    /// <summary>The Gaussian of z, mean and sigma [N, D].</summary>
    private (string Mean, string Sigma) Prior(OnnxWriter writer, OnnxFold fold, OnnxValue image)
    {
        var gaussian = fold.Call(_graph["prior"], [image]);
        return (gaussian[0].Name, writer.Add("Exp", "prior/sigma", [gaussian[1].Name]));
    }

    /// <summary>Logits as [N, answers, classes, H, W].</summary>
    private string Answers(OnnxWriter writer, OnnxFold fold, OnnxValue logits) => writer.Add("Reshape", "answer",
        [logits.Name, logits.PerSample ? fold.SizesOfSamples(logits.Name, _image, _spec.Classes) : fold.Sizes(logits.Name, _image, 0, -1, _spec.Classes)]);

    private void Probabilities(OnnxWriter writer, string logits, object answers) => writer.Output(
        "probabilities",
        $"A segmentation for each {(answers is string ? "sample of each image" : "image, of each of the network's answers")}: {(_spec.Classes == 1 ? "the probability of foreground." : "probabilities of the classes, which sum to 1.")}",
        _spec.Classes == 1 ? writer.Add("Sigmoid", "answers.sigmoid", [logits]) : writer.Add("Softmax", "answers.softmax", [logits], Attribute("axis", 2)),
        [Batch, answers, _spec.Classes, .. Dimensions(_image).Skip(2)]);

    private OnnxValue Image(OnnxWriter writer) => new(
        writer.Input("image", $"Images in [0, 1].{(_anySize ? FormattableString.Invariant($" Made for {_image.Height}x{_image.Width} pixels; takes any sizes that {_divisor} divides.") : "")}", Dimensions(_image)),
        PerSample: false);

    private static string CountOf(OnnxWriter writer, string input) => writer.Add("Shape", "samples", [input], Attribute("start", 1), Attribute("end", 2));

    private object[] Dimensions(TensorShape shape)
    {
        object Size(string name, int whole, int size) => !_anySize ? size : size == whole ? name : FormattableString.Invariant($"{name}/{whole / size}");
        return [Batch, shape.Channels, Size("height", _image.Height, shape.Height), Size("width", _image.Width, shape.Width)];
    }

    private int Latent => _graph["combine"].Inputs.Single(input => input.Name == "z").Shape.Channels;

    private OnnxWriter Writer(string name) => new(name, _weights, _kernels);
}
