using System.Buffers.Binary;
using FsCheck.Xunit;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Tests.Interchange;

/// <summary>What torch.save writes is read, bit for bit, and what it would never write is refused where it stands.</summary>
public sealed class PyTorchFileTests : IDisposable
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Fixtures", "reference-punet");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("lidc-small", 102)]
    [InlineData("rgb-deep", 124)]
    public void AStateDict_HasTheNamesShapesAndBits_OfTheSameWeightsAsSafetensors(string fixture, int atLeast)
    {
        using var pth = TensorFile.Open(Path.Combine(Fixtures, $"{fixture}.pth"));
        using var safetensors = TensorFile.Open(Path.Combine(Fixtures, $"{fixture}.safetensors"));
        Assert.True(pth.Tensors.Count >= atLeast);
        Assert.Equal(safetensors.Tensors.Keys.Order(), pth.Tensors.Keys.Order());
        Assert.All(pth.Tensors, named =>
        {
            var other = safetensors.Tensors[named.Key];
            Assert.Equal((other.Type, other.Count), (named.Value.Type, named.Value.Count));
            Assert.Equal(other.Shape, named.Value.Shape);
            Assert.Equal(other.ToBytes(), named.Value.ToBytes());
        });
    }

    [Property(MaxTest = 200)]
    public void AView_HasTheValuesThatItsStridesSay(long seed, bool big)
    {
        var random = RandomStream.For(seed);
        var shape = Enumerable.Range(0, random.NextInt32(4)).Select(_ => 1L + random.NextInt32(4)).ToArray();
        // Any order of dimensions, a gap between values, and a beginning anywhere.
        var (order, strides, next) = (Enumerable.Range(0, shape.Length).ToArray(), new long[shape.Length], 1L + random.NextInt32(3));
        random.Shuffle<int>(order);
        foreach (var d in order)
            (strides[d], next) = (next, next * shape[d]);
        var first = random.NextInt32(3);
        var storage = Enumerable.Range(0, (int)(first + next + random.NextInt32(3))).Select(value => (float)value).ToArray();
        var bytes = TorchArchive.Floats(storage);
        if (big)
            for (var i = 0; i < storage.Length; i++)
                bytes.AsSpan(4 * i, 4).Reverse();

        using var file = Opened(TorchArchive.Make(new Pickle().Dict(("x", pickle => pickle.Tensor("0", "FloatStorage", storage.Length, first, shape, strides))).Stop(), [("0", bytes)], big ? "big" : "little", large: random.NextInt32(2) == 0));
        var expected = new List<float>();
        void Walk(int d, long place)
        {
            if (d == shape.Length)
                expected.Add(storage[place]);
            else
                for (var i = 0; i < shape[d]; i++)
                    Walk(d + 1, place + i * strides[d]);
        }
        Walk(0, first);
        Assert.Equal(expected, file.Tensors["x"].ToFloats());
        Assert.Equal(shape, file.Tensors["x"].Shape);
        Assert.Equal(TorchArchive.Floats([.. expected]), file.Tensors["x"].ToBytes());
    }

    [Fact]
    public void AStorage_IsShared_AndAParameterIsATensor()
    {
        using var file = Opened(TorchArchive.Make(new Pickle().Dict(
            ("a", pickle => pickle.Tensor("0", "FloatStorage", 4, 0, [2, 2], [2, 1])),
            ("b", pickle => pickle.Global("torch._utils", "_rebuild_parameter").Op('(').Tensor("0", "FloatStorage", 4, 2, [2], [1], "_rebuild_tensor").Raw(0x88).Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R')),
            ("empty", pickle => pickle.Tensor("0", "FloatStorage", 4, 4, [0, 3], [3, 1])),
            ("epoch", pickle => pickle.Number(7))).Stop(), [("0", TorchArchive.Floats(1, 2, 3, 4))], order: null));
        Assert.Equal(["a", "b", "empty"], file.Tensors.Keys);   // a number is no weight
        Assert.Equal([1, 2, 3, 4], file.Tensors["a"].ToFloats());
        Assert.Equal([3, 4], file.Tensors["b"].ToFloats());
        Assert.Empty(file.Tensors["empty"].ToFloats());
    }

    [Theory]
    [InlineData("DoubleStorage", ElementType.F64, 8)]
    [InlineData("FloatStorage", ElementType.F32, 4)]
    [InlineData("HalfStorage", ElementType.F16, 2)]
    [InlineData("BFloat16Storage", ElementType.BF16, 2)]
    [InlineData("LongStorage", ElementType.I64, 8)]
    [InlineData("IntStorage", ElementType.I32, 4)]
    [InlineData("ShortStorage", ElementType.I16, 2)]
    [InlineData("CharStorage", ElementType.I8, 1)]
    [InlineData("ByteStorage", ElementType.U8, 1)]
    [InlineData("BoolStorage", ElementType.Bool, 1)]
    public void EveryStorage_KeepsItsBytes(string storage, ElementType type, int size)
    {
        var values = Enumerable.Range(1, 3 * size).Select(value => (byte)value).ToArray();
        using var file = Opened(TorchArchive.Make(new Pickle().Dict(("x", pickle => pickle.Tensor("0", storage, 3, 0, [3], [1]))).Stop(), [("0", values)]));
        Assert.Equal(type, file.Tensors["x"].Type);
        Assert.Equal(values, file.Tensors["x"].ToBytes());
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("model")]
    [InlineData("model", "state_dict")]
    [InlineData("mine")]   // the only one that has tensors in it
    public void Weights_AreFoundBesideOtherThings(params string[] keys)
    {
        Func<Pickle, Pickle> weights = pickle => pickle.Dict(("w", inner => inner.Tensor("0", "FloatStorage", 1, 0, [1], [1])));
        foreach (var key in keys.Reverse())
        {
            var inner = weights;
            weights = pickle => pickle.Dict(("epoch", value => value.Number(3)), (key, inner), ("lr", value => value.Op('G').Raw(new byte[8])), ("name", value => value.Text("x")), ("history", value => value.Op(']').Number(1).Op('a')));
        }
        using var file = Opened(TorchArchive.Make(weights(new Pickle()).Stop(), [("0", TorchArchive.Floats(5))]));
        Assert.Equal([5], file.Tensors["w"].ToFloats());
    }

    [Fact]
    public void APickleThatHoldsItself_IsNoEndlessRoad()
    {
        // d = {}; d["model"] = d
        var pickle = new Pickle().Op('}').Raw((byte)'q', 0).Text("model").Raw((byte)'h', 0).Op('s').Stop();
        Assert.Contains("there are no weights in its pickle (byte ", Refused(TorchArchive.Make(pickle)));
    }

    [Fact]
    public void TwoNetworksInAFile_AreRefusedByTheirKeys()
    {
        Func<Pickle, Pickle> one = pickle => pickle.Dict(("w", inner => inner.Tensor("0", "FloatStorage", 1, 0, [1], [1])));
        Assert.Contains("under the keys generator, critic; save one state_dict: ", Refused(TorchArchive.Make(new Pickle().Dict(("generator", one), ("critic", one)).Stop(), [("0", TorchArchive.Floats(5))])));
    }

    [Fact]
    public void TheOldFormat_IsAnsweredByHowToConvertIt() => Assert.Contains(
        "it is in the format of PyTorch before 1.6 (byte 0); convert it in Python: torch.save(torch.load(",
        Refused([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.', 0x80, 0x02]));

    [Fact]
    public void ABarePickle_AProgram_AndAPointer_AreToldApart()
    {
        Assert.Contains("it is a bare pickle (byte 0), which is never run; save the weights", Refused(new Pickle().Op('N').Stop().Concat(new byte[20].Select(_ => (byte)1)).ToArray()));
        Assert.Contains("it is a program of TorchScript", Refused(TorchArchive.Zip([("x/constants.pkl", []), ("x/data.pkl", new Pickle().Op('N').Stop())])));
        Assert.Contains("git lfs pull", Refused("version https://git-lfs.github.com/spec/v1\n"u8.ToArray()));
        Assert.Contains("it is a zip file without a data.pkl", Refused(TorchArchive.Zip([("a.txt", [1])])));
    }

    [Fact]
    public void WhatPythonWouldRun_IsNamed_AndNotRun()
    {
        var marker = _folder["was-run"];
        var pickle = new Pickle().Global("os", "system").Op('(').Text($"touch {marker}").Op('t').Op('R').Stop();
        Assert.Contains("its pickle asks for Python's os.system, and nothing in a file is ever run (byte ", Refused(TorchArchive.Make(pickle)));
        foreach (var (module, name) in new[] { ("posix", "system"), ("builtins", "eval"), ("__builtin__", "getattr"), ("torch", "load"), ("torch.storage", "_load_from_bytes"), ("collections", "namedtuple"), ("torch._utils", "_rebuild_wrapper_subclass"), ("numpy.core.multiarray", "_reconstruct") })
            Assert.Contains($"asks for Python's {module}.{name}", Refused(TorchArchive.Make(new Pickle().Global(module, name).Op(')').Op('R').Stop())));
        Assert.False(File.Exists(marker));
    }

    [Theory]
    [InlineData('i')]   // INST
    [InlineData('o')]   // OBJ
    [InlineData('\u0081')]   // NEWOBJ
    [InlineData('\u0082')]   // EXT1
    [InlineData('\u0093')]   // STACK_GLOBAL
    [InlineData('P')]   // PERSID
    [InlineData('2')]   // DUP
    public void AnOpcodeThatWeightsDoNotNeed_IsRefused(char opcode) =>
        Assert.Contains($"its pickle has the opcode 0x{(int)opcode:X2}, which the weights of a network do not need (byte ", Refused(TorchArchive.Make(new Pickle().Op('}').Op(')').Op(opcode).Stop())));

    [Theory]
    [InlineData(5, 0, 2, 1, "is not there, or not of 5 values")]   // more values than the file has
    [InlineData(4, 0, 5, 1, "this tensor is not within its storage of 4 values")]
    [InlineData(4, 1, 4, 1, "this tensor is not within its storage")]
    [InlineData(4, 0, 2, 4, "this tensor is not within its storage")]
    [InlineData(4, 0, 5, 0, "this tensor is not within its storage")]   // one value over and over
    [InlineData(4, 0, long.MaxValue, long.MaxValue, "this tensor is not within its storage")]
    [InlineData(4, -1, 2, 1, "the shape of this tensor does not fit its strides")]
    [InlineData(4, 0, -2, 1, "a size or a stride is no number of at least 0")]
    [InlineData(4, 3, 2, -1, "a size or a stride is no number of at least 0")]
    public void AViewThatLeavesItsStorage_IsRefused(long count, long first, long size, long stride, string why) => Assert.Contains(why, Refused(
        TorchArchive.Make(new Pickle().Dict(("x", pickle => pickle.Tensor("0", "FloatStorage", count, first, [size], [stride]))).Stop(), [("0", TorchArchive.Floats(1, 2, 3, 4))])));

    [Fact]
    public void ACompressedEntry_IsRefused_SoThatNothingGrows() =>
        Assert.Contains("is compressed or enciphered, which torch.save never does", Refused(TorchArchive.Make(new Pickle().Op('}').Stop(), method: 8)));

    [Fact]
    public void ValuesThatAreNotAsTheyWereWritten_AreRefused_WhereTheyAre()
    {
        var bytes = TorchArchive.Make(new Pickle().Dict(("x", pickle => pickle.Tensor("0", "FloatStorage", 2, 0, [2], [1]))).Stop(), [("0", TorchArchive.Floats(1, 12345.678f))]);
        var place = bytes.AsSpan().IndexOf(TorchArchive.Floats(12345.678f));
        bytes[place] ^= 1;
        using var file = Opened(bytes);
        var error = Assert.Throws<InputException>(() => file.Tensors["x"].ToFloats());
        Assert.Contains($"(byte {place - 4}: archive/data/0 is not as it was written)", error.Message);
    }

    [Fact]
    public void AnEntryWithinAnother_IsRefused()
    {
        // A whole entry in the bytes of one, and the directory says that the next one is there.
        var inner = TorchArchive.Zip([("archive/data/0", TorchArchive.Floats(1))]);
        var bytes = TorchArchive.Make(new Pickle().Dict(("x", pickle => pickle.Tensor("0", "FloatStorage", 1, 0, [1], [1]))).Stop(), [("1", inner), ("0", TorchArchive.Floats(1))]);
        Opened(bytes).Dispose();
        var entry = bytes.AsSpan().LastIndexOf("archive/data/0"u8.ToArray()) - 46;
        Assert.Equal(0x02014B50u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(entry)));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(entry + 42), (uint)bytes.AsSpan().IndexOf(inner));
        Assert.Contains("archive/data/0 begins within another entry", Refused(bytes));
    }

    [Fact]
    public void AFileOfMoreThanFourGigabytes_IsRead_WithoutReadingIt()
    {
        // Sparse: the first storage is a hole.
        const long hole = 5L << 30;
        var pickle = new Pickle().Dict(("hole", each => each.Tensor("0", "FloatStorage", hole / 4, 0, [hole / 4], [1])), ("x", each => each.Tensor("1", "FloatStorage", 2, 1, [1], [1]))).Stop();
        var small = TorchArchive.Make(pickle, [("0", []), ("1", TorchArchive.Floats(3, 4))], large: true);
        var (name, mark) = ("archive/data/0"u8.ToArray(), BitConverter.GetBytes(0x08074B50u));
        var cut = small.AsSpan().IndexOf(name) + name.Length + 4;
        Assert.Equal(mark, small.AsSpan(cut, 4).ToArray());
        // Whatever lies behind the hole moves, and the directory is told.
        var start = small.AsSpan().IndexOf(BitConverter.GetBytes(0x02014B50u));
        for (var at = start; small.AsSpan(at).IndexOf(BitConverter.GetBytes(0x02014B50u)) is var next and >= 0; at += next + 46)
        {
            var entry = small.AsSpan(at + next);
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]);
            var large = entry[(46 + nameLength + 4)..];
            var isHole = entry.Slice(46, nameLength).SequenceEqual(name);
            for (var field = 0; field < 24; field += 8)
                BinaryPrimitives.WriteInt64LittleEndian(large[field..], BinaryPrimitives.ReadInt64LittleEndian(large[field..]) + (field < 16 ? isHole ? hole : 0 : BinaryPrimitives.ReadInt64LittleEndian(large[field..]) > cut ? hole : 0));
        }
        var end = small.AsSpan().IndexOf(BitConverter.GetBytes(0x06064B50u));
        BinaryPrimitives.WriteInt64LittleEndian(small.AsSpan(end + 48), start + hole);
        BinaryPrimitives.WriteInt64LittleEndian(small.AsSpan(end + 56 + 8), end + hole);
        using (var stream = File.Create(_folder["big.pth"]))
        {
            stream.Write(small.AsSpan(0, cut));
            stream.Position = cut + hole;
            stream.Write(small.AsSpan(cut));
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var file = TensorFile.Open(_folder["big.pth"]);
        Assert.Equal([4], file.Tensors["x"].ToFloats());
        Assert.Equal(hole / 4, file.Tensors["hole"].Count);
        Assert.True(file.Tensors["x"].Offset > hole);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 2_000_000);
    }

    private TensorFile Opened(byte[] bytes)
    {
        File.WriteAllBytes(_folder["x.pth"], bytes);
        return TensorFile.Open(_folder["x.pth"]);
    }

    private string Refused(byte[] bytes)
    {
        var error = Assert.Throws<InputException>(() => Opened(bytes).Dispose());
        Assert.StartsWith($"{_folder["x.pth"]}: ", error.Message);
        Assert.Contains("byte ", error.Message);
        return error.Message;
    }
}
