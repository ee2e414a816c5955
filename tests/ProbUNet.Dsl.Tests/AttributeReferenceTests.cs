using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ProbUNet.Dsl.Tests;

/// <summary>
/// <c>docs/attributes.md</c> is what the XML documentation of the attributes says, and is written by this class: with UPDATE_ATTRIBUTES=1 the test writes it anew.
/// </summary>
public partial class AttributeReferenceTests
{
    private static readonly Dictionary<string, XElement> Members = XDocument.Load(Path.ChangeExtension(typeof(ModelSpec).Assembly.Location, ".xml")).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    [Fact]
    public void ThePage_IsWhatTheDocumentationSays()
    {
        var path = Path.Combine(SettingDocumentsTests.Root(), "docs", "attributes.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("UPDATE_ATTRIBUTES") == "1")
            File.WriteAllText(path, page);
        Assert.Equal(page, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void NothingIsLeftUnsaid() => Assert.All(Attributes().SelectMany(SettingsOf), setting => Assert.NotEqual("", setting.Words));

    private static string Page()
    {
        var page = new StringBuilder("""
            # Attributes

            Written from the documentation in the code (`AttributeReferenceTests`). A family's attribute makes a `partial` class a network; the others change parts of it, and what is left out has the paper's value
            for LIDC. Which values go together, [diagnostics.md](diagnostics.md) tells.

            """);
        foreach (var type in Attributes())
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {(type.IsAbstract ? "Every family" : $"`[{NameOf(type)}]`")}\n{Summary(Members[$"T:{type.FullName}"])}\n");
            var settings = SettingsOf(type).ToList();
            if (type.IsSubclassOf(typeof(NetworkAttribute)))
                page.Append(settings.Count == 0 ? "\nIt has the settings of [every family](#every-family).\n" : "\nBeside the settings of [every family](#every-family):\n");
            if (settings.Count == 0)
                continue;
            page.Append("\n| setting | type | default | what it is |\n| --- | --- | --- | --- |\n");
            foreach (var (name, kind, usual, words) in settings)
                page.Append(CultureInfo.InvariantCulture, $"| `{name}` | {kind} | {usual} | {words} |\n");
        }
        page.Append("\n# Choices\n");
        foreach (var choice in Attributes().SelectMany(type => type.GetProperties()).Select(property => property.PropertyType).Where(type => type.IsEnum).Distinct().OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## `{choice.Name}`\n{Summary(Members[$"T:{choice.FullName}"])}\n\n");
            foreach (var name in Enum.GetNames(choice))
                page.Append(CultureInfo.InvariantCulture, $"- `{name}`: {Summary(Members[$"F:{choice.FullName}.{name}"])}\n");
        }
        return page.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>What every family shares first, then the families, then their parts, as they stand in the source.</summary>
    private static IEnumerable<Type> Attributes() => typeof(NetworkAttribute).Assembly.GetExportedTypes()
        .Where(type => type.Namespace == "ProbUNet.Dsl" && type.IsSubclassOf(typeof(Attribute)))
        .OrderBy(type => type.IsAbstract ? 0 : type.IsSubclassOf(typeof(NetworkAttribute)) ? 1 : 2).ThenBy(type => type.MetadataToken);

    private static string NameOf(Type type) => type.Name[..^nameof(Attribute).Length];

    private static IEnumerable<(string Name, string Kind, string Default, string Words)> SettingsOf(Type type)
    {
        var made = type.IsAbstract ? new ProbabilisticUNetAttribute() : type.GetConstructor([]) is { } constructor ? constructor.Invoke([]) : null;
        foreach (var parameter in type.IsAbstract ? [] : type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).DistinctBy(parameter => parameter.Name))
            yield return (parameter.Name!, KindOf(parameter.ParameterType), "", Summary(Members.Values.SelectMany(member => member.Elements("param"))
                .First(each => each.Attribute("name")!.Value == parameter.Name && each.Parent!.Attribute("name")!.Value.Contains(type.FullName!, StringComparison.Ordinal))));
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite).OrderBy(property => property.MetadataToken))
            yield return (property.Name, KindOf(property.PropertyType), made is null || Summary(Members[$"P:{property.DeclaringType!.FullName}.{property.Name}"]).Contains("Default: ", StringComparison.Ordinal) ? "" : Written(property.GetValue(made)), Summary(Members[$"P:{property.DeclaringType!.FullName}.{property.Name}"]));
    }

    private static string KindOf(Type type) =>
        type == typeof(int) ? "`int`" : type == typeof(double) ? "`double`" : type == typeof(bool) ? "`bool`" : type == typeof(string) ? "`string`" : type == typeof(int[]) ? "`int[]`" : type == typeof(Type) ? "`Type`"
        : type.IsEnum ? $"[`{type.Name}`](#{type.Name.ToLowerInvariant()})" : $"`{type.Name}`";

    private static string Written(object? value) => value switch
    {
        null => "",
        bool truth => truth ? "`true`" : "`false`",
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => $"`{value}`",
    };

    /// <summary>The words of a documented member, in Markdown, on one line.</summary>
    private static string Summary(XElement member)
    {
        while (member.Element("inheritdoc") is { } inherited)
            member = Members[inherited.Attribute("cref")!.Value];
        var words = string.Concat((member.Element("summary") ?? member).Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "seealso" } link when link.Attribute("cref") is { } cref => $"`{LastName(cref.Value)}`",
            XElement { Name.LocalName: "paramref" } named => $"`{named.Attribute("name")!.Value}`",
            XElement { Name.LocalName: "see" } word => $"`{word.Attribute("langword")!.Value}`",
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement other => other.Value,
            _ => "",
        }));
        return Spaces().Replace(words, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    /// <summary>Of <c>P:ProbUNet.Dsl.UNetSpec.Depth</c> the <c>Depth</c>; of an attribute its name in brackets' form.</summary>
    private static string LastName(string cref)
    {
        var name = cref.Split('(')[0].Split('.', ':')[^1];
        return name.EndsWith(nameof(Attribute), StringComparison.Ordinal) && name != nameof(Attribute) ? name[..^nameof(Attribute).Length] : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
