using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;

namespace ProbUNet.Models.Interchange.PyTorch;

/// <summary>
/// Reads a pickle of protocol 2, as <c>torch.save</c> writes it, and can execute nothing: a name of Python is a text that is looked up in a short list, and what Python would call is done here, for tensors
/// and plain containers only. All else is refused where it stands. There is no recursion, and a bound on what is made. The opcodes are those of Python's <c>pickletools</c>.
/// </summary>
/// <param name="path">What a refusal names.</param>
/// <param name="pickle">The bytes.</param>
/// <param name="start">Where in the file they begin.</param>
/// <param name="storage">The storage of a key, its type and its count of values; it refuses those that are not there.</param>
internal ref struct Unpickler(string path, ReadOnlySpan<byte> pickle, long start, Func<string, ElementType, long, long, PickledStorage> storage)
{
    /// <summary>Bytes that objects may take, roughly: the weights of a large network need a tenth.</summary>
    private const long Budget = 24 << 20;

    private const int MaxName = 200, MaxDimensions = 64;
    private const string Ordered = "collections.OrderedDict", Rebuild = "torch._utils._rebuild_tensor", Rebuild2 = "torch._utils._rebuild_tensor_v2", Parameter = "torch._utils._rebuild_parameter", Size = "torch.Size", Device = "torch.device";

    private static readonly object Mark = new();

    private static readonly FrozenDictionary<string, ElementType> Storages = new Dictionary<string, ElementType>
    {
        ["torch.DoubleStorage"] = ElementType.F64,
        ["torch.FloatStorage"] = ElementType.F32,
        ["torch.HalfStorage"] = ElementType.F16,
        ["torch.BFloat16Storage"] = ElementType.BF16,
        ["torch.LongStorage"] = ElementType.I64,
        ["torch.IntStorage"] = ElementType.I32,
        ["torch.ShortStorage"] = ElementType.I16,
        ["torch.CharStorage"] = ElementType.I8,
        ["torch.ByteStorage"] = ElementType.U8,
        ["torch.BoolStorage"] = ElementType.Bool,
    }.ToFrozenDictionary();

    /// <summary>All that a pickle may name.</summary>
    private static readonly FrozenDictionary<string, PickledName> Names = new[] { Ordered, Rebuild, Rebuild2, Parameter, Size, Device }.Concat(Storages.Keys)
        .Concat(new[] { "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool" }.Select(type => $"torch.{type}")).ToFrozenDictionary(name => name, name => new PickledName(name));

    private readonly ReadOnlySpan<byte> _pickle = pickle;
    private readonly Stack<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at, _opcode;
    private long _made;

    /// <summary>The one object of the pickle.</summary>
    /// <exception cref="InputException">It is damaged, or asks for what is not allowed.</exception>
    public object? Read()
    {
        while (true)
        {
            _opcode = _at;
            var code = Take(1)[0];
            switch (code)
            {
                case 0x80 when Take(1)[0] is var protocol:   // PROTO
                    if (protocol != 2)
                        throw Refused($"its pickle is of protocol {protocol}, and torch.save writes 2", "save it again with torch.save as it comes");
                    break;
                case (byte)'.':   // STOP
                    return _stack.Count == 1 && _at == _pickle.Length ? Pop() : throw Damaged("the pickle stops here, and something is left over");
                case (byte)'(': Push(Mark, 16); break;
                case (byte)'N': Push(null, 16); break;
                case 0x88: Push(true, 24); break;
                case 0x89: Push(false, 24); break;
                case (byte)'K': Push((long)Take(1)[0], 24); break;
                case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)), 24); break;
                case (byte)'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)), 24); break;
                case 0x8A: Push(LongOf(Take(Take(1)[0])), 24); break;
                case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)), 24); break;
                case (byte)'X': PushText(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
                case (byte)'T': PushText(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
                case (byte)'U': PushText(Take(1)[0]); break;
                case (byte)')': Push(new PickledTuple([]), 32); break;
                case 0x85: PushTuple(1); break;
                case 0x86: PushTuple(2); break;
                case 0x87: PushTuple(3); break;
                case (byte)'t': Push(new PickledTuple(PopToMark()), 48); break;
                case (byte)']': Push(new PickledList(), 96); break;
                case (byte)'}': Push(new PickledDict(start + _opcode), 104); break;
                case (byte)'a': Append([Pop()]); break;
                case (byte)'e': Append(PopToMark()); break;
                case (byte)'s': SetItems(PopMany(2)); break;
                case (byte)'u': SetItems(PopToMark()); break;
                case (byte)'q': Put(Take(1)[0]); break;
                case (byte)'r': Put(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
                case (byte)'h': Push(Got(Take(1)[0]), 16); break;
                case (byte)'j': Push(Got(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))), 16); break;
                case (byte)'c': Push(Global(), 16); break;
                case (byte)'Q': Push(Persistent(Pop()), 64); break;
                case (byte)'R': Reduce(); break;
                case (byte)'b': Build(); break;
                default:
                    throw Refused($"its pickle has the opcode 0x{code:X2}, which the weights of a network do not need", "save the weights alone: torch.save(model.state_dict(), FILE)");
            }
        }
    }

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > _pickle.Length - _at)
            throw Damaged("the pickle ends too early");
        var taken = _pickle.Slice(_at, (int)count);
        _at += (int)count;
        return taken;
    }

    private void Push(object? value, int size)
    {
        Make(size);
        _stack.Push(value);
    }

    private void Make(long size)
    {
        if ((_made += size) > Budget)
            throw Damaged("its pickle has far more in it than the weights of a network");
    }

    private readonly object? Pop() => _stack.TryPop(out var value) && value != Mark ? value : throw Damaged("there is nothing to take");

    private object?[] PopMany(int count)
    {
        Make(24 + 8 * count);
        var values = new object?[count];
        for (var i = count - 1; i >= 0; i--)
            values[i] = Pop();
        return values;
    }

    private object?[] PopToMark()
    {
        var values = new List<object?>();
        while (true)
        {
            if (!_stack.TryPop(out var value))
                throw Damaged("there is no mark");
            if (value == Mark)
                break;
            values.Add(value);
        }
        Make(24 + 16L * values.Count);
        values.Reverse();
        return [.. values];
    }

    private void PushTuple(int count) => Push(new PickledTuple(PopMany(count)), 48);

    private void PushText(uint length)
    {
        var bytes = Take(length);
        Make(2L * bytes.Length);
        Push(Encoding.UTF8.GetString(bytes), 24);
    }

    private static object LongOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > sizeof(long))
            return PickledOther.Instance;
        Span<byte> whole = stackalloc byte[sizeof(long)];
        whole.Fill(bytes.Length > 0 && bytes[^1] > 127 ? (byte)255 : (byte)0);
        bytes.CopyTo(whole);
        return BinaryPrimitives.ReadInt64LittleEndian(whole);
    }

    private void Put(uint key)
    {
        Make(80);
        _memo[key] = _stack.TryPeek(out var value) && value != Mark ? value : throw Damaged("there is nothing to remember");
    }

    private readonly object? Got(uint key) => _memo.TryGetValue(key, out var value) ? value : throw Damaged($"nothing was remembered as {key}");

    private readonly PickledDict Dict(object? value) => value as PickledDict ?? throw Damaged("this is no dictionary");

    private void Append(object?[] items)
    {
        Make(40 + 16L * items.Length);
        (Peek() as PickledList ?? throw Damaged("this is no list")).Items.AddRange(items);
    }

    private readonly object? Peek() => _stack.TryPeek(out var value) ? value : throw Damaged("there is nothing to add to");

    private void SetItems(object?[] items)
    {
        Make(24L * items.Length);
        if (items.Length % 2 != 0)
            throw Damaged("a key has no value");
        var dict = Dict(Peek());
        for (var i = 0; i < items.Length; i += 2)
            dict.Items.Add((items[i], items[i + 1]));
    }

    private PickledName Global()
    {
        var name = $"{Line()}.{Line()}";
        return Names.TryGetValue(name, out var known) ? known : throw Refused(
            $"its pickle asks for Python's {OneLine.Of(name)}, and nothing in a file is ever run", "save the weights alone: torch.save(model.state_dict(), FILE)");
    }

    private string Line()
    {
        var rest = _pickle[_at..];
        var length = rest[..Math.Min(rest.Length, MaxName)].IndexOf((byte)'\n');
        if (length < 0)
            throw Damaged("a name does not end");
        _at += length + 1;
        return Encoding.UTF8.GetString(rest[..length]);
    }

    private readonly PickledStorage Persistent(object? id) =>
        id is PickledTuple { Items: ["storage", PickledName { Name: var type }, string key, string, long count] } && Storages.TryGetValue(type, out var element)
            ? storage(key, element, count, start + _opcode)
            : throw Damaged("this is no storage");

    private void Reduce()
    {
        if (Pop() is not PickledTuple { Items: var arguments } || Pop() is not PickledName { Name: var name })
            throw Damaged("this is no call that is known");
        Push((name, arguments) switch
        {
            (Ordered, []) => new PickledDict(start + _opcode),
            (Ordered, [PickledList pairs]) => OrderedOf(pairs),
            (Rebuild or Rebuild2, [PickledStorage values, long first, PickledTuple shape, PickledTuple strides, ..]) => Tensor(values, first, shape, strides),
            (Parameter, [PickledTensor tensor, ..]) => tensor,
            (Size, [PickledTuple sizes]) => sizes,
            (Device, _) => PickledOther.Instance,
            _ => throw Damaged($"{name} is called in another way than torch.save does"),
        }, 120);
    }

    private PickledDict OrderedOf(PickledList pairs)
    {
        var dict = new PickledDict(start + _opcode);
        foreach (var pair in pairs.Items)
            dict.Items.Add(pair switch
            {
                PickledTuple { Items: [var key, var value] } => (key, value),
                PickledList { Items: [var key, var value] } => (key, value),
                _ => throw Damaged("this is no pair"),
            });
        Make(32L * dict.Items.Count);
        return dict;
    }

    private readonly PickledTensor Tensor(PickledStorage values, long first, PickledTuple shape, PickledTuple strides)
    {
        var (sizes, steps) = (Numbers(shape), Numbers(strides));
        if (sizes.Length != steps.Length || first < 0)
            throw Damaged("the shape of this tensor does not fit its strides");
        // A tensor of more values than its storage has would be one that repeats itself; nothing that is trained does.
        var (count, last) = ((Int128)1, (Int128)first);
        for (var d = 0; d < sizes.Length && count > 0; d++)
        {
            count = count > long.MaxValue ? count : count * sizes[d];
            last = last > long.MaxValue ? last : last + (sizes[d] - 1) * (Int128)steps[d];
        }
        return sizes.Contains(0) ? new PickledTensor(values, Math.Min(first, values.Count), sizes, steps)
            : last < values.Count && count <= values.Count ? new PickledTensor(values, first, sizes, steps)
            : throw Damaged($"this tensor is not within its storage of {values.Count} values");
    }

    private readonly long[] Numbers(PickledTuple tuple)
    {
        if (tuple.Items.Length > MaxDimensions)
            throw Damaged($"this tensor has {tuple.Items.Length} dimensions");
        return Array.ConvertAll(tuple.Items, item => item is long and >= 0 ? (long)item : -1) is var numbers && !numbers.Contains(-1) ? numbers : throw Damaged("a size or a stride is no number of at least 0");
    }

    /// <summary>Python's attributes of an object; those of a dictionary (a state_dict's <c>_metadata</c>) have no meaning here.</summary>
    private readonly void Build()
    {
        _ = Pop();
        _ = Dict(Peek());
    }

    private readonly InputException Damaged(string why) => Damage.At(path, start + _opcode, "PyTorch", why);

    private readonly InputException Refused(string what, string remedy) => new(path, FormattableString.Invariant($"{what} (byte {start + _opcode})"), remedy);
}
