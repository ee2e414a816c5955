using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace OnnxDeploy;

/// <summary>An exported network in ONNX Runtime: of any family, since their files differ only by the random numbers that they take.</summary>
internal sealed class Network : IDisposable
{
    private readonly InferenceSession _session;

    private Network(InferenceSession session, JsonElement spec)
    {
        _session = session;
        var image = spec.GetProperty("image");
        (Channels, Height, Width) = (image.GetProperty("channels").GetInt32(), image.GetProperty("height").GetInt32(), image.GetProperty("width").GetInt32());
        Classes = spec.GetProperty("classes").GetInt32();
    }

    public int Channels { get; }

    public int Height { get; }

    public int Width { get; }

    public int Classes { get; }

    /// <summary>Opens a file, and reads from its metadata what the network was made for.</summary>
    public static Network Open(string file)
    {
        if (!File.Exists(file))
            throw new InvalidDataException($"{file}: it is not there; name an ONNX file.");
        var session = new InferenceSession(file);
        var metadata = session.ModelMetadata.CustomMetadataMap;
        if (metadata.TryGetValue("probunet.spec", out var spec) && metadata.TryGetValue("probunet.graph", out var graph) && graph is "sample" or "predict")
            return new Network(session, JsonDocument.Parse(spec).RootElement);
        session.Dispose();
        throw new InvalidDataException($"{file}: it is not a network that answers in one call; name the file without encode and decode in its name.");
    }

    /// <summary>Draws segmentations of one image: for each the probabilities [classes, H, W]. Where their number is built in, as in an ensemble, that many.</summary>
    /// <param name="image">[C, H, W] in [0, 1].</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="random">Where the randomness comes from.</param>
    public float[][] Sample(float[] image, int count, Random random)
    {
        var inputs = new Dictionary<string, OrtValue> { ["image"] = OrtValue.CreateTensorValueFromMemory(image, [1, Channels, Height, Width]) };
        if (_session.InputMetadata.TryGetValue("noise", out var noise))
            inputs["noise"] = Drawn(count, noise.Dimensions[2], () => Normal(random));
        if (_session.InputMetadata.TryGetValue("uniform", out var uniform))
            inputs["uniform"] = Drawn(count, uniform.Dimensions[2], random.NextSingle);
        using var options = new RunOptions();
        using var results = _session.Run(options, inputs, ["probabilities"]);
        foreach (var input in inputs.Values)
            input.Dispose();
        // [1, answers, classes, H, W]
        return [.. results[0].GetTensorDataAsSpan<float>().ToArray().Chunk(Classes * Height * Width)];
    }

    public void Dispose() => _session.Dispose();

    private static OrtValue Drawn(int count, int width, Func<float> draw)
    {
        var numbers = new float[count * width];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = draw();
        return OrtValue.CreateTensorValueFromMemory(numbers, [1, count, width]);
    }

    /// <summary>A standard normal number (Box and Muller 1958).</summary>
    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
