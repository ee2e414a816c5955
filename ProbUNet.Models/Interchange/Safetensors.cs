using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ProbUNet.Models.Interchange;

/// <summary>A tensor in memory: a shape and its float32 values in row-major order.</summary>
/// <param name="Shape">Its dimensions; none for a scalar.</param>
/// <param name="Values">As many values as the shape says.</param>
public sealed record StoredTensor(long[] Shape, float[] Values);

/// <summary>A tensor in memory whose values are of any type.</summary>
/// <param name="Type">What they are.</param>
/// <param name="Shape">Its dimensions; none for a scalar.</param>
/// <param name="Values">Row-major and little-endian, as many as the shape says.</param>
public sealed record TensorBytes(ElementType Type, long[] Shape, ReadOnlyMemory<byte> Values);

/// <summary>
/// The safetensors format (a length, a JSON header, raw little-endian values). Every length and offset of a file is checked before it is used; what is written is the same bytes for the
/// same tensors. <see cref="TensorFile"/> opens a file without reading the values.
/// </summary>
public static class Safetensors
{
    /// <summary>Reads all tensors of a file as float32.</summary>
    /// <exception cref="InputException">The file is missing, damaged (the message names the byte), or has a value that float32 does not hold.</exception>
    public static IReadOnlyDictionary<string, StoredTensor> Read(string path)
    {
        using var mapped = MappedFile.Open(path);
        var tensors = new OrderedDictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in SafetensorsHeader.Read(mapped).Tensors)
            tensors.Add(name, tensor.ToStored());
        return tensors;
    }

    /// <summary>Writes tensors to a file, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="tensors">In the order in which they are stored.</param>
    /// <param name="metadata">Words about the file; they are stored in the ordinal order of their keys.</param>
    /// <exception cref="InputException">The path is a folder, or cannot be written.</exception>
    /// <exception cref="ArgumentException">A name is there twice or no name for a tensor, or a shape is not that of the values.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, StoredTensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null) => Write(
        path, [.. tensors.Select(named => new Entry(named.Key, ElementType.F32, named.Value.Shape, (long)named.Value.Values.Length * sizeof(float), stream => stream.Write(MemoryMarshal.AsBytes<float>(named.Value.Values))))], metadata);

    /// <summary>Writes tensors of any type to a file, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="tensors">Those of larger elements are stored first, so that all are aligned; else in this order.</param>
    /// <param name="metadata">Words about the file; they are stored in the ordinal order of their keys.</param>
    /// <inheritdoc cref="Write(string, IEnumerable{KeyValuePair{string, StoredTensor}}, IEnumerable{KeyValuePair{string, string}}?)"/>
    public static void WriteBytes(string path, IEnumerable<KeyValuePair<string, TensorBytes>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null) => Write(
        path, [.. tensors.Select(named => new Entry(named.Key, named.Value.Type, named.Value.Shape, named.Value.Values.Length, stream => stream.Write(named.Value.Values.Span))).OrderByDescending(entry => entry.Type.Size())], metadata);

    private sealed record Entry(string Name, ElementType Type, long[] Shape, long Length, Action<Stream> Write);

    private static void Write(string path, List<Entry> entries, IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.MetadataName };
        foreach (var entry in entries)
            if (!names.Add(entry.Name) || entry.Shape.Aggregate((Int128)entry.Type.Size(), (bytes, size) => bytes * size) != entry.Length)
                throw new ArgumentException($"{entry.Name} is no name for a tensor, is there twice, or has a shape that is not that of its values.", nameof(entries));
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach (var (key, value) in metadata.OrderBy(each => each.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            var offset = 0L;
            foreach (var entry in entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", entry.Type.Code());
                json.WriteStartArray("shape");
                foreach (var size in entry.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += entry.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');   // the format aligns the values so

        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            header.WriteTo(stream);
            foreach (var entry in entries)
                entry.Write(stream);
        });
    }
}
