using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ProbUNet.Models.Interchange;

/// <summary>A tensor as a file holds it: a shape and its float32 values in row-major order.</summary>
/// <param name="Shape">Its dimensions; none for a scalar.</param>
/// <param name="Values">As many values as the shape says.</param>
public sealed record StoredTensor(long[] Shape, float[] Values);

/// <summary>
/// The safetensors format (a length, a JSON header, raw little-endian values), float32. Every length and offset of a file is
/// checked before it is used; what is written is the same bytes for the same tensors.
/// </summary>
public static class Safetensors
{
    /// <summary>No header of a network comes near this; more is a damaged file.</summary>
    private const long MaxHeader = 100_000_000;

    /// <summary>Reads all tensors of a file.</summary>
    /// <exception cref="InputException">The file is missing, damaged, or holds what is not float32.</exception>
    public static IReadOnlyDictionary<string, StoredTensor> Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (Disk.IsRefusal(error))
        {
            throw new InputException(path, "it cannot be read", "check the path and its permissions", error);
        }

        InputException Damaged(string why, Exception? inner = null) => new(path, $"it is not a whole safetensors file ({why})", "fetch or write it again", inner);

        if (bytes.Length < 8)
            throw Damaged($"{bytes.Length} bytes");
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (headerLength > MaxHeader || headerLength > (ulong)bytes.Length - 8)
            throw Damaged($"its header claims {headerLength} bytes");
        var data = bytes.AsSpan(8 + (int)headerLength);
        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        try
        {
            using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)headerLength));
            foreach (var entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__")
                    continue;
                var dtype = entry.Value.GetProperty("dtype").GetString();
                if (dtype != "F32")
                    throw new InputException(path, $"the tensor {entry.Name} is {dtype}", "store it as F32");
                var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
                var offsets = entry.Value.GetProperty("data_offsets");
                var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
                var count = shape.Aggregate(1L, (product, size) => size < 0 ? throw Damaged($"{entry.Name} has a negative size") : checked(product * size));
                if (begin < 0 || end > data.Length || end - begin != checked(count * sizeof(float)))
                    throw Damaged($"the values of {entry.Name} are not where its header says");
                if (!tensors.TryAdd(entry.Name, new StoredTensor(shape, MemoryMarshal.Cast<byte, float>(data[(int)begin..(int)end]).ToArray())))
                    throw Damaged($"{entry.Name} is there twice");
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw Damaged("its header cannot be read", error);
        }
        return tensors;
    }

    /// <summary>Writes tensors to a file, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="tensors">In the order in which they are stored.</param>
    /// <param name="metadata">Words about the file.</param>
    /// <exception cref="InputException">The path is a folder, or cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, StoredTensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        var entries = tensors.ToList();
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            var offset = 0L;
            foreach (var (name, tensor) in entries)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)tensor.Values.Length * sizeof(float));
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
            foreach (var (_, tensor) in entries)
                stream.Write(MemoryMarshal.AsBytes<float>(tensor.Values));
        });
    }
}
