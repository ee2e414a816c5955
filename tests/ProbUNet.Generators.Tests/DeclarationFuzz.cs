namespace ProbUNet.Generators.Tests;

/// <summary>
/// Texts that look like declarations of networks, most of them broken: wrong types, wrong places, wrong syntax, odd names. Each begins with
/// a namespace of its own, so that many fit into one compilation.
/// </summary>
/// <param name="random">All that decides.</param>
internal sealed class DeclarationFuzz(Random random)
{
    private static readonly string[] Families = [.. ProbUNet.Dsl.Families.All.Select(family => family.Name)];
    private static readonly string[] Parts = ["UNet", "Latent", "Prior", "Posterior", "Combiner", "Variant", "Pretrained"];

    private static readonly string[] Arguments =
    [
        "ImageChannels", "Height", "Width", "BaseChannels", "Classes", "SizePolicy", "Rate", "Blocks", "Members", "Heads", "Channels", "Depth", "Growth", "ConvsPerBlock", "Kernel", "Padding",
        "Activation", "Normalization", "Groups", "Downsampling", "Upsampling", "Residual", "Dropout", "Initialization", "Biases", "dimension", "Entry", "Mask", "Convs", "of", "Of",
        "Nonsense", "TypeId", "@Height", "\\u0048eight",
    ];

    private static readonly string[] Values =
    [
        "1", "2", "3", "4", "8", "16", "64", "0", "-1", "-8", "100", "1025", "2147483647", "-2147483648", "2147483648", "0x10", "1_6", "1L", "1u", "1m", "1.5", "0.5", "-0.25", "1e300", "0.5f", "double.NaN",
        "double.PositiveInfinity", "1 / 0", "checked(int.MaxValue + 1)", "unchecked((int)4000000000)", "true", "false", "null", "null!", "default", "default(int)", "default(int[])", "\"8\"", "\"\"", "'8'",
        "$\"{8}\"", "nameof(Height)", "typeof(int)", "typeof(Net)", "typeof(Net<>)", "typeof(Net<int>)", "typeof(void)", "typeof(int[])", "typeof(Missing)", "typeof(Holder)", "typeof(Tensor)", "typeof(dynamic)",
        "[]", "[4]", "[4, 8]", "[2, 2, 2]", "[0]", "[-4, 8]", "[4, null]", "[\"a\"]", "[1.5]", "[[4]]", "[.. [4]]", "[4,", "new[] { 4, 8 }", "new int[] { 4 }", "new int[2]", "new int[0]", "new int[-1]",
        "new int[2] { 4 }", "new long[] { 4 }", "new object[] { 4 }", "new int[,] { { 4 } }", "new[] { }", "(int[])[4]", "(int[])null", "stackalloc int[2]", "new() { 4 }", "(1, 2)", "x => x", "() => 4", "Missing",
        "Holder.Const", "Holder.Field", "Holder.Array", "Holder.Self", "(PaddingMode)7", "PaddingMode.Reflect", "Normalization.Group", "(Normalization)(-1)", "Nonlinearity.Silu", "SizePolicy.Pad", "SizePolicy.Missing", "(SizePolicy)1",
        "LatentEntry.Input", "(LatentEntry)int.MinValue", "Upsampling.TransposedConv", "Downsampling.StridedConv", "(Initialization)1", "MaskEncoding.Raw", "(MaskEncoding)1.5", "~0", "-(-4)", "4 +", "(4", "4)", "{ 4 }",
        "\"unterminated", "@\"unterminated", "\"\"\"raw", "'", "/* never", "// to the end", "#if", "await 4", "throw null", "sizeof(int)", "4 is int and var x ? 4 : 8", "true ? 4 : \"4\"", "this", "base", "ref 4", "out var y", "4!", "^1", "..", "*",
    ];

    /// <summary>What is right, so that not every text is wrong.</summary>
    private static readonly Dictionary<string, string[]> Right = new()
    {
        ["Latent"] = ["Entry = LatentEntry.Input", "Entry = (LatentEntry)1"],
        ["UNet"] = ["Kernel = 5", "Residual = true", "Normalization = Normalization.Batch", "Groups = 2", "Upsampling = Upsampling.TransposedConv", "Dropout = 0.5", "Padding = PaddingMode.Circular"],
        ["Prior"] = ["Channels = [2]", "ConvsPerBlock = 1"],
        ["Posterior"] = ["Channels = new[] { 2, 2 }", "ConvsPerBlock = 2", "Mask = MaskEncoding.Raw"],
        ["Combiner"] = ["Convs = 2", "Channels = 1 + 2"],
    };

    private const string Checksum = "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"";

    private const string Small = "Channels = [2, 4], ConvsPerBlock = 1";

    private static readonly string[] RightForFamilies = ["Height = 16", "Width = 32", "Classes = 2", "ImageChannels = 3", "SizePolicy = SizePolicy.Pad", "SizePolicy = SizePolicy.Crop", "Height = 100"];

    private static readonly string[] Names =
    [
        "@class", "@event", "Tensor", "Spec", "Declared", "Features", "Logits", "Flatten", "Slice", "Complete", "_unet", "Réseau", "网络", "N\\u0065t", "TorchSharp", "System", "ProbUNet", "record", "async", "var", "_", "@_", "nint", "field", "File", "Object", "Net2", "class", "1Net", "",
    ];

    /// <summary>Not <c>extension</c>: one with a property and without parameters makes the compiler itself throw (Roslyn 5.0).</summary>
    private static readonly string[] Kinds =
    [
        "struct", "record", "record class", "record struct", "enum", "interface", "delegate void", "ref struct", "class class", "union",
    ];

    private static readonly string[] Modifiers = ["static", "file", "abstract", "sealed", "public", "private", "protected internal", "unsafe", "new", "partial", "readonly", "async", "required", "ref", "extern", "const"];

    private static readonly string[] Generics = ["<T>", "<@event>", "<T, T>", "<in T>", "<Spec>", "<T, U, V>", "<>", "<int>", "<T", "<[System.Obsolete] T>"];

    private static readonly string[] Bases =
    [
        ": Missing", ": object", ": System.Exception", ": Net", ": ProbUNet.Models.Runtime.ProbabilisticUNetModel", ": ProbUNet.Models.Runtime.DropoutUNetModel", ": System.IDisposable", ": int", ": dynamic", ": Holder", ": Missing<", ": NetworkAttribute", ":",
        "(int depth)", "(int depth) : Missing(depth)", "()", "where T : class", ": TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>(\"x\")",
    ];

    private static readonly string[] Bodies =
    [
        " { }", " { int Mine => 1; }", " { public Net() { } }", " { public Net(long seed = 0) : this(seed, null) { } }", " { public Net(string path) : base(Spec, 1) { } }", " { public Net(long seed, TorchSharp.torch.Device? device) { } }", " { static Net() => throw null!; }",
        " { [ProbabilisticUNet(Height = 64), DropoutUNet(Height = 32)] partial class Declared { } }", " { static class Declared; }", " { int Spec; }", " { int Features() => 1; }", " { int Flatten => 1; }", " { int @class; }", " { class Spec; }", " { class Tensor; }", " { class TorchSharp; }", " { class ProbUNet; }", " { class global; }", " { enum System; }", " { event System.Action Logits; }", " { int this[int i] => i; }",
        " { public static implicit operator int(Net x) => 1; }", " { ~Net() { } }", " { delegate void Prior(); }", " { int _combinerLogits; }", " { int unet; int image; int random; int scope; }", " { public override string ToString() => \"\"; }", " { [ProbabilisticUNet] int Field; }",
        " { [UNet] void Method([Latent(4)] int x) { } }", " { [DropoutUNet] partial class Inner; }", " { [DropoutUNet] partial struct Inner; }", " { partial void Missing(); }", " { const int Height = 16; }", " { protected override void Dispose(bool disposing) { } }", " { public new int Declaration => 1; }",
        " {", " }", "", " { int x = ; }", " { #error }", " { \"", " { void M() { [ProbabilisticUNet] void Local() { } } }", " => 1;", " } }", "; } {",
    ];

    private static readonly string[] Scraps = ["[", "]", "(", ")", "{", "}", "<", ">", "\"", "'", ";", ",", ".", ":", "=", "@", "#", "$", "/", "*", "\\", "\0", "\uFEFF", "\r", "\n", "\u2028", "\uD800", "é", "//", "/*", "*/", "=>", "partial ", "static ", "class ", "using ", "null", "0", "#if X\n", "#endif\n", "#pragma warning disable\n", "#nullable disable\n", "<<<<<<< HEAD\n"];

    /// <summary>How odd the text that is being written is: a few have many oddities, some one or none.</summary>
    private double _oddity;

    /// <summary>The text with the number, which is its namespace's too.</summary>
    public string Write(int number)
    {
        _oddity = Pick(0.05, 0.25, 1);
        var body = string.Join(Chance(0.8) ? "\n" : " ", Enumerable.Range(0, Chance(0.8) ? 1 : random.Next(2, 4)).Select(_ => Odd(0.2) ? Inside(Declaration()) : Declaration()));
        for (var cuts = Odd(0.35) ? random.Next(1, 4) : 0; cuts > 0; cuts--)
            body = Broken(body);
        var holder = Chance(0.3) ? "\nstatic class Holder { public const int Const = 4; public static int Field = 4; public static readonly int[] Array = [4]; public const int Self = Self; }" : "";
        return $"{(Odd(0.1) ? "" : "using ProbUNet.Dsl;\n")}namespace F{number};\n{body}{holder}\n";
    }

    private string Declaration()
    {
        var attributes = Enumerable.Range(0, random.Next(1, 4)).Select(i => Attribute(i == 0)).ToList();
        // Small networks: what is broken shows as well, and the compiler is done sooner.
        if (!attributes.Any(attribute => attribute.Contains("UNet(Channels", StringComparison.Ordinal)) && !Odd(0.3))
            attributes.Add($"UNet({Small})");
        if (!Odd(0.2))
            attributes = [.. attributes.Reverse<string>().DistinctBy(attribute => attribute.Split('(')[0]).Reverse()];
        var lists = Chance(0.3) ? $"[{string.Join(", ", attributes)}]" : string.Join(Chance(0.5) ? "\n" : " ", attributes.Select(attribute => Odd(0.1) ? $"[{Pick("type", "assembly", "return", "method", "nonsense")}: {attribute}]" : $"[{attribute}]"));
        var modifiers = string.Concat(Enumerable.Range(0, Odd(0.3) ? random.Next(1, 3) : 0).Select(_ => Pick(Modifiers) + " ")) + (Odd(0.1) ? "" : "partial ");
        var name = (Odd(0.6) ? Pick(Names) : "Net") + (Odd(0.2) ? Pick(Generics) : "");
        return $"{lists}{Pick(" ", "\n")}{modifiers}{(Odd(0.3) ? Pick(Kinds) : "class")} {name} {(Odd(0.2) ? Pick(Bases) : "")}{(Odd(0.7) ? Pick(Bodies) : ";")}{(Odd(0.15) ? $"\npartial class {name}{Pick(Bodies)}" : "")}";
    }

    private string Attribute(bool first)
    {
        var name = first != Odd(0.15) ? Pick(Families) : Odd(0.7) ? Pick(Parts) : "UNet";
        var written = Odd(0.25) ? Pick(name + "Attribute", "ProbUNet.Dsl." + name, "global::ProbUNet.Dsl." + name, name + "<int>", "@" + name) : name;
        if (Chance(0.3) && name is not ("Latent" or "Variant" or "Pretrained"))
            return written;
        var arguments = Enumerable.Range(0, random.Next(0, 4)).Select(_ => name == "Variant" || Odd(0.3) ? Argument() : Pick(Right.GetValueOrDefault(name) ?? RightForFamilies));
        var list = name switch
        {
            "UNet" when !Odd(0.4) => arguments.Prepend(Small),
            "Latent" when Chance(0.8) => arguments.Prepend("4"),
            "Pretrained" when Chance(0.8) => [Pick("\"weights/net.safetensors\"", "\"\"", "\"/a\"", "\"a/../b\"", "\"\\uD800\"", "null", "4", "path: \"a\""), Pick(Checksum, Checksum, "\"\"", "\"4\"", "null", "sha256: null", "typeof(Net)")],
            "Variant" when Chance(0.8) => arguments.Prepend($"typeof({Pick("Net", "Net", "Holder", "string", "Net<>", "Missing")})"),
            _ => arguments,
        };
        return $"{written}({string.Join(", ", Odd(0.2) ? list : list.DistinctBy(argument => argument.Split(' ')[0]))})";
    }

    private string Argument() => random.Next(10) switch
    {
        0 => Pick(Values),
        1 => $"{Pick(Arguments)}: {Pick(Values)}",
        2 => $"{Pick(Arguments)} = {Pick(Values)} = {Pick(Values)}",
        _ => $"{Pick(Arguments)} = {Pick(Values)}",
    };

    private string Inside(string declaration) =>
        $"{Pick("partial class Outer", "partial class Outer<T>", "class Outer", "partial struct Outer", "partial interface Outer", "partial record Outer", "static partial class Outer", "file partial class Outer", "enum Outer", "namespace Inner", "partial class Net")} {{ {declaration} }}";

    /// <summary>One cut, one doubling or one scrap, anywhere.</summary>
    private string Broken(string text)
    {
        var (from, to) = (random.Next(text.Length + 1), random.Next(text.Length + 1));
        (from, to) = (Math.Min(from, to), Math.Min(Math.Max(from, to), Math.Min(from, to) + 12));
        return random.Next(3) switch
        {
            0 => text[..from] + text[to..],
            1 => text[..to] + text[from..],
            _ => text[..from] + Pick(Scraps) + text[from..],
        };
    }

    private bool Chance(double probability) => random.NextDouble() < probability;

    private bool Odd(double probability) => Chance(probability * _oddity);

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];
}
