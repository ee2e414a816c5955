using System.Text.Json;
using ProbUNet.Dsl;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Runtime;

/// <summary>The configuration of the fixture lidc-small, declared with attributes.</summary>
[ProbabilisticUNet(Height = 64, Width = 64)]
[UNet(Channels = [4, 8, 16, 24])]
[Latent(3)]
[Posterior(Mask = MaskEncoding.Raw)]
[Combiner(Convs = 4)]
internal sealed partial class LidcSmall;

/// <summary>The configuration of the fixture rgb-deep.</summary>
[ProbabilisticUNet(ImageChannels = 3, Height = 64, Width = 96)]
[UNet(Channels = [4, 6, 8, 8, 10])]
[Latent(6)]
[Posterior(Mask = MaskEncoding.Raw)]
[Combiner(Convs = 3)]
internal sealed partial class RgbDeep;

/// <summary>
/// Networks declared with attributes, given the weights of the public PyTorch re-implementation, compute what it computed. The
/// largest error of a tensor is at most 1e-4 of its largest value.
/// </summary>
public class GoldenParityTests
{
    private const double Tolerance = 1e-4;
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "reference-punet");

    [Theory]
    [InlineData("lidc-small", false, "safetensors")]
    [InlineData("lidc-small", true, "pth")]
    [InlineData("rgb-deep", false, "pth")]
    [InlineData("rgb-deep", true, "safetensors")]
    public void ForwardLossGradientsAndOneAdamStep_AreTheReferences(string fixture, bool interpreted, string format)
    {
        using var thread = OneThread.Enter();
        using var scope = NewDisposeScope();
        using ProbabilisticUNetModel declared = fixture == "lidc-small" ? new LidcSmall() : new RgbDeep();
        using var model = interpreted ? Interpreter.Create(declared.Declaration).Match(made => made, errors => throw new InvalidOperationException(errors.ToString())) : declared;
        var configuration = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, $"{fixture}.json"))).RootElement;
        Assert.Equal(configuration.GetProperty("parameters").GetInt64(), model.ParameterCount);

        var foreign = NameMap.Reference.For(model.Declaration);
        using var weights = TensorFile.Open(Path.Combine(Folder, $"{fixture}.{format}"));
        Weights.Load(model, weights, NameMap.Reference);
        var golden = new Golden(Path.Combine(Folder, $"{fixture}.expected.safetensors"));
        var (image, mask, noise) = (golden["image"], golden["mask"], golden["eps"]);

        var features = model.Features(image);
        golden.Check("unet_features", features[0]);
        DiagonalGaussian prior = model.Prior(image);
        golden.Check("prior_mean", prior.Mean);
        golden.Check("prior_log_sigma", prior.LogSigma);
        DiagonalGaussian posterior = model.Posterior(image, mask);
        golden.Check("posterior_mean", posterior.Mean);
        golden.Check("posterior_log_sigma", posterior.LogSigma);
        var zPosterior = posterior.At(noise);
        golden.Check("z_posterior", zPosterior);
        var zPrior = prior.At(noise.flip(0));
        golden.Check("z_prior", zPrior);
        golden.Check("logits_posterior", model.Combine(features, zPosterior));
        golden.Check("logits_prior", model.Combine(features, zPrior));
        golden.Check("kl", posterior.KullbackLeibler(prior));

        var beta = configuration.GetProperty("beta").GetDouble();
        var terms = model.LossAt(image, mask, noise);
        golden.Check("cross_entropy_sum", terms.CrossEntropy.sum());
        golden.Check("elbo", terms.CrossEntropy.sum().add(terms.KullbackLeibler!.sum(1).mean(), beta).neg());
        var loss = Objective.Reference.Reduce(terms, beta, model);
        golden.Check("loss", loss);

        loss.backward();
        var gradients = model.named_parameters().ToDictionary(named => named.name, named => named.parameter.grad ?? zeros_like(named.parameter));
        foreach (var (name, gradient) in gradients)
            golden.Check($"grad.{foreign(name)}", gradient);

        using var adam = optim.Adam(model.parameters(), lr: 1e-4, beta1: 0.9, beta2: 0.999, eps: 1e-8);
        adam.step();
        foreach (var (name, parameter) in model.named_parameters())
        {
            // Where the gradient is rounding noise, Adam's first step is the sign of that noise.
            var reference = golden[$"grad.{foreign(name)}"].abs();
            var meaningful = reference.ge(reference.max().mul(1e-5)).logical_and(reference.gt(0));
            golden.Check($"after_adam_step.{foreign(name)}", parameter, meaningful);
        }
        golden.AllWereChecked();
    }

    private sealed class Golden(string path)
    {
        private readonly IReadOnlyDictionary<string, StoredTensor> _tensors = Safetensors.Read(path);
        private readonly HashSet<string> _seen = [];

        public Tensor this[string name]
        {
            get
            {
                _seen.Add(name);
                return tensor(_tensors[name].Values, _tensors[name].Shape);
            }
        }

        public void Check(string name, Tensor actual, Tensor? where = null)
        {
            var expected = this[name].reshape(actual.shape);
            var error = actual.detach().sub(expected).abs();
            if (where is not null)
                error = error.where(where, tensor(0f));
            var (largest, scale) = (error.max().ToDouble(), expected.abs().max().ToDouble());
            Assert.True(largest <= Tolerance * scale, $"{name}: the largest error is {largest:G3} where the largest value is {scale:G3}");
        }

        public void AllWereChecked() => Assert.Empty(_tensors.Keys.Except(_seen));
    }
}

/// <summary>Parity and equality of bits are tested on one thread: the order of sums depends on their number.</summary>
internal sealed class OneThread : IDisposable
{
    private readonly int _before = get_num_threads();

    private OneThread() => set_num_threads(1);

    public static OneThread Enter() => new();

    public void Dispose() => set_num_threads(_before);
}
