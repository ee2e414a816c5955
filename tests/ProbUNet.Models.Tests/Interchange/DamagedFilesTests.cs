using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Tests.Training;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Interchange;

/// <summary>
/// Files that are damaged, or made to hurt, thousands a run: each is read, or refused by the one exception for bad input with file and byte, in well under a second and little memory. Nothing in them is run,
/// and the process lives.
/// </summary>
public sealed class DamagedFilesTests : IDisposable
{
    private const int Mutations = 3000;
    private const long MostBytes = 100_000_000;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(1), AtAll = TimeSpan.FromSeconds(60);
    private static readonly long[] Extremes = [0, 1, -1, 2, 255, 256, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue, long.MaxValue / 4, 1L << 62];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Safetensors_Damaged()
    {
        var path = _folder["x.safetensors"];
        KeyValuePair<string, TensorBytes> Tensor(string name, ElementType type, params long[] shape) => KeyValuePair.Create(name, new TensorBytes(type, shape, new byte[shape.Aggregate(1L, (count, size) => count * size) * type.Size()]));
        Safetensors.WriteBytes(path, [Tensor("a.weight", ElementType.F32, 2, 3), Tensor("b", ElementType.I64), Tensor("c", ElementType.F16, 3), Tensor("empty", ElementType.BF16, 0, 2), Tensor("d", ElementType.Bool, 5)], new Dictionary<string, string> { ["format"] = "pt" });
        var whole = File.ReadAllBytes(path);
        var (header, values) = (Encoding.UTF8.GetString(whole, 8, (int)BitConverter.ToInt64(whole)), whole[(8 + (int)BitConverter.ToInt64(whole))..]);
        byte[] Of(string json) => [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(json)), .. Encoding.UTF8.GetBytes(json), .. values];
        Look(path, number => Random(number) switch
        {
            var random when random.NextInt32(2) == 0 => Mutated(whole, random),
            // The header is what there is to lie about.
            var random => random.NextInt32(8) switch
            {
                0 or 1 or 2 or 3 => Of(Regex.Replace(header, @"\d+(?=[,\]])", match => random.NextInt32(6) == 0 ? Extreme(random).ToString(CultureInfo.InvariantCulture) : match.Value)),
                4 => Of(Regex.Replace(header, "\"[^\"]*\"", match => random.NextInt32(8) == 0 ? new[] { "\"\"", "\"a.weight\"", "\"dtype\"", "\"F32\"", "\"F99\"", "\"\\ud800\"", "\"__metadata__\"", "null", "[[[[[[", "1e999" }[random.NextInt32(10)] : match.Value)),
                5 => Of(Nested(random.NextInt32(200_000), "[{"[random.NextInt32(2)])),
                6 when random.NextInt32(12) == 0 => Of("{" + string.Join(',', Enumerable.Range(0, 150_000).Select(entry => $"\"{entry}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}")) + "}"),
                6 when random.NextInt32(12) == 0 => Of("{\"" + new string('x', 15_000_000) + "\":1}"),
                _ => Of(header[..random.NextInt32(header.Length)] + header[random.NextInt32(header.Length)..]),
            },
        });
    }

    [Fact]
    public void PyTorch_Damaged()
    {
        var marker = _folder["was-run"];
        var storages = new[] { ("0", TorchArchive.Floats(1, 2, 3, 4)), ("1", new byte[16]) };
        byte[] Pickled() => new Pickle().Dict(
            ("module.w", each => each.Tensor("0", "FloatStorage", 4, 0, [2, 2], [1, 2])), ("module.b", each => each.Tensor("1", "LongStorage", 2, 1, [1], [1])), ("module.c", each => each.Tensor("1", "LongStorage", 2, 0, [], []))).Stop();
        var (pickle, whole) = (Pickled(), TorchArchive.Make(Pickled(), storages));
        var large = TorchArchive.Make(pickle, storages, large: true);
        Look(_folder["x.pth"], number =>
        {
            var random = Random(number);
            return random.NextInt32(10) switch
            {
                0 or 1 => Mutated(whole, random),
                2 => Mutated(large, random),
                // With the right checksum, what is in the pickle is looked at.
                3 or 4 or 5 => TorchArchive.Make(Mutated(pickle, random), storages),
                6 => TorchArchive.Make(Opcodes(random, marker), storages),
                7 => TorchArchive.Make(Deep(random), storages),
                8 => TorchArchive.Make(new Pickle().Dict(("w", each => each.Tensor(random.NextInt32(2).ToString(CultureInfo.InvariantCulture), new[] { "FloatStorage", "LongStorage", "ByteStorage", "NoStorage" }[random.NextInt32(4)], Some(random, 4), Some(random, 0), [Some(random, 2), Some(random, 2)], [Some(random, 2), Some(random, 1)]))).Stop(), storages),
                _ => random.NextInt32(4) switch
                {
                    0 => TorchArchive.Make(pickle, storages, method: 8),
                    1 => Overlapping(whole),
                    2 => TorchArchive.Zip([.. Enumerable.Range(0, random.NextInt32(3000)).Select(entry => ($"a/data/{entry % 2999}", Array.Empty<byte>())), ("a/data.pkl", pickle)]),
                    _ => TorchArchive.Make(pickle, storages[..random.NextInt32(2)], order: new[] { "little", "big", "middle", "" }[random.NextInt32(4)]),
                },
            };
        });
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public void Checkpoints_Damaged()
    {
        using var model = new TinyNet();
        var plan = new TrainingPlan { Steps = 1, BatchSize = 1, DiversityEvery = 0 };
        Trainer.Train(model, ToyData.Squares(2), plan, new() { Run = RunFolder.Create(_folder["run"], model, plan, ToyData.Set(2)) });
        var run = RunFolder.Open(_folder["run"]);
        var checkpoint = run.Checkpoints.At(1);
        var files = new[] { "checkpoint.json", "weights.safetensors", "training.safetensors", "../../run.json" }.Select(name => Path.Combine(checkpoint.Path, name)).ToArray();
        var whole = Array.ConvertAll(files, File.ReadAllBytes);
        var refused = 0;
        for (var number = 0; number < Mutations; number++)
        {
            var random = Random(number);
            var file = random.NextInt32(files.Length);
            var bytes = file is 1 or 2 || random.NextInt32(3) > 0 ? Mutated(whole[file], random)
                : Encoding.UTF8.GetBytes(random.NextInt32(2) == 0 ? Nested(random.NextInt32(200_000), '[') : Regex.Replace(Encoding.UTF8.GetString(whole[file]), @"(?<=: )[^,{}\[\]]+|""\w+""(?=:)", match => random.NextInt32(6) == 0
                    ? new[] { "null", "[]", "{}", "-1", "1e999", "99999999999999999999", "\"NaN\"", "\"files\"", "\"\\ud800\"", "\"../x\"", "true" }[random.NextInt32(11)] : match.Value));
            File.WriteAllBytes(files[file], bytes);
            var error = Measured(number, () =>
            {
                var opened = RunFolder.Open(_folder["run"]);
                Safetensors.Read(checkpoint.Weights);
                checkpoint.ReadTraining();
                opened.Checkpoints.Verify(checkpoint, CheckpointUse.GoOn, run.Identity);
            });
            File.WriteAllBytes(files[file], whole[file]);
            if (error is null)
                continue;
            refused++;
            Assert.StartsWith(_folder["run"], error.Message);
            Assert.False(error.Message.Contains('\n'), $"mutation {number} is told of in several lines: {error.Message}");
        }
        // What still says the same with another blank is no damage.
        Assert.True(refused > Mutations * 0.8, $"Only {refused} of {Mutations} were refused.");
    }

    /// <summary>Opens every mutation and looks at all that is in it.</summary>
    private static void Look(string path, Func<int, byte[]> mutation)
    {
        var refused = 0;
        for (var number = 0; number < Mutations; number++)
        {
            File.WriteAllBytes(path, mutation(number));
            if (Measured(number, () =>
            {
                using var file = TensorFile.Open(path);
                foreach (var tensor in file.Tensors.Values)
                    Assert.Equal((tensor.Count * tensor.Type.Size(), (int)tensor.Count), (tensor.ToBytes().Length, tensor.ToFloats().Length));
            }) is not { } error)
                continue;
            refused++;
            Assert.StartsWith($"{path}: ", error.Message);
            Assert.Matches(@"\(byte \d+", error.Message);
            Assert.False(error.Message.Contains('\n'), $"mutation {number} is told of in several lines: {error.Message}");
        }
        Assert.True(refused > Mutations / 2, $"Only {refused} of {Mutations} were refused.");
    }

    /// <summary>What is refused; any other exception fails the test, as do too much memory and too much time.</summary>
    private static InputException? Measured(int number, Action act)
    {
        // The machine may be busy with something else: what counts is the processor's time, and that it ends at all.
        var (before, watch, used, refusal) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew(), Environment.CpuUsage.TotalTime, (InputException?)null);
        try
        {
            act();
        }
        catch (InputException error)
        {
            refusal = error;
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"mutation {number}: {error}");
        }
        var (bytes, elapsed, time) = (GC.GetAllocatedBytesForCurrentThread() - before, watch.Elapsed, Environment.CpuUsage.TotalTime - used);
        Assert.True(bytes < MostBytes, $"mutation {number} took {bytes} bytes");
        Assert.True(time < MostTime && elapsed < AtAll, $"mutation {number} took {time} of the processor and {elapsed} in all");
        return refusal;
    }

    private static RandomStream Random(int number) => RandomStream.For(20181203, number);

    private static long Extreme(RandomStream random) => Extremes[random.NextInt32(Extremes.Length)];

    private static long Some(RandomStream random, long usual) => random.NextInt32(4) == 0 ? Extreme(random) : usual;

    private static string Nested(int depth, char bracket) => bracket == '[' ? new string('[', depth) + new string(']', depth) : string.Concat(Enumerable.Repeat("{\"a\":", depth));

    /// <summary>Bytes that are turned, cut, put in, taken out or overwritten.</summary>
    private static byte[] Mutated(byte[] whole, RandomStream random)
    {
        var bytes = whole.ToList();
        for (var times = 1 + random.NextInt32(3); times > 0 && bytes.Count > 0; times--)
        {
            var (place, length) = (random.NextInt32(bytes.Count), 1 + random.NextInt32(16));
            switch (random.NextInt32(6))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.NextInt32(8));
                    break;
                case 1:
                    bytes[place] = (byte)random.NextInt32(256);
                    break;
                case 2 when random.NextInt32(3) == 0:
                    bytes.RemoveRange(place, bytes.Count - place);
                    break;
                case 3:
                    bytes.RemoveRange(place, Math.Min(length, bytes.Count - place));
                    break;
                case 4:
                    bytes.InsertRange(place, [.. bytes.Skip(random.NextInt32(bytes.Count)).Take(length)]);
                    break;
                default:
                    var field = BitConverter.GetBytes(random.NextInt32(2) == 0 ? Extreme(random) : bytes.Count + random.NextInt32(64) - 32)[..(1 << random.NextInt32(4))];
                    for (var i = 0; i < field.Length && place + i < bytes.Count; i++)
                        bytes[place + i] = field[i];
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Opcodes in any order, those among them that weights have no need of and calls of what must not be run.</summary>
    private static byte[] Opcodes(RandomStream random, string marker)
    {
        var pickle = new Pickle();
        for (var count = random.NextInt32(60); count > 0; count--)
            _ = random.NextInt32(14) switch
            {
                0 => pickle.Op("().]}NQRbsuaet"[random.NextInt32(14)]),
                1 => pickle.Raw((byte)random.NextInt32(256)),
                2 => pickle.Raw((byte)(0x85 + random.NextInt32(3))),
                3 => pickle.Text("model"),
                4 => pickle.Number(Extreme(random)),
                5 => pickle.Global("collections", "OrderedDict").Op(')').Op('R'),
                6 => pickle.Global("torch._utils", "_rebuild_tensor_v2"),
                7 => pickle.Global("torch._utils", "_rebuild_parameter"),
                8 => pickle.Raw((byte)'q', (byte)random.NextInt32(4)),
                9 => pickle.Raw((byte)'h', (byte)random.NextInt32(4)),
                10 => pickle.Tensor("0", "FloatStorage", 4, 0, [4], [1]),
                11 => pickle.Tuple(Extreme(random), Extreme(random)),
                12 when random.NextInt32(4) == 0 => pickle.Global(new[] { "os", "posix", "subprocess", "builtins" }[random.NextInt32(4)], new[] { "system", "eval", "exec", "call" }[random.NextInt32(4)]).Op('(').Text($"touch {marker}").Op('t').Op('R'),
                _ => pickle.Op('}').Text("w").Tensor("0", "FloatStorage", 4, 0, [4], [1]).Op('s'),
            };
        return pickle.Stop();
    }

    /// <summary>Containers within containers, and as many objects as the bytes allow.</summary>
    private static byte[] Deep(RandomStream random)
    {
        // Most are short, so that a run is.
        var count = random.NextInt32(random.NextInt32(40) == 0 ? 4_000_000 : 20_000);
        var pattern = new[] { "("u8.ToArray(), "]"u8.ToArray(), "}"u8.ToArray(), ")"u8.ToArray(), [(byte)')', 0x85], "N"u8.ToArray(), [(byte)'K', 1], [(byte)'h', 0], [(byte)'K', 1, (byte)'a'], [0x88], [(byte)'X', 0, 0, 0, 0] }[random.NextInt32(11)];
        var bytes = new byte[count * pattern.Length];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = pattern[i % pattern.Length];
        return new Pickle().Op(']').Raw((byte)'q', 0).Raw(bytes).Stop();
    }

    /// <summary>Every entry is that of the first header.</summary>
    private static byte[] Overlapping(byte[] whole)
    {
        var bytes = whole.ToArray();
        var mark = BitConverter.GetBytes(0x02014B50u);
        for (var at = 0; bytes.AsSpan(at).IndexOf(mark) is var next and >= 0; at += next + 46)
            bytes.AsSpan(at + next + 42, 4).Clear();
        return bytes;
    }
}
