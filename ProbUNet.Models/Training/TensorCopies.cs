using static TorchSharp.torch;

namespace ProbUNet.Models.Training;

/// <summary>Copies of tensors, to put back.</summary>
internal sealed class TensorCopies : IDisposable
{
    private readonly List<(string Name, Tensor Values, Tensor Copy)> _each;

    /// <summary>Copies them as they are.</summary>
    public TensorCopies(IEnumerable<(string Name, Tensor Values)> tensors)
    {
        using var _ = no_grad();
        _each = [.. tensors.Select(named => (named.Name, named.Values, named.Values.clone().DetachFromDisposeScope()))];
    }

    /// <summary>The copies, by name.</summary>
    public IEnumerable<(string Name, Tensor Values)> Copies => _each.Select(each => (each.Name, each.Copy));

    /// <summary>Copies the tensors as they now are.</summary>
    public void Take() => Each((values, copy) => copy.copy_(values));

    /// <summary>Gives the tensors what was copied.</summary>
    public void PutBack() => Each((values, copy) => values.copy_(copy));

    /// <summary>Gives the tensors what was copied, and the copies what the tensors had.</summary>
    public void Exchange() => Each((values, copy) =>
    {
        using var kept = values.clone();
        values.copy_(copy);
        copy.copy_(kept);
    });

    /// <summary>Does something to each tensor and its copy, without a gradient.</summary>
    public void Each(Action<Tensor, Tensor> act)
    {
        using var _ = no_grad();
        foreach (var (_, values, copy) in _each)
            act(values, copy);
    }

    /// <summary>Frees the copies.</summary>
    public void Dispose() => _each.ForEach(each => each.Copy.Dispose());
}
