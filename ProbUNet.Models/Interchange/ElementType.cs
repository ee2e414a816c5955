using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ProbUNet.Models.Interchange;

/// <summary>What the values of a tensor in a file are.</summary>
public enum ElementType
{
    /// <summary>Floating point of 64 bits.</summary>
    F64,

    /// <summary>Floating point of 32 bits, which the networks of this library have.</summary>
    F32,

    /// <summary>Floating point of 16 bits, IEEE 754.</summary>
    F16,

    /// <summary>The upper half of a <see cref="F32"/>.</summary>
    BF16,

    /// <summary>A signed integer of 64 bits.</summary>
    I64,

    /// <summary>A signed integer of 32 bits.</summary>
    I32,

    /// <summary>A signed integer of 16 bits.</summary>
    I16,

    /// <summary>A signed integer of 8 bits.</summary>
    I8,

    /// <summary>An unsigned integer of 8 bits.</summary>
    U8,

    /// <summary>A byte that is 0 or 1.</summary>
    Bool,
}

/// <summary>Sizes, names and values of element types.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes a value.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.F64 or ElementType.I64 => 8,
        ElementType.F32 or ElementType.I32 => 4,
        ElementType.F16 or ElementType.BF16 or ElementType.I16 => 2,
        _ => 1,
    };

    /// <summary>The name that safetensors has for it.</summary>
    public static string Code(this ElementType type) => type == ElementType.Bool ? "BOOL" : type.ToString();

    /// <summary>The type of a name that safetensors has for it; nothing of any other.</summary>
    public static ElementType? OfCode(string? code) => Array.Find(Enum.GetValues<ElementType>(), type => type.Code() == code) is var found && found.Code() == code ? found : null;

    /// <summary>Whether float32 holds each of its values.</summary>
    public static bool FitsFloat(this ElementType type) => type is not (ElementType.F64 or ElementType.I64 or ElementType.I32);

    /// <summary>Rounds float32 values to a floating-point type of at most as many bits: to the nearest, and where two are, to the even one.</summary>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="floats">What is rounded.</param>
    /// <param name="broken">The first that is finite and beyond what the type holds; negative where there is none.</param>
    /// <returns>Little-endian.</returns>
    public static byte[] FromFloats(this ElementType type, ReadOnlySpan<float> floats, out int broken)
    {
        broken = -1;
        var bytes = new byte[floats.Length * type.Size()];
        for (var i = 0; i < floats.Length; i++)
        {
            var value = floats[i];
            var place = bytes.AsSpan(i * type.Size());
            bool isInfinite;
            switch (type)
            {
                case ElementType.F32:
                    BinaryPrimitives.WriteSingleLittleEndian(place, value);
                    continue;
                case ElementType.F16:
                    BinaryPrimitives.WriteHalfLittleEndian(place, (Half)value);
                    isInfinite = Half.IsInfinity((Half)value);
                    break;
                case ElementType.BF16:
                    var bits = BitConverter.SingleToUInt32Bits(value);
                    // A NaN whose upper half alone would be an infinity keeps a bit that says so.
                    var upper = float.IsNaN(value) ? bits >> 16 | 0x40 : bits + 0x7FFF + (bits >> 16 & 1) >> 16;
                    BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)upper);
                    isInfinite = (upper & 0x7FFF) == 0x7F80;
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(type), type, "Only floating point of at most 32 bits is rounded to.");
            }
            if (broken < 0 && isInfinite && float.IsFinite(value))
                broken = i;
        }
        return bytes;
    }

    /// <summary>Turns values into float32.</summary>
    /// <param name="type">What they are.</param>
    /// <param name="bytes">Little-endian, in any alignment.</param>
    /// <param name="floats">As many.</param>
    /// <returns>The first that float32 does not hold; negative where it holds them all.</returns>
    public static int ToFloats(this ElementType type, ReadOnlySpan<byte> bytes, Span<float> floats)
    {
        switch (type)
        {
            case ElementType.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(floats));
                return -1;
            case ElementType.F64:
                for (var i = 0; i < floats.Length; i++)
                {
                    var value = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * 8)..]);
                    floats[i] = (float)value;
                    if (floats[i] != value && !double.IsNaN(value))
                        return i;
                }
                return -1;
            case ElementType.I64:
                for (var i = 0; i < floats.Length; i++)
                {
                    var value = BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * 8)..]);
                    floats[i] = value;
                    if ((Int128)floats[i] != value)   // which, unlike a long, holds 2^63
                        return i;
                }
                return -1;
            case ElementType.I32:
                for (var i = 0; i < floats.Length; i++)
                {
                    var value = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * 4)..]);
                    floats[i] = value;
                    if ((double)floats[i] != value)
                        return i;
                }
                return -1;
        }
        for (var i = 0; i < floats.Length; i++)
            floats[i] = type switch
            {
                ElementType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(i * 2)..]),
                ElementType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 2)..]) << 16),
                ElementType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes[(i * 2)..]),
                ElementType.I8 => (sbyte)bytes[i],
                ElementType.Bool => bytes[i] == 0 ? 0 : 1,
                _ => bytes[i],
            };
        return -1;
    }
}
