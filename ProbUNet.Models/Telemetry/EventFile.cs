using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace ProbUNet.Models.Telemetry;

/// <summary>
/// A file of TensorBoard's events, as TensorFlow frames its records: the length (8 bytes, little-endian), its masked CRC-32C, the event, and the event's. TorchSharp has the messages;
/// its own writer opens the file anew for every number, and cannot say that a training was begun again.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

    /// <summary>Begins a new file behind those in a folder, which TensorBoard reads in the order of their names.</summary>
    /// <exception cref="InputException">The file cannot be made.</exception>
    public EventFile(string folder, double wallTime)
    {
        (_path, _stream) = Disk.Try(folder, () =>
        {
            Directory.CreateDirectory(folder);
            for (var number = Directory.GetFiles(folder, "*tfevents*").Length + 1; ; number++)
            {
                var path = Path.Combine(folder, $"events.out.tfevents.{number:D6}.probunet");
                if (!File.Exists(path))
                    return (path, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));   // a record is written whole, and seen at once
            }
        });
        Write(new Event { WallTime = wallTime, FileVersion = "brain.Event:2" });
    }

    /// <summary>Appends an event.</summary>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void Write(Event value)
    {
        const int head = 12, foot = 4;
        var content = value.ToByteArray();
        var size = content.Length;
        var record = new byte[head + size + foot];
        BinaryPrimitives.WriteInt64LittleEndian(record, size);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Masked(record.AsSpan(0, 8)));
        content.CopyTo(record, head);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(head + size), Masked(content));
        Disk.Try(_path, () => _stream.Write(record));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>CRC-32C (Castagnoli), turned right by 15 bits, plus a constant: so that a checksum of data that hold checksums is worth something.</summary>
    internal static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var each in data)
            crc = BitOperations.Crc32C(crc, each);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }
}
