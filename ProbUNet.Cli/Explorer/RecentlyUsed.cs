namespace ProbUNet.Cli.Explorer;

/// <summary>A few values by key: the one whose last use is longest ago makes room for a new one. For one thread at a time.</summary>
/// <param name="capacity">At least 1.</param>
internal sealed class RecentlyUsed<TValue>(int capacity) : IDisposable
{
    private readonly LinkedList<(string Key, TValue Value)> _order = [];   // the last used first
    private readonly Dictionary<string, LinkedListNode<(string Key, TValue Value)>> _places = [];

    /// <summary>How many there are, at most the capacity.</summary>
    public int Count => _places.Count;

    /// <summary>The value of a key, which is used by this; nothing where it is not there.</summary>
    public bool TryGet(string key, out TValue? value)
    {
        value = default;
        if (!_places.TryGetValue(key, out var place))
            return false;
        _order.Remove(place);
        _order.AddFirst(place);
        value = place.Value.Value;
        return true;
    }

    /// <summary>The value of a key; made if it is not there. What makes room for it is disposed.</summary>
    public TValue Get(string key, Func<TValue> make)
    {
        if (TryGet(key, out var known))
            return known!;
        while (_order.Count >= capacity)
            Drop(_order.Last!);
        var value = make();
        _places[key] = _order.AddFirst((key, value));
        return value;
    }

    /// <summary>Disposes all.</summary>
    public void Dispose()
    {
        while (_order.Last is { } last)
            Drop(last);
    }

    private void Drop(LinkedListNode<(string Key, TValue Value)> place)
    {
        _order.Remove(place);
        _places.Remove(place.Value.Key);
        (place.Value.Value as IDisposable)?.Dispose();
    }
}
