using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ProbUNet.Dsl.Tests;

/// <summary>What people read of a setting, its range, its default and its choices, is what the table says: in the editor, in the README and on the page of diagnostics.</summary>
public class SettingDocumentsTests
{
    private static readonly Dictionary<string, XElement> Members = XDocument.Load(Path.ChangeExtension(typeof(ModelSpec).Assembly.Location, ".xml")).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
    private static readonly string[] Readme = File.ReadAllLines(Path.Combine(Root(), "README.md"));
    private static readonly string[] Diagnostics = File.ReadAllText(Path.Combine(Root(), "docs", "diagnostics.md")).Split("\n## ");

    public static TheoryData<string> Paths => [.. Settings.All.Select(setting => setting.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void WhatTheEditorShows_IsWhatTheTableSays(string path)
    {
        var setting = Settings.At(path);
        var (owner, spec) = DocumentOf(setting);
        Holds(setting, spec);
        foreach (var family in Families.All.Where(family => setting.Suits(family.Defaults)))
        {
            var property = AttributeOf(setting, family).GetProperty(setting.Argument)!;
            var shown = Members[$"P:{property.DeclaringType!.FullName}.{property.Name}"];
            if (shown.Element("inheritdoc") is { } inherited)
                Assert.Equal($"P:{owner.FullName}.{setting.Name}", inherited.Attribute("cref")!.Value);
            else
                Holds(setting, shown.Element("summary")!);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void TheReadme_HasTheDefaultAndEveryChoice(string path)
    {
        var setting = Settings.At(path);
        foreach (var family in Families.All.Where(family => setting.Suits(family.Defaults)))
        {
            var row = Row(setting.Attribute is not null ? $@"`\[{setting.Attribute}[\](]" : setting.IsShared ? "every family" : $@"`\[{family.Name}\]");
            Assert.Matches(DefaultOf(setting, family) is { } usual && (setting.Attribute is null || setting.Unsaid() is null || Equals(usual, setting.Unsaid())) ? $@"\b{setting.Argument} = {Regex.Escape(Written(usual))}(?![\w.])" : $@"\b{setting.Argument}\b", row);
            if (setting.Domain is Choices choices)
                Assert.All(Enum.GetNames(choices.Kind), choice => Assert.Matches($@"[`.]{choice}\b", row));
            // Of a family with a default of its own its row tells.
            if (setting.Get(family.Defaults) is int own && setting.Unsaid() is int other && own != other)
                Assert.Matches($@"\b{own}\b", Row($@"`\[{family.Name}\]"));
        }
    }

    [Fact]
    public void TheReadme_ShowsTheLevelsThatAreMade() => Assert.Contains($"`Channels = {new UNetSpec().Levels()}`", Row(@"`\[UNet\]"));

    [Theory]
    [MemberData(nameof(Paths))]
    public void ThePageOfDiagnostics_HasTheRange(string path)
    {
        IEnumerable<(string Rule, string Range)> Ranges(Domain domain) => domain switch
        {
            WholeNumbers numbers => [(numbers.Rule, $"{numbers.Min} to {numbers.Max}")],
            OddNumbers numbers => [(numbers.Rule, $"{numbers.Min} to {numbers.Max}")],
            RealNumbers numbers => [(numbers.Rule, string.Create(CultureInfo.InvariantCulture, $"{(numbers.IsBelow ? "at least " : "")}{numbers.Min}{(numbers.IsBelow ? " and below " : " to ")}{numbers.Max}"))],
            LevelChannels levels => [(levels.Rule, $"1 to {levels.MaxCount}"), .. Ranges(levels.Entries)],
            Choices or YesOrNo => [],
            _ => throw new InvalidOperationException($"Nobody says how the range of {domain} is written."),
        };
        Assert.All(Ranges(Settings.At(path).Domain), said => Assert.Matches($@"\b{Regex.Escape(said.Range)}\b", Spaced(Diagnostics.Single(section => section.StartsWith(said.Rule, StringComparison.Ordinal)))));
    }

    /// <summary>A text gives range and default of a setting.</summary>
    private static void Holds(Setting setting, XElement document)
    {
        var text = Spaced(document.Value);
        Assert.All(setting.Domain switch
        {
            WholeNumbers numbers => [$"{numbers.Min} to {numbers.Max}"],
            OddNumbers numbers => ["odd", $"{numbers.Min} to {numbers.Max}"],
            RealNumbers numbers => [string.Create(CultureInfo.InvariantCulture, $"{(numbers.IsBelow ? "at least " : "")}{numbers.Min}{(numbers.IsBelow ? ", below " : " to ")}{numbers.Max}")],
            LevelChannels levels => [$"1 to {levels.MaxCount}", $"{levels.Entries.Min} to {levels.Entries.Max}"],
            Choices or YesOrNo => Array.Empty<string>(),
            _ => throw new InvalidOperationException($"Nobody says how the range of {setting.Domain} is written."),
        }, range => Assert.Matches($@"\b{Regex.Escape(range)}\b", text));
        if (setting.Domain is Choices)
            Assert.Contains(document.Descendants("see").Attributes("cref"), cref => cref.Value == $"F:{setting.Unsaid()?.GetType().FullName ?? setting.Get(Usual(setting))!.GetType().FullName}.{setting.Unsaid() ?? setting.Get(Usual(setting))}");
        else if (setting.Domain is YesOrNo)
            Assert.Contains("Default no", text);
        else if (DefaultOf(setting, Families.Of(Usual(setting))) is { } usual)
            Assert.Matches($@"\bDefault {Regex.Escape(Written(usual))}\b", text);
        else
            Assert.Matches("(?i)default", text);
        foreach (var other in Families.All.Where(family => setting.Suits(family.Defaults)).Select(family => setting.Get(family.Defaults)).OfType<int>())
            Assert.Matches($@"\b{other}\b", text);
    }

    /// <summary>The family whose defaults are told first.</summary>
    private static ModelSpec Usual(Setting setting) => Families.All.First(family => setting.Suits(family.Defaults)).Defaults;

    /// <summary>The default of a setting, or what its attribute shows in its place; nothing where it is another setting's.</summary>
    private static object? DefaultOf(Setting setting, Family family) =>
        setting.Get(family.Defaults) ?? (AttributeOf(setting, family) is var attribute && attribute.GetProperty(setting.Argument)!.GetValue(Activator.CreateInstance(attribute)) is var shown && shown is 0 or null ? null : shown);

    private static string Written(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum choice => $"{choice.GetType().Name}.{choice}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static Type AttributeOf(Setting setting, Family family) => typeof(ModelSpec).Assembly.GetType($"ProbUNet.Dsl.{setting.AttributeOf(family)}Attribute", throwOnError: true)!;

    /// <summary>What is written at the spec's own property: beside it, or with the record's parameters.</summary>
    private static (Type Owner, XElement Document) DocumentOf(Setting setting)
    {
        var spec = Usual(setting).GetType();
        var property = (setting.Part.Length == 0 ? spec : spec.GetProperty(setting.Part)!.PropertyType).GetProperty(setting.Name)!;
        var owner = property.DeclaringType!;
        return (owner, Members.TryGetValue($"P:{owner.FullName}.{property.Name}", out var own) && own.Element("summary") is { } summary ? summary
            : Members[$"T:{owner.FullName}"].Elements("param").Single(parameter => parameter.Attribute("name")!.Value == property.Name));
    }

    /// <summary>The rows of the README's tables whose first cell names something.</summary>
    private static string Row(string name) => string.Join('\n', Readme.Where(line => Regex.IsMatch(line, $@"^\|[^|]*{name}")));

    private static string Spaced(string text) => Regex.Replace(text, @"\s+", " ");

    internal static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ProbUNet.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return folder;
    }
}
