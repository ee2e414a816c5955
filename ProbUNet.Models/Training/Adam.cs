using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) and AdamW (Loshchilov and Hutter 2019, algorithm 2), torch's but for the last bit of a root. Written here because its state is a part of checkpoints: it is
/// kept by the names of parameters, which outlive their order.
/// </summary>
internal sealed class Adam : IDisposable
{
    private const double MeanDecay = 0.9, SquareDecay = 0.999, Epsilon = 1e-8;

    private readonly List<Moments> _moments;
    private readonly double _weightDecay;
    private readonly bool _decoupled;

    /// <summary>Starts with moments of 0.</summary>
    /// <param name="parameters">What is moved, by name.</param>
    /// <param name="decayed">The names of those whose size is held down.</param>
    /// <param name="plan">How.</param>
    public Adam(IEnumerable<(string Name, Parameter Parameter)> parameters, IReadOnlySet<string> decayed, TrainingPlan plan)
    {
        (_weightDecay, _decoupled) = (plan.WeightDecay, plan.Optimizer == Optimization.AdamW);
        _moments = [.. parameters.Select(named => new Moments(
            named.Name, named.Parameter, decayed.Contains(named.Name), zeros_like(named.Parameter).DetachFromDisposeScope(), zeros_like(named.Parameter).DetachFromDisposeScope()))];
    }

    /// <summary>Steps taken so far, on which the correction of the moments' start depends.</summary>
    public int Steps { get; set; }

    /// <summary>What has to come back for the next step to be the same, by name: running means of gradients and of their squares.</summary>
    public IEnumerable<(string Name, Tensor Values)> State =>
        _moments.SelectMany(each => new[] { ($"adam.mean/{each.Name}", each.Mean), ($"adam.square/{each.Name}", each.Square) });

    /// <summary>Forgets the gradients of the step before. What is left out is made anew by the next backward pass, which then need not add to it.</summary>
    public void ZeroGradients()
    {
        foreach (var each in _moments)
            each.Parameter.grad = null;
    }

    /// <summary>The 2-norm of the gradient of all parameters, a number on their device.</summary>
    public Tensor GradientNorm()
    {
        using var scope = NewDisposeScope();
        Tensor[] norms = [.. _moments.Select(each => each.Parameter.grad).OfType<Tensor>().Select(gradient => gradient.norm())];
        return (norms.Length == 0 ? zeros(1) : stack(norms).norm()).MoveToOuterDisposeScope();
    }

    /// <summary>Makes the gradient shorter by a factor.</summary>
    public void Shorten(double factor)
    {
        using var scope = NewDisposeScope();
        using var scale = factor.ToScalar();
        foreach (var each in _moments)
            each.Parameter.grad?.mul_(scale);
    }

    /// <summary>Moves the parameters along their gradients.</summary>
    public void Step(double learningRate)
    {
        Steps++;
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        // Held: see SegmentationModel.Operators.cs.
        using Scalar meanDecay = MeanDecay.ToScalar(), meanShare = (1 - MeanDecay).ToScalar(), squareDecay = SquareDecay.ToScalar(), squareShare = (1 - SquareDecay).ToScalar();
        using Scalar penalty = _weightDecay.ToScalar(), shrink = (1 - learningRate * _weightDecay).ToScalar(), epsilon = Epsilon.ToScalar();
        using Scalar correction = Math.Sqrt(1 - Math.Pow(SquareDecay, Steps)).ToScalar(), size = (-learningRate / (1 - Math.Pow(MeanDecay, Steps))).ToScalar();
        var inMemory = new FusedAdam((float)MeanDecay, (float)(1 - MeanDecay), (float)SquareDecay, (float)(1 - SquareDecay), (float)Epsilon,
            (float)Math.Sqrt(1 - Math.Pow(SquareDecay, Steps)), (float)(-learningRate / (1 - Math.Pow(MeanDecay, Steps))),
            Penalty: _decoupled ? 0 : (float)_weightDecay, Shrink: _decoupled ? (float)(1 - learningRate * _weightDecay) : 1);
        foreach (var (_, parameter, isDecayed, mean, square) in _moments)
        {
            if (parameter.grad is not { } gradient)
                continue;
            using var inner = NewDisposeScope();
            if (inMemory.TryStep(parameter, gradient, mean, square, isDecayed))
                continue;
            if (isDecayed && _weightDecay != 0)
            {
                if (_decoupled)
                    parameter.mul_(shrink);
                else
                    gradient = gradient.add(parameter, penalty);
            }
            mean.mul_(meanDecay).add_(gradient, meanShare);
            square.mul_(squareDecay).addcmul_(gradient, gradient, squareShare);
            parameter.addcdiv_(mean, square.sqrt().div_(correction).add_(epsilon), size);
        }
    }

    /// <summary>Frees the moments.</summary>
    public void Dispose()
    {
        foreach (var each in _moments)
        {
            each.Mean.Dispose();
            each.Square.Dispose();
        }
    }

    private sealed record Moments(string Name, Parameter Parameter, bool IsDecayed, Tensor Mean, Tensor Square);
}
