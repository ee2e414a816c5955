using System.Buffers.Binary;
using System.Text.Json;

namespace ProbUNet.Models.Interchange;

/// <summary>
/// Reads what a safetensors file says of its tensors: 8 bytes with the length of a JSON header, the header, and the values, which fill the rest without holes and without overlaps
/// (the format's own rules, see the README of huggingface/safetensors).
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>No header of a network comes near these; more is a damaged file, or one that is made to fill the memory.</summary>
    private const long MaxLength = 1 << 24;
    private const int MaxTensors = 50_000, MaxDimensions = 64;

    private const int Prefix = 8;

    public const string MetadataName = "__metadata__";

    /// <summary>The tensors of a file.</summary>
    /// <exception cref="InputException">It is damaged, or holds what is no <see cref="ElementType"/>.</exception>
    public static TensorFile Read(MappedFile file)
    {
        if (file.Length < Prefix)
            throw Damaged(file, 0, $"there are {file.Length} bytes");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(0, Prefix));
        if (length > MaxLength || (long)length > file.Length - Prefix)
            // A header is an object, and begins so in a damaged file too.
            throw file.Length > Prefix && file.Bytes(Prefix, 1)[0] == (byte)'{' ? Damaged(file, 0, $"its header claims {length} bytes")
                : new InputException(file.Path, "it is in none of the formats that weights are read from (byte 0)", "name a safetensors file, or what PyTorch's torch.save wrote for a state_dict (.pth, .pt)");
        var reader = new Utf8JsonReader(file.Bytes(Prefix, (int)length));
        try
        {
            var tensors = new OrderedDictionary<string, FileTensor>(StringComparer.Ordinal);
            var metadata = new OrderedDictionary<string, string>(StringComparer.Ordinal);
            Expect(ref reader, file, JsonTokenType.StartObject);
            while (Next(ref reader, file) == JsonTokenType.PropertyName)
            {
                var place = Prefix + reader.TokenStartIndex;
                var name = reader.GetString()!;
                if (name == MetadataName)
                    ReadMetadata(ref reader, file, metadata);
                else if (tensors.Count == MaxTensors)
                    throw Damaged(file, place, $"there are more than {MaxTensors} tensors");
                else if (!tensors.TryAdd(name, ReadTensor(ref reader, file, name, Prefix + (long)length)))
                    throw Damaged(file, place, $"{OneLine.Of(name)} is there twice");
            }
            _ = reader.Read();   // which finds what is behind the object
            CheckCover(file, Prefix + (long)length, tensors.Values);
            return new TensorFile(file, tensors, metadata);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw Damaged(file, Prefix + reader.TokenStartIndex, "its header cannot be read", error);
        }
    }

    private static FileTensor ReadTensor(ref Utf8JsonReader reader, MappedFile file, string name, long values)
    {
        var place = Prefix + reader.TokenStartIndex;
        string? code = null;
        List<long>? shape = null, offsets = null;
        Expect(ref reader, file, JsonTokenType.StartObject);
        while (Next(ref reader, file) == JsonTokenType.PropertyName)
        {
            if (code is null && reader.ValueTextEquals("dtype"))
            {
                Expect(ref reader, file, JsonTokenType.String);
                code = reader.GetString();
            }
            else if (shape is null && reader.ValueTextEquals("shape"))
                shape = ReadNumbers(ref reader, file, MaxDimensions);
            else if (offsets is null && reader.ValueTextEquals("data_offsets"))
                offsets = ReadNumbers(ref reader, file, 2);
            else
                throw Damaged(file, Prefix + reader.TokenStartIndex, $"{OneLine.Of(reader.GetString()!)} is no part of a tensor, or there twice");
        }
        if (code is null || shape is null || offsets is not [var begin, var end])
            throw Damaged(file, place, $"{OneLine.Of(name)} has not all of dtype, shape and data_offsets");
        if (ElementTypes.OfCode(code) is not { } type)
            throw new InputException(file.Path, $"the tensor {OneLine.Of(name)} (byte {place}) is {OneLine.Of(code)}", "store it as F32");
        var bytes = (Int128)type.Size();
        foreach (var size in shape)
            bytes = bytes > long.MaxValue ? bytes : bytes * size;
        if (shape.Contains(0))
            bytes = 0;
        if (end < begin || end > file.Length - values || end - begin != bytes)
            throw Damaged(file, place, $"the values of {OneLine.Of(name)} are not where its header says");
        long[] dimensions = [.. shape];
        return new FileTensor(file, name, type, dimensions, bytes == 0 ? dimensions : FileTensor.DenseStrides(dimensions), values + begin);
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, MappedFile file, int most)
    {
        Expect(ref reader, file, JsonTokenType.StartArray);
        var numbers = new List<long>(Math.Min(most, 4));
        while (Next(ref reader, file) != JsonTokenType.EndArray)
        {
            var number = reader.GetInt64();
            if (number < 0 || numbers.Count == most)
                throw Damaged(file, Prefix + reader.TokenStartIndex, number < 0 ? $"{number} is negative" : $"there are more than {most} numbers");
            numbers.Add(number);
        }
        return numbers;
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, MappedFile file, OrderedDictionary<string, string> metadata)
    {
        Expect(ref reader, file, JsonTokenType.StartObject);
        while (Next(ref reader, file) == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, file, JsonTokenType.String);
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw Damaged(file, Prefix + reader.TokenStartIndex, $"{OneLine.Of(key)} is there twice");
        }
    }

    /// <summary>Refuses values that overlap, and bytes that are nobody's.</summary>
    private static void CheckCover(MappedFile file, long start, IEnumerable<FileTensor> tensors)
    {
        var at = start;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Count))
        {
            if (tensor.Offset != at)
                throw Damaged(file, Math.Min(at, tensor.Offset), tensor.Offset > at ? $"nothing has the bytes before {OneLine.Of(tensor.Name)}" : $"{OneLine.Of(tensor.Name)} begins within another tensor");
            at += tensor.Count * tensor.Type.Size();
        }
        if (at != file.Length)
            throw Damaged(file, at, $"nothing has the last {file.Length - at} bytes");
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader, MappedFile file) =>
        reader.Read() ? reader.TokenType : throw Damaged(file, Prefix + reader.BytesConsumed, "its header ends too early");

    private static void Expect(ref Utf8JsonReader reader, MappedFile file, JsonTokenType type)
    {
        if (Next(ref reader, file) != type)
            throw Damaged(file, Prefix + reader.TokenStartIndex, $"{reader.TokenType} where its header should have {type}");
    }

    private static InputException Damaged(MappedFile file, long offset, string why, Exception? inner = null) => Damage.At(file.Path, offset, "safetensors", why, inner);
}
