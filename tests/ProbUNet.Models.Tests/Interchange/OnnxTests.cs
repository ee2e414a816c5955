using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ProbUNet.Dsl;
using ProbUNet.Dsl.Graphs;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Interchange.Onnx.Schema;
using ProbUNet.Models.Runtime;
using ProbUNet.Testing;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Interchange;

/// <summary>Law 8: what ONNX Runtime makes of an exported network is what TorchSharp makes of it, over random networks of every family.</summary>
public sealed class OnnxTests
{
    private const int Networks = 80;
    private const double Tolerance = 1e-4;

    /// <summary>Two programs in float32 err alike but not equally: over a thousand outputs ONNX Runtime was at most 1.2 times as far off as the worst of what it is held against.</summary>
    private const double Spread = 4;

    [Fact]
    public void OnnxRuntime_AnswersAsTheNetworkDoes_ForEveryFamily_BatchAndNumberOfSamples()
    {
        var families = new HashSet<Type>();
        Each(Networks, (spec, dice) =>
        {
            families.Add(spec.GetType());
            using var network = Drawn(spec);
            using var exported = new Exported(network);
            Agree(network, exported, batch: dice.Next(1, 4), samples: dice.Next(1, 4));
        });
        Assert.Equal(Families.All.Count, families.Count);
    }

    [Fact]
    public void WhereNoPolicyChangesTheSize_AnySizeThatThePoolingsDivide_IsTaken()
    {
        var tried = 0;
        Each(Networks, (spec, dice) =>
        {
            if (spec is DropoutUNetSpec || spec.SizePolicy != SizePolicy.Strict || spec.Image.Height * spec.Image.Width > 32 * 32)
                return;
            using var small = Drawn(spec);
            using var exported = new Exported(small);
            using var large = Interpreter.Create(spec with { Image = spec.Image with { Height = spec.Image.Height * 2, Width = spec.Image.Width * 3 } }, seed: 1).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
            Weights.Assign(large, Weights.Copy(small).ToDictionary());
            Agree(large, exported, batch: 2, samples: 2);
            tried++;
        });
        Assert.True(tried > 10, $"Only {tried} networks were tried.");
    }

    [Fact]
    public void EveryOperator_HasOnnx()
    {
        var met = new HashSet<Type>();
        foreach (var spec in SpecGen.Valid.Draw(300, seed: 1))
        {
            using var network = Interpreter.Create(spec, seed: 1).Match(made => made, _ => null!);
            Assert.NotEmpty(OnnxExport.Models(network, OnnxWeights.Float32));
            var graph = Lowering.Of(GraphBuilder.Build(spec).Match(made => made, _ => null!), worthAKernel: int.MaxValue);
            met.UnionWith(graph.Functions.Where(function => function.Name != "posterior").SelectMany(function => function.Nodes).Select(node => node.Operator.GetType()));
        }
        // The posterior alone shifts its mask, and tiles alone, which are never exported, upsample a part.
        Assert.Equal(typeof(Operator).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Operator)) && !type.IsAbstract && type != typeof(Shift) && type != typeof(UpsampleAlignedPart)).Select(type => type.Name).Order(), met.Select(type => type.Name).Order());
    }

    public static TheoryData<string, string> Contract => new()
    {
        { "ProbabilisticUNet", """
            sample: image [batch, 1, height, width], noise [batch, samples, 6] → probabilities [batch, samples, 1, height, width]
            encode: image [batch, 1, height, width] → features.0 [batch, 4, height, width], mean [batch, 6], sigma [batch, 6]
            decode: features.0 [batch, 4, height, width], z [batch, samples, 6] → probabilities [batch, samples, 1, height, width]
            """ },
        { "ImageToImageVae", """
            sample: image [batch, 1, height, width], noise [batch, samples, 3] → probabilities [batch, samples, 1, height, width]
            encode: image [batch, 1, height, width] → features.0 [batch, 1, height, width], mean [batch, 3], sigma [batch, 3]
            decode: features.0 [batch, 1, height, width], z [batch, samples, 3] → probabilities [batch, samples, 1, height, width]
            """ },
        { "DropoutUNet", "predict: image [batch, 1, 16, 16], uniform [batch, samples, 3328] → probabilities [batch, samples, 1, 16, 16]" },
        { "UNetEnsemble", "predict: image [batch, 1, height, width] → probabilities [batch, 4, 1, height, width]" },
        { "MultiHeadUNet", "predict: image [batch, 1, height, width] → probabilities [batch, 4, 1, height, width]" },
        { "DeterministicUNet", "predict: image [batch, 1, height, width] → probabilities [batch, 1, 1, height, width]" },
    };

    [Theory]
    [MemberData(nameof(Contract))]
    public void TheNamesAndShapes_OfInputsAndOutputs_AreAContract(string family, string contract)
    {
        var spec = Families.All.Select(each => each.Defaults).Single(each => each.GetType().Name == $"{family}Spec") is var found && found is DropoutUNetSpec dropout ? dropout with { Blocks = 1 } : found;
        using var network = Interpreter.Create(spec with { Image = new(1, 16, 16), UNet = spec.UNet with { Channels = [4, 8] } }, seed: 1).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        var models = OnnxExport.Models(network, OnnxWeights.Float32);
        static string Words(IEnumerable<ValueInfoProto> values) => string.Join(", ", values.Select(value =>
            $"{value.Name} [{string.Join(", ", value.Type.TensorType.Shape.Dim.Select(dimension => dimension.HasDimParam ? dimension.DimParam : $"{dimension.DimValue}"))}]"));
        Assert.Equal(contract, string.Join('\n', models.Select(each => $"{each.Name}: {Words(each.Model.Graph.Input)} → {Words(each.Model.Graph.Output)}")));
        Assert.All(models.SelectMany(each => each.Model.Graph.Input.Concat(each.Model.Graph.Output)), value => Assert.EndsWith(".", value.DocString));
        Assert.All(models, each => Assert.Equal(network.Declaration, SpecJson.Read(each.Model.MetadataProps.Single(property => property.Key == "probunet.spec").Value).Match(read => read, _ => null!)));
        // The same network, the same bytes.
        Assert.All(models.Zip(OnnxExport.Models(network, OnnxWeights.Float32)), pair => Assert.Equal(pair.First.Model.ToByteArray(), pair.Second.Model.ToByteArray()));
    }

    [Fact]
    public void KernelsInFloat16_AreHalfTheSize_AndAnswerNearly()
    {
        using var scope = NewDisposeScope();
        using var network = Interpreter.Create(new ProbabilisticUNetSpec { Image = new(1, 32, 32), UNet = new() { Channels = [16, 32] } }, seed: 1).Match(made => made, _ => null!);
        using var whole = new Exported(network);
        using var half = new Exported(network, OnnxWeights.Float16);
        Assert.InRange(half.Bytes, whole.Bytes / 2, whole.Bytes * 0.6);
        var (image, noise) = (rand(2, 1, 32, 32), randn(2, 3, 6));
        var (expected, actual) = (whole.Run("sample", ("image", image), ("noise", noise))["probabilities"], half.Run("sample", ("image", image), ("noise", noise))["probabilities"]);
        Assert.InRange(expected.sub(actual).abs().max().item<float>(), 1e-7, 0.02);

        using var still = no_grad();
        network.get_parameter("unet.encoder0.conv0.weight")!.fill_(1e5);
        Assert.Contains("100000 is beyond what float16 holds; export it with float32 weights", Assert.Throws<InputException>(() => OnnxExport.Models(network, OnnxWeights.Float16)).Message);
    }

    [Fact]
    public void TheFiles_LieBesideEachOther_AndReplaceOlderOnes()
    {
        var folder = Directory.CreateTempSubdirectory("probunet-").FullName;
        try
        {
            using var network = Interpreter.Create(new ProbabilisticUNetSpec { Image = new(1, 16, 16), UNet = new() { Channels = [4, 8] } }, seed: 1).Match(made => made, _ => null!);
            string[] names = ["net.onnx", "net.encode.onnx", "net.decode.onnx"];
            for (var time = 0; time < 2; time++)
                Assert.Equal(names, OnnxExport.Save(network, Path.Combine(folder, "net.onnx")).Select(Path.GetFileName));
            Assert.Equal(names.Order(), Directory.GetFiles(folder).Select(Path.GetFileName).Order());
            Assert.Equal("sample", ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "net.onnx"))).Graph.Name);
            Assert.Throws<InputException>(() => OnnxExport.Save(network, folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Holds that ONNX Runtime says of some image and noise what the network says. The truth is the same graph in float64: ONNX Runtime is no further from it than 1e-4; or, where float32 itself is (a
    /// normalisation over a pixel or a few makes rounding errors up to 1/√ε = 316 times larger), no further than a few times what float32 is.
    /// </summary>
    private static void Agree(SegmentationModel network, Exported exported, int batch, int samples)
    {
        using var still = no_grad();
        using var random = new Generator(3);
        using var exact = new ExactNetwork(network);
        var spec = network.Declaration;
        var image = rand([batch, spec.Image.Channels, spec.Image.Height, spec.Image.Width], generator: random);
        switch (network)
        {
            case LatentVariableModel latent:
                var noise = randn([batch, samples, latent.Declaration.Latent.Dimension], generator: random);
                var features = latent.Features(image);
                // sigma is as large as e¹⁰, so its logarithm is compared.
                var encoded = exported.Run("encode", ("image", image)).ToDictionary(named => named.Key == "sigma" ? "log sigma" : named.Key, named => named.Key == "sigma" ? named.Value.log() : named.Value);
                var encodings = exact.Evaluations(Encode, image);
                foreach (var (name, actual) in encoded)
                    Near($"encode: {name}", actual, encodings.Select(each => each[name]));
                // N(0, I) is no matter of rounding.
                if (latent is ImageToImageVaeModel)
                    Assert.All(new[] { "mean", "log sigma" }, name => Assert.Equal(0, encoded[name].abs().max().item<float>()));
                var z = At(encodings[0], noise.to(float64)).to(float32);
                Near("sample", exported.Run("sample", ("image", image), ("noise", noise))["probabilities"], exact.Evaluations((run, x) => Sample(run, x, At(Encode(run, x), noise.to(x.dtype))), image));
                Near("decode", exported.Run("decode", [.. features.Select((map, i) => ($"features.{i}", map)), ("z", z)])["probabilities"],
                    exact.Evaluations((run, x) => Said(run("combine", null, [.. features.Select(map => map.to(x.dtype)), z.to(x.dtype).flatten(0, 1)])[0], samples), image));
                break;
            case UNetEnsembleModel ensemble:
                Near("predict", exported.Run("predict", ("image", image))["probabilities"], exact.Evaluations((run, x) =>
                    Said(stack(Enumerable.Range(0, ensemble.Declaration.Members).Select(member => run($"logits.{member}", null, [x])[0]), 1), ensemble.Declaration.Members), image));
                break;
            case DropoutUNetModel { DistinctAnswers: null } dropout when exported.Takes("predict", "uniform"):
                // The numbers that the network draws, for each sample the same images again.
                var dropped = new List<long[]>();
                network.Runner!.Observer = (node, made) =>
                {
                    if (node.Operator is Dropout)
                        dropped.Add(made.shape);
                };
                var images = image.repeat_interleave(samples, 0);
                using (var first = new Generator(9))
                    _ = dropout.Logits(images, first);
                using (var again = new Generator(9))
                {
                    var uniform = cat([.. dropped.Select(shape => rand(shape, generator: again).flatten(1))], 1).view(batch, samples, -1);
                    Near("predict", exported.Run("predict", ("image", image), ("uniform", uniform))["probabilities"], exact.Evaluations((run, x) =>
                    {
                        using var drawn = new Generator(9);
                        return Said(run("logits", drawn, [x])[0], samples);
                    }, images));
                }
                break;
            default:
                Near("predict", exported.Run("predict", ("image", image))["probabilities"], exact.Evaluations((run, x) => Said(run("logits", null, [x])[0], network.DistinctAnswers ?? 1), image));
                break;
        }

        // [N, answers, classes, H, W]
        Tensor Said(Tensor logits, int answers) => logits.view([batch, answers, spec.Classes, spec.Image.Height, spec.Image.Width]) is var each && spec.Classes == 1 ? each.sigmoid() : each.softmax(2);
        Tensor Sample(ExactNetwork.Call run, Tensor x, Tensor z) => Said(run("combine", null, [.. run("features", null, [x]), z.flatten(0, 1)])[0], samples);
        static Tensor At(IReadOnlyDictionary<string, Tensor> prior, Tensor noise) => prior["mean"].unsqueeze(1) + prior["log sigma"].exp().unsqueeze(1) * noise;
        IReadOnlyDictionary<string, Tensor> Encode(ExactNetwork.Call run, Tensor x)
        {
            var features = run("features", null, [x]).Select((map, i) => KeyValuePair.Create($"features.{i}", map));
            var prior = run("prior", null, [x]);
            return features.Append(KeyValuePair.Create("mean", prior[0])).Append(KeyValuePair.Create("log sigma", prior[1])).ToDictionary();
        }
    }

    /// <param name="what">What a failure names.</param>
    /// <param name="actual">ONNX Runtime's answer.</param>
    /// <param name="evaluations">The truth, and behind it what float32 makes of it.</param>
    private static void Near(string what, Tensor actual, IEnumerable<Tensor> evaluations)
    {
        var (truth, others) = (evaluations.First(), evaluations.Skip(1).ToList());
        Assert.Equal(truth.shape, actual.shape);
        double Far(Tensor each) => each.to(float64).sub(truth).abs().max().item<double>();
        var (far, usual) = (Far(actual), others.Max(Far));
        Assert.True(far <= Math.Max(Tolerance, Spread * usual), FormattableString.Invariant($"{what} is {far:E2} from what it is in float64, and float32 {usual:E2}"));
    }

    /// <summary>A network whose statistics are not those of an untrained one.</summary>
    private static SegmentationModel Drawn(ModelSpec spec)
    {
        var network = Interpreter.Create(spec, seed: 7).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        using var still = no_grad();
        using var random = new Generator(8);
        foreach (var (name, buffer) in network.named_buffers())
            buffer.copy_(rand(buffer.shape, generator: random).add(name.EndsWith("var", StringComparison.Ordinal) ? 0.5 : -0.5));
        foreach (var (name, parameter) in network.named_parameters().Where(named => named.name.Contains("norm", StringComparison.Ordinal)))
            parameter.copy_(rand(parameter.shape, generator: random).add(name.EndsWith("weight", StringComparison.Ordinal) ? 0.5 : -0.5));
        network.WeightsChanged();
        return network;
    }

    private static void Each(int networks, Action<ModelSpec, System.Random> law)
    {
        var seed = (ulong)System.Random.Shared.NextInt64();   // said when the law fails, so that the specs can be drawn again
        var dice = new System.Random((int)(seed % int.MaxValue));
        foreach (var spec in SpecGen.Valid.Draw(networks, seed))
        {
            using var scope = NewDisposeScope();
            try
            {
                law(spec, dice);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}: {SpecJson.Write(spec)}: {error.Message}", error);
            }
        }
    }

    /// <summary>The graphs of a network in ONNX Runtime.</summary>
    private sealed class Exported : IDisposable
    {
        private readonly Dictionary<string, InferenceSession> _sessions = [];

        public Exported(SegmentationModel network, OnnxWeights weights = OnnxWeights.Float32)
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            foreach (var (name, model) in OnnxExport.Models(network, weights))
            {
                var bytes = model.ToByteArray();
                Bytes += bytes.Length;
                _sessions[name] = new InferenceSession(bytes, options);
            }
        }

        public long Bytes { get; }

        public bool Takes(string graph, string input) => _sessions[graph].InputMetadata.ContainsKey(input);

        public Dictionary<string, Tensor> Run(string graph, params (string Name, Tensor Value)[] inputs)
        {
            var session = _sessions[graph];
            var values = Array.ConvertAll(inputs, input => OrtValue.CreateTensorValueFromMemory(input.Value.contiguous().data<float>().ToArray(), input.Value.shape));
            using var options = new RunOptions();
            using var results = session.Run(options, [.. inputs.Select(input => input.Name)], values, session.OutputNames);
            foreach (var value in values)
                value.Dispose();
            return session.OutputNames.Zip(results).ToDictionary(pair => pair.First, pair => tensor(pair.Second.GetTensorDataAsSpan<float>().ToArray(), pair.Second.GetTensorTypeAndShape().Shape));
        }

        public void Dispose()
        {
            foreach (var session in _sessions.Values)
                session.Dispose();
        }
    }
}
