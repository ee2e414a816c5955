using System.Text.Json.Nodes;
using FsCheck.Xunit;
using ProbUNet.Testing;

namespace ProbUNet.Dsl.Tests;

/// <summary>Law 3: spec → JSON → spec is the identity; and what a document does not say has its default.</summary>
[Properties(Arbitrary = [typeof(SpecArbitraries)], MaxTest = 500)]
public class SpecJsonTests
{
    [Property]
    public void ASpec_ComesBack(ValidSpec valid) => Assert.Equal(valid.Spec, Read(SpecJson.Write(valid.Spec)));

    [Property]
    public void AWrongSpec_IsRefusedForItsOwnReasons(AnySpec any)
    {
        // A choice that does not exist has no name to write.
        if (any.Spec.Validate().All(error => error.Id != Rules.Choice))
            Assert.Equal(any.Spec.Validate().Select(error => (error.Id, error.Path.ToUpperInvariant(), error.Message)),
                SpecJson.Read(SpecJson.Write(any.Spec)).Match(_ => [], errors => errors).Select(error => (error.Id, error.Path.ToUpperInvariant(), error.Message)));
    }

    [Property]
    public void SettingsByTheirPaths_AreLaidOver_AsTheTableLaysThem(ValidSpec valid, ValidSpec other, int[] which)
    {
        // Of the other network's settings a few, whatever comes of them together.
        var given = Settings.Of(valid.Spec).Where((setting, place) => setting.Suits(other.Spec) && which.Contains(place)).Select(setting => (setting, setting.Get(other.Spec))).ToList();
        var expected = valid.Spec.Overlay(given);
        var changed = SpecJson.With(valid.Spec, given.Select(pair => KeyValuePair.Create(InDocument(pair.setting), ValueAt(SpecJson.ToNode(other.Spec), InDocument(pair.setting)))));
        Assert.Equal(
            expected.Validate().Count == 0 ? [SpecJson.Write(expected)] : expected.Validate().Select(error => error.Message),
            changed.Match(spec => [SpecJson.Write(spec)], errors => errors.Select(error => error.Message)));

        static string InDocument(Setting setting) => string.Join('.', setting.Path.Split('.').Select(part => part == "UNet" ? "unet" : System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(part)));

        static JsonNode? ValueAt(JsonNode? node, string path) => path.Split('.').Aggregate(node, (at, part) => at![part]);
    }

    [Fact]
    public void APathThatLeadsNowhere_IsAnErrorWithThePath()
    {
        static ValueList<SpecError> With(string path, JsonNode? value) => SpecJson.With(new ProbabilisticUNetSpec(), [KeyValuePair.Create(path, value)]).Match(_ => [], errors => errors);
        Assert.StartsWith("There is no setting dimensin here (did you mean dimension?)", Assert.Single(With("latent.dimensin", 2)).Message);
        Assert.Equal("members", Assert.Single(With("members", 2)).Path);
        Assert.Equal("classes", Assert.Single(With("classes.of", 2)).Path);
        Assert.Equal("latent", Assert.Single(With("latent", 2)).Path);
        Assert.Equal("", Assert.Single(With("", 2)).Path);
    }

    [Property]
    public void WhatADocumentLeavesOut_HasItsDefault(ValidSpec valid, int which)
    {
        var document = SpecJson.ToNode(valid.Spec);
        var unet = document["unet"]!.AsObject();
        var left = unet.Select(setting => setting.Key).ElementAt((int)((uint)which % unet.Count));
        unet.Remove(left);
        // The default may break a rule that the spec's own value kept; then there is nothing to compare.
        SpecJson.Read(document.ToJsonString()).Match(
            spec =>
            {
                var usual = SpecJson.ToNode(new ProbabilisticUNetSpec())["unet"]![left]?.ToJsonString();
                Assert.Equal(usual, SpecJson.ToNode(spec)["unet"]![left]?.ToJsonString());
                return 0;
            },
            errors =>
            {
                Assert.DoesNotContain(errors, error => error.Id == Rules.Json);
                return 0;
            });
    }

    [Property]
    public void TheErrorsOfADocument_ArePathsInIt(AnySpec any)
    {
        if (any.Spec.Validate().Any(error => error.Id == Rules.Choice))
            return;
        foreach (var error in SpecJson.Read(SpecJson.Write(any.Spec)).Match(_ => [], errors => errors))
        {
            var found = (JsonNode?)SpecJson.ToNode(any.Spec);
            foreach (var part in error.Path.Split('.').Select(part => part.Split('[')[0]))
                found = found!.AsObject().Single(setting => setting.Key == part).Value;
        }
    }

    [Fact]
    public void TheShortestDocument_IsThePapersNetwork() => Assert.Equal(new ProbabilisticUNetSpec(), Read("""{"family":"ProbabilisticUNet"}"""));

    [Theory]
    [InlineData("", "", "no JSON")]
    [InlineData("{\"family\":", "", "no JSON")]
    [InlineData("[1]", "", "A spec is a JSON object")]
    [InlineData("{}", "family", "A spec names its family")]
    [InlineData("""{"family":"VGG"}""", "family", "There is no family VGG: use ProbabilisticUNet, ")]
    [InlineData("""{"family":"DropuotUNet"}""", "family", "There is no family DropuotUNet (did you mean DropoutUNet?): use DropoutUNet, ProbabilisticUNet, ")]
    [InlineData("""{"family":"probabilisticUnet"}""", "family", "There is no family probabilisticUnet (did you mean ProbabilisticUNet?): use ProbabilisticUNet, ")]
    [InlineData("""{"family":3}""", "family", "A spec names its family")]
    [InlineData("""{"family":"ProbabilisticUNet","depth":3}""", "depth", "There is no setting depth here, depth belongs in unet: write { \"unet\": { \"depth\": 3 } }")]
    [InlineData("""{"family":"ProbabilisticUNet","height":32}""", "height", "height belongs in image: write { \"image\": { \"height\": 32 } }")]
    [InlineData("""{"family":"ProbabilisticUNet","channels":[4,8]}""", "channels", "channels belongs in image or unet or prior or posterior or combiner: write { \"unet\": { \"channels\": [4, 8] } }")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"classes":3}}""", "unet.classes", "classes belongs in the document itself: write { \"classes\": 3 }")]
    [InlineData("""{"family":"ProbabilisticUNet","latnet":{}}""", "latnet", "There is no setting latnet here (did you mean latent?): use latent, formatVersion, family")]
    [InlineData("""{"family":"ProbabilisticUNet","latent":3}""", "latent", "latent is an object with settings: write \"latent\": { \"dimension\": 3 }")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":[4,8]}""", "unet", "write \"unet\": { \"channels\": [4, 8] }")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"chanels":[1]}}""", "unet.chanels", "There is no setting chanels here (did you mean channels?): use channels, depth")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"channels":"many"}}""", "unet.channels", "a list of whole numbers")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"channels":[1.5]}}""", "unet.channels", "a list of whole numbers")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":null}""", "unet", "an object with settings")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"activation":"Swish"}}""", "unet.activation", "\"Swish\" is none of the choices for activation: use Relu, LeakyRelu, Silu, Gelu, Elu")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"upsampling":"nearst"}}""", "unet.upsampling", "\"nearst\" is none of the choices for upsampling (did you mean Nearest?): use Nearest, BilinearAligned, Bilinear, TransposedConv")]
    [InlineData("""{"family":"ProbabilisticUNet","maskEncoding":"Raw, Centred"}""", "maskEncoding", "\"Raw, Centred\" is none of the choices for maskEncoding: use Centred, Raw")]
    [InlineData("""{"family":"ProbabilisticUNet","latent":{"entry":"1"}}""", "latent.entry", "\"1\" is none of the choices for entry: use Combiner, Bottleneck, Input")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"activation":1}}""", "unet.activation", "the name of a choice")]
    [InlineData("""{"family":"ProbabilisticUNet","latent":{"dimension":6},"latent":{"dimension":7}}""", "", "latent")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"residual":1}}""", "unet.residual", "1 does not fit: write true or false")]
    [InlineData("""{"family":"ProbabilisticUNet","prior":{"convsPerBlock":"two"}}""", "prior.convsPerBlock", "a whole number, or null")]
    [InlineData("""{"family":"ProbabilisticUNet","prior":{"channels":4}}""", "prior.channels", "a list of whole numbers")]
    [InlineData("""{"family":"ProbabilisticUNet","latent":{"dimension":1e99}}""", "latent.dimension", "a whole number")]
    [InlineData("""{"family":"DropoutUNet","rate":"half"}""", "rate", "write a number")]
    [InlineData("""{"family":"DropoutUNet","latent":{}}""", "latent", "There is no setting latent here: use formatVersion, family, rate, blocks")]
    [InlineData("""{"family":"UNetEnsemble","members":1.5}""", "members", "a whole number")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"growth":"fast"}}""", "unet.growth", "write a number, or null")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"kernel":null}}""", "unet.kernel", "write a whole number")]
    public void AMalformedDocument_IsOneErrorWithAPath(string json, string path, string words)
    {
        var error = Assert.Single(SpecJson.Read(json).Match(_ => [], errors => errors));
        Assert.Equal(Rules.Json, error.Id);
        Assert.StartsWith(path, error.Path);
        Assert.Contains(words, error.Message);
    }

    /// <summary>As it was written before documents named their format, with the names that settings had then.</summary>
    private const string Old = """
        {
          "family": "ProbabilisticUNet",
          "image": { "channels": 3, "height": 64, "width": 96 },
          "unet": { "channels": null, "depth": 4, "width": 48, "growth": 1.5, "convsPerBlock": 2, "kernel": 3, "padding": "Zeros", "activation": "Silu" },
          "latent": { "dimension": 4, "entry": "Combiner" },
          "combiner": { "convs": 2, "width": 16 }
        }
        """;

    private static readonly ProbabilisticUNetSpec Meant = new()
    {
        Image = new(3, 64, 96),
        UNet = new() { Depth = 4, BaseChannels = 48, Growth = 1.5, ConvsPerBlock = 2, Activation = Nonlinearity.Silu },
        Latent = new(4),
        Combiner = new(2) { Channels = 16 },
    };

    [Theory]
    [InlineData("")]
    [InlineData("\"formatVersion\": 1, ")]
    public void AnOldDocument_IsReadAsWhatItMeant(string format) => Assert.Equal(Meant, Read(Old.Replace("\"family\"", $"{format}\"family\"")));

    [Property]
    public void ADocumentWithTheNamesOfBefore_ComesBack_AndNamesItsSettingsByThemWhereTheyAreWrong(AnySpec any)
    {
        if (any.Spec.Validate().Any(error => error.Id == Rules.Choice))
            return;
        var document = SpecJson.ToNode(any.Spec);
        document["formatVersion"] = 1;
        foreach (var (part, now) in new[] { ("unet", "baseChannels"), ("combiner", "channels") })
            if (document[part] is JsonObject settings && settings.Remove(now, out var value))
                settings["width"] = value;
        Assert.Equal(
            SpecJson.Read(SpecJson.Write(any.Spec)).Match(_ => [], errors => errors.Select(error => error with { Path = error.Path.Replace("unet.baseChannels", "unet.width").Replace("combiner.channels", "combiner.width") })),
            SpecJson.Read(document.ToJsonString()).Match(spec => spec == any.Spec ? [] : throw new InvalidOperationException($"It is read as {spec}."), errors => errors));
    }

    [Fact]
    public void ADocument_BeginsWithItsFormat() => Assert.Equal(["formatVersion", "family"], SpecJson.ToNode(Meant).Select(setting => setting.Key).Take(2));

    [Theory]
    [InlineData("""{"formatVersion":3,"family":"Vision","layers":[]}""", "formatVersion", "This spec has the format 3 and this program knows 2: open it with the program that wrote it")]
    [InlineData("""{"formatVersion":0,"family":"ProbabilisticUNet"}""", "formatVersion", "0 is no format of a spec: write \"formatVersion\": 2")]
    [InlineData("""{"formatVersion":"2","family":"ProbabilisticUNet"}""", "formatVersion", "\"2\" is no format of a spec")]
    [InlineData("""{"formatVersion":null,"family":"ProbabilisticUNet"}""", "formatVersion", "null is no format of a spec")]
    [InlineData("""{"formatVersion":2,"family":"ProbabilisticUNet","unet":{"width":8}}""", "unet.width", "There is no setting width here")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"width":8,"baseChannels":8}}""", "unet.width", "There is no setting width here")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"width":"eight"}}""", "unet.width", "write a whole number, or null")]
    [InlineData("""{"family":"ProbabilisticUNet","unet":{"formatVersion":2}}""", "unet.formatVersion", "There is no setting formatVersion here")]
    public void AFormatThatIsNone_OrNamesThatItDoesNotHave_AreOneError(string json, string path, string words) => AMalformedDocument_IsOneErrorWithAPath(json, path, words);

    [Fact]
    public void ThePublishedSchema_IsTheCodes() => Assert.Equal(SpecJson.Schema() + "\n", File.ReadAllText(Path.Combine(Root(), "docs", "model-spec.schema.json")));

    [Fact]
    public void TheSchema_SaysTheDefaultsOfEachFamily()
    {
        foreach (var (family, schema) in Families.All.Zip(JsonNode.Parse(SpecJson.Schema())!["oneOf"]!.AsArray()))
            foreach (var (name, value) in SpecJson.ToNode(family.Defaults).Skip(2))
                foreach (var (setting, usual, said) in value is JsonObject part
                    ? part.Select(each => (each.Key, each.Value, schema!["properties"]![name]!["properties"]![each.Key]!))
                    : [(name, value, schema!["properties"]![name]!)])
                    Assert.True(said.AsObject().TryGetPropertyValue("default", out var shown) && JsonNode.DeepEquals(usual, shown), $"{family.Name}: {name}.{setting} is {shown}, not {usual}");
    }

    [Fact]
    public void TheSchema_NamesEverySetting()
    {
        var families = JsonNode.Parse(SpecJson.Schema())!["oneOf"]!.AsArray();
        Assert.Equal(Families.All.Count, families.Count);
        foreach (var (family, schema) in Families.All.Zip(families))
        {
            var document = SpecJson.ToNode(family.Defaults);
            Assert.Equal(Paths(document), PathsOf(schema!));
            // And the table's, with the document's name of the family.
            Assert.Equal(
                Settings.Of(family.Defaults).Select(setting => setting.Path.ToUpperInvariant()).Append("FORMATVERSION").Append("FAMILY").Order(StringComparer.Ordinal),
                PathsOf(schema!).Select(path => path.ToUpperInvariant()).Order(StringComparer.Ordinal));
        }

        static IEnumerable<string> Paths(JsonNode document) => document.AsObject().SelectMany(setting => setting.Value is JsonObject part ? Paths(part).Select(path => $"{setting.Key}.{path}") : [setting.Key]);

        static IEnumerable<string> PathsOf(JsonNode schema) => schema["properties"]!.AsObject().SelectMany(setting =>
            setting.Value!.AsObject().ContainsKey("properties") ? PathsOf(setting.Value).Select(path => $"{setting.Key}.{path}") : [setting.Key]);
    }

    [Fact]
    public void EveryChoiceByItsName_IsRead_AndTheErrorOfAnotherListsThemAll() => Assert.All(
        from family in Families.All from setting in Settings.Of(family.Defaults) where setting.Domain is Choices select (family, setting, ((Choices)setting.Domain).Kind), pair =>
        {
            var (family, setting, kind) = pair;
            var usual = SpecJson.ToNode(family.Defaults);
            SpecError[] Said(string choice)
            {
                var path = setting.Path.Split('.');
                var owner = path is [var part, _] ? usual.Single(each => each.Key.Equals(part, StringComparison.OrdinalIgnoreCase)).Value!.AsObject() : usual;
                owner[owner.Single(each => each.Key.Equals(path[^1], StringComparison.OrdinalIgnoreCase)).Key] = choice;
                return SpecJson.Read(usual.ToJsonString()).Match(_ => [], errors => errors.ToArray());
            }
            var error = Assert.Single(Said("Nothing of the kind"));
            Assert.StartsWith("\"Nothing of the kind\" is none of the choices", error.Message);
            Assert.All(Enum.GetNames(kind), choice => Assert.Contains(choice, error.Message));
            Assert.All(Enum.GetNames(kind), choice => Assert.DoesNotContain(Said(choice), said => said.Id == Rules.Json));
        });

    private static ModelSpec Read(string json) => SpecJson.Read(json).Match(spec => spec, errors => throw new InvalidOperationException(errors.ToString()));

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ProbUNet.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return folder;
    }
}
