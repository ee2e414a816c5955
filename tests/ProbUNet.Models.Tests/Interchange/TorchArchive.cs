using System.Buffers.Binary;
using System.Text;
using ProbUNet.Models.Interchange.PyTorch;

namespace ProbUNet.Models.Tests.Interchange;

/// <summary>A pickle of protocol 2, opcode by opcode.</summary>
internal sealed class Pickle
{
    private readonly MemoryStream _bytes = new();

    public Pickle() => Raw(0x80, 2);

    public byte[] Stop() => Raw((byte)'.')._bytes.ToArray();

    public Pickle Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public Pickle Op(char opcode) => Raw((byte)opcode);

    public Pickle Global(string module, string name) => Raw(Encoding.UTF8.GetBytes($"c{module}\n{name}\n"));

    public Pickle Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Op('X').Raw(BitConverter.GetBytes(bytes.Length)).Raw(bytes);
    }

    public Pickle Number(long value) => Raw(0x8A, 8).Raw(BitConverter.GetBytes(value));

    public Pickle Tuple(params long[] values) => values.Aggregate(Op('('), (pickle, value) => pickle.Number(value)).Op('t');

    /// <summary>A view of a storage, as torch.save writes it.</summary>
    public Pickle Tensor(string key, string storage, long count, long first, long[] shape, long[] strides, string rebuild = "_rebuild_tensor_v2") =>
        Global("torch._utils", rebuild).Op('(')
            .Op('(').Text("storage").Global("torch", storage).Text(key).Text("cpu").Number(count).Op('t').Op('Q')
            .Number(first).Tuple(shape).Tuple(strides).Raw(0x89).Global("collections", "OrderedDict").Op(')').Op('R')
            .Op('t').Op('R');

    /// <summary>An ordered dictionary with the attributes that a state_dict has.</summary>
    public Pickle Dict(params (string Key, Func<Pickle, Pickle> Value)[] items) =>
        items.Aggregate(Global("collections", "OrderedDict").Op(')').Op('R').Op('('), (pickle, item) => item.Value(pickle.Text(item.Key))).Op('u')
            .Op('}').Text("_metadata").Op('}').Op('s').Op('b');
}

/// <summary>A zip file with stored entries, as torch.save writes it.</summary>
internal static class TorchArchive
{
    /// <summary>A file with a pickle and its storages.</summary>
    public static byte[] Make(byte[] pickle, IEnumerable<(string Key, byte[] Values)>? storages = null, string? order = "little", bool large = false, string folder = "archive/", int method = 0) => Zip(
        [($"{folder}data.pkl", pickle), .. order is null ? Array.Empty<(string, byte[])>() : [($"{folder}byteorder", Encoding.UTF8.GetBytes(order))], .. (storages ?? []).Select(storage => ($"{folder}data/{storage.Key}", storage.Values)), ($"{folder}version", "3\n"u8.ToArray())],
        large, method);

    /// <summary>Any entries.</summary>
    /// <param name="entries">Their names and bytes.</param>
    /// <param name="large">Whether lengths and places are written as those of files beyond 4 GB.</param>
    /// <param name="method">How the entries say that they are compressed.</param>
    public static byte[] Zip(IReadOnlyList<(string Name, byte[] Bytes)> entries, bool large = false, int method = 0)
    {
        var (file, directory) = (new MemoryStream(), new MemoryStream());
        foreach (var (name, bytes) in entries)
        {
            var (place, encoded, crc) = (file.Length, Encoding.UTF8.GetBytes(name), Crc32.Append(0, bytes));
            Write(file, 0x04034B50u, (ushort)45, (ushort)0x808, (ushort)method, 0u, 0u, 0u, 0u, (ushort)encoded.Length, (ushort)4, encoded, (ushort)0x4246, (ushort)0, bytes);
            Write(file, 0x08074B50u, crc, (uint)bytes.Length, (uint)bytes.Length);   // behind the bytes, as the flag 8 says
            byte[] extra = large ? [1, 0, 24, 0, .. BitConverter.GetBytes((long)bytes.Length), .. BitConverter.GetBytes((long)bytes.Length), .. BitConverter.GetBytes(place)] : [];
            Write(directory, 0x02014B50u, (ushort)45, (ushort)45, (ushort)0x808, (ushort)method, 0u, crc, large ? uint.MaxValue : (uint)bytes.Length, large ? uint.MaxValue : (uint)bytes.Length,
                (ushort)encoded.Length, (ushort)extra.Length, (ushort)0, (ushort)0, (ushort)0, 0u, large ? uint.MaxValue : (uint)place, encoded, extra);
        }
        var start = file.Length;
        directory.WriteTo(file);
        if (large)
        {
            var end = file.Length;
            Write(file, 0x06064B50u, 44L, (ushort)45, (ushort)45, 0u, 0u, (long)entries.Count, (long)entries.Count, directory.Length, start);
            Write(file, 0x07064B50u, 0u, end, 1u);
        }
        Write(file, 0x06054B50u, 0u, large ? ushort.MaxValue : (ushort)entries.Count, large ? ushort.MaxValue : (ushort)entries.Count, large ? uint.MaxValue : (uint)directory.Length, large ? uint.MaxValue : (uint)start, (ushort)0);
        return file.ToArray();
    }

    /// <summary>Float values as a storage has them.</summary>
    public static byte[] Floats(params float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return bytes;
    }

    private static void Write(MemoryStream stream, params object[] parts)
    {
        foreach (var part in parts)
            stream.Write(part switch
            {
                ushort value => BitConverter.GetBytes(value),
                uint value => BitConverter.GetBytes(value),
                long value => BitConverter.GetBytes(value),
                _ => (byte[])part,
            });
    }
}
