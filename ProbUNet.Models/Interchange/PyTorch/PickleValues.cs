namespace ProbUNet.Models.Interchange.PyTorch;

/// <summary>A tuple of a pickle.</summary>
internal sealed record PickledTuple(object?[] Items);

/// <summary>A list of a pickle, which grows while it is read.</summary>
internal sealed class PickledList
{
    public List<object?> Items { get; } = [];
}

/// <summary>A dictionary of a pickle, ordered or not, in the order of its bytes.</summary>
/// <param name="offset">Where in the file it is made.</param>
internal sealed class PickledDict(long offset)
{
    public long Offset => offset;

    public List<(object? Key, object? Value)> Items { get; } = [];

    /// <summary>The values under keys that are text.</summary>
    public IEnumerable<(string Key, object? Value)> Named => Items.Where(item => item.Key is string).Select(item => ((string)item.Key!, item.Value));
}

/// <summary>One of the few names of Python that a pickle may ask for; it is compared, never called.</summary>
internal sealed record PickledName(string Name);

/// <summary>The values of one storage, which tensors share.</summary>
/// <param name="Entry">Where they are.</param>
/// <param name="Type">What they are.</param>
/// <param name="Count">How many.</param>
internal sealed record PickledStorage(ZipEntry Entry, ElementType Type, long Count);

/// <summary>A tensor of a pickle: a view of a storage.</summary>
/// <param name="Storage">Of which.</param>
/// <param name="First">Its first value in it.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Strides">Values from one index of a dimension to the next.</param>
internal sealed record PickledTensor(PickledStorage Storage, long First, long[] Shape, long[] Strides);

/// <summary>What has no meaning here and does no harm: a device, a type, a number beyond 64 bits.</summary>
internal sealed class PickledOther
{
    public static PickledOther Instance { get; } = new();
}
