using System.Buffers.Binary;

namespace ProbUNet.Models.Interchange.PyTorch;

/// <summary>The checksum of zip files (CRC-32, ISO 3309), eight bytes at a time.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[][] Tables = Make();

    /// <summary>The checksum of bytes behind others.</summary>
    /// <param name="before">That of the others; 0 where there are none.</param>
    /// <param name="bytes">The bytes.</param>
    public static uint Append(uint before, ReadOnlySpan<byte> bytes)
    {
        var rest = ~before;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var (low, high) = (rest ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
            rest = Tables[7][low & 255] ^ Tables[6][low >> 8 & 255] ^ Tables[5][low >> 16 & 255] ^ Tables[4][low >> 24]
                ^ Tables[3][high & 255] ^ Tables[2][high >> 8 & 255] ^ Tables[1][high >> 16 & 255] ^ Tables[0][high >> 24];
        }
        foreach (var value in bytes)
            rest = Tables[0][(rest ^ value) & 255] ^ rest >> 8;
        return ~rest;
    }

    private static uint[][] Make()
    {
        var tables = Enumerable.Range(0, 8).Select(_ => new uint[256]).ToArray();
        for (var value = 0u; value < 256; value++)
        {
            tables[0][value] = value;
            for (var bit = 0; bit < 8; bit++)
                tables[0][value] = (tables[0][value] & 1) != 0 ? tables[0][value] >> 1 ^ Polynomial : tables[0][value] >> 1;
        }
        for (var table = 1; table < 8; table++)
            for (var value = 0; value < 256; value++)
                tables[table][value] = tables[0][tables[table - 1][value] & 255] ^ tables[table - 1][value] >> 8;
        return tables;
    }
}
