using ProbUNet.Models.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>The running mean of a network's weights (Polyak and Juditsky 1992, with decay), which can take their place for a while.</summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly List<(string Name, Tensor Weights, Tensor Mean)> _each;

    /// <summary>Starts with the weights as they are.</summary>
    public WeightAverage(SegmentationModel model)
    {
        using var _ = no_grad();
        _each = [.. model.named_parameters().Select(named => (named.name, (Tensor)named.parameter, named.parameter.clone().DetachFromDisposeScope()))];
    }

    /// <summary>The weights themselves, by name, while <see cref="Exchanged"/> has the mean in their place; else the mean.</summary>
    public IEnumerable<(string Name, Tensor Values)> State => _each.Select(each => ($"average/{each.Name}", each.Mean));

    /// <summary>After a step: mean ← decay · mean + (1 − decay) · weights.</summary>
    public void Follow(double decay)
    {
        using var _ = no_grad();
        using Scalar stays = decay.ToScalar(), share = (1 - decay).ToScalar();
        foreach (var (_, weights, mean) in _each)
            mean.mul_(stays).add_(weights, share);
    }

    /// <summary>Puts the mean in the place of the weights, and the weights in that of the mean, until what it returns is disposed.</summary>
    public IDisposable Exchanged()
    {
        Exchange();
        return new Back(this);
    }

    private void Exchange()
    {
        using var _ = no_grad();
        foreach (var (_, weights, mean) in _each)
        {
            using var kept = weights.clone();
            weights.copy_(mean);
            mean.copy_(kept);
        }
    }

    /// <summary>Frees the mean.</summary>
    public void Dispose() => _each.ForEach(each => each.Mean.Dispose());

    private sealed class Back(WeightAverage average) : IDisposable
    {
        public void Dispose() => average.Exchange();
    }
}
