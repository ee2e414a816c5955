namespace ProbUNet.Models.Interchange;

/// <summary>A tensor in a <see cref="TensorFile"/>: what it is, is known; its values stay in the file until they are asked for.</summary>
public sealed class FileTensor
{
    private const int Chunk = 1 << 18;   // values that are looked at together

    private readonly MappedFile _file;
    private readonly long[] _shape, _strides;
    private readonly bool _reversed;
    private readonly Action _check;

    /// <param name="file">Where it is.</param>
    /// <param name="name">What the file calls it.</param>
    /// <param name="type">What its values are.</param>
    /// <param name="shape">Its dimensions, checked already.</param>
    /// <param name="strides">Values from one index of a dimension to the next; all places are within the file.</param>
    /// <param name="offset">The place of its first value in the file, bytes.</param>
    /// <param name="reversed">Whether the file is big-endian.</param>
    /// <param name="check">Refuses values that are not as they were written.</param>
    internal FileTensor(MappedFile file, string name, ElementType type, long[] shape, long[] strides, long offset, bool reversed = false, Action? check = null)
    {
        (_file, Name, Type, _shape, _strides, Offset, _reversed, _check) = (file, name, type, shape, strides, offset, reversed, check ?? (() => { }));
        Count = shape.Aggregate(1L, (product, size) => product * size);
    }

    /// <summary>What the file calls it.</summary>
    public string Name { get; }

    /// <summary>What its values are.</summary>
    public ElementType Type { get; }

    /// <summary>Its dimensions; none for a scalar.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>How many values there are.</summary>
    public long Count { get; }

    /// <summary>Where in the file its first value is, bytes.</summary>
    public long Offset { get; }

    /// <summary>Its values as float32, in row-major order. From F16 and BF16 this is exact.</summary>
    /// <exception cref="InputException">A value is none that float32 holds, or the file's checksum says that they are not as they were written.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public float[] ToFloats()
    {
        _check();
        var floats = new float[Length(1)];
        EachChunk((bytes, at, count) => Convert(bytes, at, floats.AsSpan((int)at, count)));
        return floats;
    }

    /// <summary>Its values as they are: row-major, without gaps, little-endian.</summary>
    /// <inheritdoc cref="ToFloats"/>
    public byte[] ToBytes()
    {
        _check();
        var values = new byte[Length(Type.Size())];
        EachChunk((bytes, at, _) => bytes.CopyTo(values.AsSpan((int)at * Type.Size())));
        return values;
    }

    /// <summary>It with its values.</summary>
    /// <inheritdoc cref="ToFloats"/>
    public StoredTensor ToStored() => new([.. _shape], ToFloats());

    /// <summary>Makes sure that <see cref="ToFloats"/> will not refuse.</summary>
    internal void Check()
    {
        _check();
        _ = Length(1);
        if (Type.FitsFloat())
            return;
        var floats = new float[Math.Min(Count, Chunk)];
        EachChunk((bytes, at, count) => Convert(bytes, at, floats.AsSpan(0, count)));
    }

    private delegate void Taker(ReadOnlySpan<byte> bytes, long at, int count);

    private void Convert(ReadOnlySpan<byte> bytes, long at, Span<float> floats)
    {
        if (Type.ToFloats(bytes, floats) is var broken and >= 0)
            throw new InputException(_file.Path, FormattableString.Invariant($"the tensor {OneLine.Of(Name)} (byte {Offset}) is {Type.Code()}, and float32 does not hold its value {at + broken}"), "store it as F32");
    }

    private int Length(int size) => Count <= Array.MaxLength / size
        ? (int)Count * size
        : throw new InputException(_file.Path, FormattableString.Invariant($"the tensor {OneLine.Of(Name)} (byte {Offset}) has {Count} values"), "store it in several");

    /// <summary>Hands on all values, some at a time, without gaps and little-endian.</summary>
    private void EachChunk(Taker take)
    {
        var size = Type.Size();
        var dense = IsDense();
        var buffer = dense && !_reversed ? [] : new byte[Math.Min(Count, Chunk) * size];
        var index = new long[_shape.Length];
        var place = 0L;
        for (var at = 0L; at < Count; at += Chunk)
        {
            var count = (int)Math.Min(Chunk, Count - at);
            if (dense && !_reversed)
            {
                take(_file.Bytes(Offset + at * size, count * size), at, count);
                continue;
            }
            for (var i = 0; i < count; i++)
            {
                var value = buffer.AsSpan(i * size, size);
                _file.Bytes(Offset + place * size, size).CopyTo(value);
                if (_reversed)
                    value.Reverse();
                // The last dimension moves first.
                for (var d = _shape.Length - 1; d >= 0; d--)
                {
                    place += _strides[d];
                    if (++index[d] < _shape[d])
                        break;
                    place -= _strides[d] * _shape[d];
                    index[d] = 0;
                }
            }
            take(buffer.AsSpan(0, count * size), at, count);
        }
    }

    private bool IsDense()
    {
        var expected = 1L;
        for (var d = _shape.Length - 1; d >= 0; expected *= _shape[d--])
            if (_shape[d] != 1 && _strides[d] != expected)
                return false;
        return true;
    }

    /// <summary>The strides of values without gaps.</summary>
    internal static long[] DenseStrides(long[] shape)
    {
        var strides = new long[shape.Length];
        var product = 1L;
        for (var d = shape.Length - 1; d >= 0; product *= shape[d--])
            strides[d] = product;
        return strides;
    }
}
