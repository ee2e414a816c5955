using ProbUNet.Models.Runtime;
using static TorchSharp.torch;

namespace ProbUNet.Models.Interchange;

/// <summary>The weights of a network, to and from values in memory and files.</summary>
public static class Weights
{
    /// <summary>A copy of all parameters, in the network's order, and of the running statistics that it keeps.</summary>
    public static IReadOnlyList<KeyValuePair<string, StoredTensor>> Copy(SegmentationModel model) =>
        [.. State(model).Select(named => KeyValuePair.Create(named.Name, ToStored(named.Tensor)))];

    /// <summary>Writes the weights as safetensors, whole or not at all.</summary>
    /// <exception cref="InputException">The path is a folder, or cannot be written.</exception>
    public static void Save(SegmentationModel model, string path) => Safetensors.Write(path, Copy(model));

    /// <summary>Reads weights that <see cref="Save"/> or a foreign program wrote.</summary>
    /// <param name="model">The network that takes them; unchanged if anything does not fit.</param>
    /// <param name="path">A safetensors file.</param>
    /// <param name="foreignName">From this project's names to the file's; the same if left out.</param>
    /// <exception cref="InputException">The file cannot be read, or its tensors are not the network's.</exception>
    public static void Load(SegmentationModel model, string path, Func<string, string>? foreignName = null)
    {
        Assign(State(model), path, Safetensors.Read(path), foreignName);
        model.WeightsChanged();
    }

    /// <summary>Puts back what <see cref="Copy"/> took.</summary>
    internal static void Assign(SegmentationModel model, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        Assign(State(model), model.GetType().Name, tensors);
        model.WeightsChanged();
    }

    /// <summary>Copies values into tensors, all of them or none.</summary>
    /// <param name="state">The tensors, by name.</param>
    /// <param name="source">What a refusal names.</param>
    /// <param name="tensors">The values, by name: as many, of the same shapes.</param>
    /// <param name="foreignName">From the tensors' names to the values'; the same if left out.</param>
    /// <exception cref="InputException">They are not those of the tensors.</exception>
    internal static void Assign(IEnumerable<(string Name, Tensor Tensor)> state, string source, IReadOnlyDictionary<string, StoredTensor> tensors, Func<string, string>? foreignName = null)
    {
        foreignName ??= name => name;
        var problems = new List<string>();
        var expected = new HashSet<string>();
        var assignments = new List<(Tensor Parameter, StoredTensor Stored)>();
        foreach (var (name, parameter) in state)
        {
            var foreign = foreignName(name);
            expected.Add(foreign);
            if (!tensors.TryGetValue(foreign, out var stored))
                problems.Add($"{foreign} is missing");
            else if (!stored.Shape.SequenceEqual(parameter.shape))
                problems.Add($"{foreign} is [{string.Join(", ", stored.Shape)}] where the network has [{string.Join(", ", parameter.shape)}]");
            else
                assignments.Add((parameter, stored));
        }
        problems.AddRange(tensors.Keys.Where(name => !expected.Contains(name)).Order(StringComparer.Ordinal).Select(name => $"{name} is unexpected"));
        if (problems.Count > 0)
        {
            const int shown = 5;
            var more = problems.Count > shown ? $" and {problems.Count - shown} more" : "";
            throw new InputException(source, $"its tensors are not this network's: {string.Join(", ", problems.Take(shown))}{more}", "load it into the network that it was saved from");
        }
        using var _ = no_grad();
        foreach (var (parameter, stored) in assignments)
        {
            using var values = tensor(stored.Values, stored.Shape, device: parameter.device);
            parameter.copy_(values);   // the handle that comes back is the parameter itself
        }
    }

    private static IEnumerable<(string Name, Tensor Tensor)> State(SegmentationModel model) =>
        model.named_parameters().Select(named => (named.name, (Tensor)named.parameter)).Concat(model.named_buffers().Select(named => (named.name, named.buffer)));

    /// <summary>A copy of a tensor's values.</summary>
    internal static StoredTensor ToStored(Tensor parameter)
    {
        using var _ = no_grad();
        using var there = parameter.detach();
        using var here = there.cpu();
        using var dense = here.contiguous();
        return new StoredTensor(parameter.shape, dense.data<float>().ToArray());
    }
}
