using FsCheck.Xunit;
using ProbUNet.Dsl;
using ProbUNet.Models.Interchange;
using ProbUNet.Models.Randomness;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Tests.Training;
using ProbUNet.Models.Training;

namespace ProbUNet.Models.Tests.Interchange;

/// <summary>What other programs call our parameters, and what is said where a file has others.</summary>
public sealed class NameMapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 30)]
    public void TheReferencesNames_AreThoseOfItsSequences(long seed)
    {
        var random = RandomStream.For(seed);
        var spec = new ProbabilisticUNetSpec
        {
            Image = new(1, 8, 8),
            UNet = new() { Channels = [.. Enumerable.Range(0, 1 + random.NextInt32(4)).Select(_ => 2)], ConvsPerBlock = 1 + random.NextInt32(3) },
            Prior = new() { ConvsPerBlock = random.NextInt32(2) == 0 ? null : 1 + random.NextInt32(4) },
            Combiner = new(1 + random.NextInt32(3)),
        };
        using var model = Interpreter.Create(spec).Match(made => made, errors => throw new InvalidOperationException(errors.ToString()));
        var theirs = model.named_parameters().Select(named => NameMap.Reference.For(spec)(named.name)).ToList();
        // A block is [pool,] conv, relu, conv, relu …; the encoders of the latent are one sequence.
        var (levels, convs) = (spec.UNet.Levels().Count, spec.UNet.ConvsPerBlock);
        IEnumerable<string> Sequence(string name, int blocks, int length, bool pools)
        {
            var layers = Enumerable.Range(0, blocks).SelectMany(block => Enumerable.Repeat("pool", pools && block > 0 ? 1 : 0).Concat(Enumerable.Repeat(new[] { "conv", "relu" }, length).SelectMany(pair => pair)));
            return layers.Select((kind, place) => (kind, place)).Where(layer => layer.kind == "conv").Select(layer => $"{name}.{layer.place}");
        }
        var expected = Enumerable.Range(0, levels).SelectMany(block => block == 0 ? Sequence("unet.contracting_path.0.layers", 1, convs, pools: false) : Sequence("", 2, convs, pools: true).Skip(convs).Select(layer => $"unet.contracting_path.{block}.layers.{int.Parse(layer[1..]) - 2 * convs}"))
            .Concat(Enumerable.Range(0, levels - 1).SelectMany(block => Sequence($"unet.upsampling_path.{block}.conv_block.layers", 1, convs, pools: false)))
            .Concat(Sequence("prior.encoder.layers", levels, spec.Prior.ConvsPerBlock ?? convs, pools: true)).Append("prior.conv_layer")
            .Concat(Sequence("posterior.encoder.layers", levels, convs, pools: true)).Append("posterior.conv_layer")
            .Concat(Sequence("fcomb.layers", 1, spec.Combiner.Convs - 1, pools: false)).Append("fcomb.last_layer");
        Assert.Equal(expected.SelectMany(layer => new[] { $"{layer}.bias", $"{layer}.weight" }).Order(), theirs.Order());
    }

    [Theory]
    [InlineData("net.*", "*", "unet.encoder0.conv1.weight", "net.unet.encoder0.conv1.weight")]
    [InlineData("*.layers.{i}.*", "*.conv{i}.*", "unet.encoder0.conv1.weight", "unet.encoder0.layers.1.weight")]
    [InlineData("e.{3*(b+1)-c}.{k}", "unet.encoder{b}.conv{c}.{k}", "unet.encoder2.conv1.bias", "e.8.bias")]
    [InlineData("{levels}/{convs}", "prior.head.weight", "prior.head.weight", "2/1")]
    [InlineData("never", "prior.head.bias", "prior.head.weight", "prior.head.weight")]
    public void APattern_TellsTheirNameOfOurs(string theirs, string ours, string name, string expected) =>
        Assert.Equal(expected, NameMap.Parse("map", $$$"""{"formatVersion":1,"names":{"{{{theirs}}}":"{{{ours}}}"}}""").For(TinyNet.Spec)(name));

    [Theory]
    [InlineData("""{"names":{}}""", "formatVersion is missing or none that this program reads")]
    [InlineData("""{"formatVersion":2}""", "formatVersion is missing or none")]
    [InlineData("""{"formatVersion":1,"name":{}}""", "there is no key name (did you mean names?); use formatVersion, about, names, ignored.")]
    [InlineData("""{"formatVersion":1,"names":[]}""", "names is no object, or ignored no list")]
    [InlineData("""{"formatVersion":1,"names":{"a":1}}""", "what stands behind a is no text")]
    [InlineData("""{"formatVersion":1,"names":{"a.{i}":"b"}}""", "i in a.{i} is not in b")]
    [InlineData("""{"formatVersion":1,"names":{"*.*":"*"}}""", "*.* and * have not as many stars")]
    [InlineData("""{"formatVersion":1,"names":{"a{":"b"}}""", "a brace in a{ has no other")]
    [InlineData("""{"formatVersion":1,"names":{"a{(i}":"b{i}"}}""", "a parenthesis is not closed")]
    [InlineData("""{"formatVersion":1,"names":{"a{i+}":"b{i}"}}""", "a number or a name is missing")]
    [InlineData("""{"formatVersion":1,"names":{"a{i}":"b{i+1}"}}""", "{i+1} in b{i+1} is no name in braces")]
    [InlineData("""{"formatVersion":1,"names":{"a{i}":"b{levels}{i}"}}""", "{levels} in b{levels}{i} is no name in braces")]
    [InlineData("""{"formatVersion":1,"ignored":[1]}""", "what stands in ignored is no text")]
    [InlineData("{", "the text is no JSON")]
    public void AMapThatIsNone_IsRefused(string json, string why)
    {
        File.WriteAllText(_folder["map.json"], json);
        var error = Assert.Throws<InputException>(() => NameMap.Open(_folder["map.json"]));
        Assert.StartsWith($"{_folder["map.json"]}: ", error.Message);
        Assert.Contains(why, error.Message);
    }

    [Fact]
    public void AShippedMap_HasAName() => Assert.Contains("no map has this name (did you mean reference?); use own, reference or a file ending in .json.", Assert.Throws<InputException>(() => NameMap.Open("refrence")).Message);

    [Theory]
    [InlineData("""{"formatVersion":1,"names":{"a.{2*k}":"prior.head.{k}"}}""", "what it says of prior.head.weight cannot be worked out (k is 'weight', and no number)")]
    [InlineData("""{"formatVersion":1,"names":{"same":"prior.head.*"}}""", "stars")]
    [InlineData("""{"formatVersion":1,"names":{"same":"prior.head.{k}"}}""", "the map has this name for prior.head.weight and for prior.head.bias")]
    public void AMapThatDoesNotSuitTheNetwork_IsRefused(string json, string why)
    {
        using var model = new TinyNet();
        Weights.Save(model, _folder["x.safetensors"]);
        using var file = TensorFile.Open(_folder["x.safetensors"]);
        Assert.Contains(why, Assert.Throws<InputException>(() => Weights.Load(model, file, NameMap.Parse("map", json))).Message);
    }

    [Fact]
    public void WhatDoesNotFit_IsListedSideBySide_WithTheNearestName()
    {
        using var model = new TinyNet();
        var weights = Weights.Copy(model).Select(named => named.Key switch
        {
            "prior.head.weight" => KeyValuePair.Create("prior.haed.weight", named.Value),
            "prior.head.bias" => KeyValuePair.Create(named.Key, new StoredTensor([1, 4], named.Value.Values)),
            _ => named,
        }).Append(KeyValuePair.Create("optimizer", new StoredTensor([3], [1, 2, 3])));
        Safetensors.Write(_folder["x.safetensors"], weights);
        using var file = TensorFile.Open(_folder["x.safetensors"]);
        var match = Weights.Compare(model, file, NameMap.Own);
        Assert.False(match.Fits);
        Assert.Equal(Weights.Copy(model).Count - 2, match.Pairs.Count);
        Assert.Equal("""
            the network                     the file                        
            prior.head.bias [4]             prior.head.bias [1, 4]          of another shape
            prior.head.weight [4, 6, 1, 1]  -                               missing: prior.head.weight (the nearest is prior.haed.weight)
            -                               optimizer [3]                   unexpected
            -                               prior.haed.weight [4, 6, 1, 1]  unexpected (the nearest is prior.head.weight)

            """.Replace("the file                        \n", "the file\n"), match.Table());
    }

    [Fact]
    public void WhatPyTorchPutsBeforeAllNames_AndWhatNobodyReads_IsPassedOver()
    {
        using var saved = new TinyNet(seed: 1);
        using var loaded = new TinyNet(seed: 2);
        Safetensors.WriteBytes(_folder["x.safetensors"], Weights.Copy(saved).Select(named => KeyValuePair.Create($"module._orig_mod.{named.Key}", new TensorBytes(ElementType.F32, named.Value.Shape, TorchArchive.Floats(named.Value.Values))))
            .Append(KeyValuePair.Create("module._orig_mod.norm.num_batches_tracked", new TensorBytes(ElementType.I64, [], BitConverter.GetBytes(long.MaxValue)))));
        Weights.Load(loaded, _folder["x.safetensors"]);
        Assert.All(Weights.Copy(saved).Zip(Weights.Copy(loaded)), pair => Assert.Equal(pair.First.Value.Values, pair.Second.Value.Values));
    }

    [Fact]
    public void NamesThatAreMadeToHurt_AreShortInTheSentence()
    {
        using var model = new TinyNet();
        Safetensors.Write(_folder["x.safetensors"], Enumerable.Range(0, 2000).Select(number => KeyValuePair.Create($"{number}\n{new string('x', 3000)}", new StoredTensor([4], [1, 2, 3, 4]))));
        var error = Assert.Throws<InputException>(() => Weights.Load(model, _folder["x.safetensors"]));
        Assert.DoesNotContain('\n', error.Message);
        Assert.True(error.Message.Length < 2000);
    }

    [Fact]
    public void AnImportedRun_IsJudgedAndBegunWith_ButNotGoneOnWith()
    {
        using var model = new TinyNet(seed: 5);
        var made = RunFolder.Import(_folder["run"], model, "there/weights.pth");
        var run = RunFolder.Open(_folder["run"]);
        Assert.Equal((true, false, "", ""), (run.IsImported, run.IsDone, run.Data, run.Fingerprint));
        Assert.Equal((made.Spec, 5), (run.Spec, run.Seed));
        using var loaded = run.LoadModel();
        Assert.All(Weights.Copy(model).Zip(Weights.Copy(loaded)), pair => Assert.Equal(pair.First.Value.Values, pair.Second.Value.Values));
        Weights.Load(loaded, run.WeightsFile());
        Assert.EndsWith("step-000000", run.LastCheckpoint);
        Assert.Contains("its weights were imported, and it does not know any data; name with --data", Assert.Throws<InputException>(() => run.OpenData()).Message);
        Assert.Contains("it has no training to go on with", Assert.Throws<InputException>(() => Trainer.Train(loaded, ToyData.Squares(4), run.Plan, new() { Run = run })).Message);
        Assert.Contains("the folder is not empty", Assert.Throws<InputException>(() => RunFolder.Import(_folder["run"], model, "x")).Message);
        // Without its plan, what was trained here is no run.
        File.WriteAllText(_folder["run/run.json"], File.ReadAllText(_folder["run/run.json"]).Replace("initialWeights", "initialWheights"));
        Assert.Contains("it is no description of a run", Assert.Throws<InputException>(() => RunFolder.Open(_folder["run"])).Message);
    }
}
