using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ProbUNet.Cli.Tests;

/// <summary>Pictures of black pixels, 64x64 if nothing else is said.</summary>
internal static class BlackPng
{
    public static byte[] Colour => Png(colorType: 2, channels: 3);

    public static byte[] Grey => Png(colorType: 0, channels: 1);

    public static byte[] GreyOf(byte height, byte width) => Png(colorType: 0, channels: 1, height, width);

    private static byte[] Png(byte colorType, int channels, byte height = 64, byte width = 64)
    {
        using var stream = new MemoryStream();
        stream.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk("IHDR", [0, 0, 0, width, 0, 0, 0, height, 8, colorType, 0, 0, 0]);
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(new byte[height * (1 + width * channels)]);
        Chunk("IDAT", data.ToArray());
        Chunk("IEND", []);
        return stream.ToArray();

        void Chunk(string type, byte[] content)
        {
            byte[] body = [.. Encoding.ASCII.GetBytes(type), .. content];
            Span<byte> number = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
            stream.Write(number);
            stream.Write(body);
            var crc = uint.MaxValue;
            foreach (var value in body)
            {
                crc ^= value;
                for (var bit = 0; bit < 8; bit++)
                    crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
            }
            BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
            stream.Write(number);
        }
    }
}
