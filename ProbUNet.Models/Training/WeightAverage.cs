using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>The running mean of weights and running statistics (Polyak and Juditsky 1992, with decay), which can take their place for a while. It starts with them as they are.</summary>
/// <param name="moving">What training moves, by name.</param>
internal sealed class WeightAverage(IEnumerable<(string Name, Tensor Values)> moving) : IDisposable
{
    private readonly TensorCopies _means = new(moving);

    /// <summary>The mean, by name; what is moving itself while they are exchanged.</summary>
    public IEnumerable<(string Name, Tensor Values)> State => _means.Copies.Select(named => ($"average/{named.Name}", named.Values));

    /// <summary>After a step: mean ← decay · mean + (1 − decay) · weights.</summary>
    public void Follow(double decay)
    {
        using Scalar stays = decay.ToScalar(), share = (1 - decay).ToScalar();   // held: see SegmentationModel.Operators.cs
        _means.Each((weights, mean) => mean.mul_(stays).add_(weights, share));
    }

    /// <summary>Puts the mean in the place of the weights, and the weights in that of the mean; a second time puts both back.</summary>
    public void Exchange() => _means.Exchange();

    /// <summary>Frees the mean.</summary>
    public void Dispose() => _means.Dispose();
}
