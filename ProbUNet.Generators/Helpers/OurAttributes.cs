using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>The attributes of the language as the compiler sees them, by their names without <c>Attribute</c>: a family's, a part's, a variant's, or that of weights.</summary>
internal static class OurAttributes
{
    /// <summary>The attribute that takes another network's settings.</summary>
    public const string Variant = "Variant";

    /// <summary>The attribute that gives a network weights which come with its assembly.</summary>
    public const string Pretrained = "Pretrained";

    /// <summary>The namespace that they are in.</summary>
    public const string Space = "ProbUNet.Dsl";

    private const string Suffix = "Attribute";

    private static readonly Dictionary<string, Family> ByName = Families.All.ToDictionary(family => family.Name);

    private static readonly HashSet<string> Known = new(ByName.Keys.Concat(Settings.All.Select(setting => setting.Attribute ?? Variant)).Append(Variant).Append(Pretrained));

    /// <summary>All of them.</summary>
    public static IEnumerable<string> Names => Known;

    /// <summary>The full name of an attribute's class.</summary>
    public static string MetadataName(string name) => $"{Space}.{name}{Suffix}";

    /// <summary>The name of an attribute of ours; nothing for any other. Every attribute of a program is asked, so no text is made.</summary>
    public static string? NameOf(AttributeData attribute) =>
        attribute.AttributeClass is
        {
            Arity: 0,
            ContainingType: null,
            ContainingNamespace: { Name: "Dsl", ContainingNamespace: { Name: "ProbUNet", ContainingNamespace.IsGlobalNamespace: true } },
        } own && own.Name.EndsWith(Suffix, StringComparison.Ordinal) && own.Name.Substring(0, own.Name.Length - Suffix.Length) is var name && Known.Contains(name) ? name : null;

    /// <summary>Whether an attribute makes a class a network, by its family or as a variant of one.</summary>
    public static bool IsMarker(AttributeData attribute) => NameOf(attribute) is { } name && (name == Variant || ByName.ContainsKey(name));

    /// <summary>The family whose attribute it is; nothing if it is none's.</summary>
    public static Family? FamilyOf(AttributeData attribute) => NameOf(attribute) is { } name && ByName.TryGetValue(name, out var family) ? family : null;

    /// <summary>The settings that an attribute can give.</summary>
    public static IEnumerable<Setting> SettingsOf(AttributeData attribute) =>
        FamilyOf(attribute) is { } family ? Settings.Of(family.Defaults).Where(setting => setting.Attribute is null)
        : NameOf(attribute) is { } name ? Settings.All.Where(setting => setting.Attribute == name)
        : [];

    /// <summary>
    /// What an attribute says that has no value, argument by argument as one would write it: a constant of a wrong type, which the compiler reports, or one that is nowhere yet, because another generator writes it. Where no constructor
    /// takes what is said, that is all of it.
    /// </summary>
    public static IEnumerable<string> Unread(AttributeData attribute) =>
        attribute.AttributeConstructor is not { } constructor ? ["…"]
        : constructor.Parameters.Zip(attribute.ConstructorArguments, (parameter, constant) => (Name: $"{parameter.Name}: …", Value: constant))
            .Concat(attribute.NamedArguments.Select(named => (Name: $"{named.Key} = …", named.Value)))
            .Where(argument => IsUnread(argument.Value))
            .Select(argument => argument.Name);

    private static bool IsUnread(TypedConstant constant) => constant.Kind switch
    {
        TypedConstantKind.Error => true,
        TypedConstantKind.Type => constant.Value is ITypeSymbol { TypeKind: TypeKind.Error },
        TypedConstantKind.Array => !constant.IsNull && constant.Values.Any(IsUnread),
        _ => false,
    };

    /// <summary>The settings that an attribute gives. What has no value is not given.</summary>
    public static IEnumerable<(Setting Setting, object? Value)> Given(AttributeData attribute) =>
        from setting in SettingsOf(attribute)
        let constant = ArgumentOf(attribute, setting)
        where constant is not null
        let value = ValueOf(constant.Value)
        where value.IsKnown && setting.Takes(value.Value)
        select (setting, value.Value);

    /// <summary>What an attribute says of a setting. A property goes over the constructor, as when the program runs.</summary>
    private static TypedConstant? ArgumentOf(AttributeData attribute, Setting setting)
    {
        foreach (var named in attribute.NamedArguments)
            if (named.Key == setting.Argument)
                return named.Value;
        if (setting.IsPositional && attribute.AttributeConstructor is { } constructor)
            for (var i = 0; i < constructor.Parameters.Length && i < attribute.ConstructorArguments.Length; i++)
                if (IsParameterOf(setting, constructor.Parameters[i].Name))
                    return attribute.ConstructorArguments[i];
        return null;
    }

    /// <summary>Whether a constructor's parameter of a name gives a setting.</summary>
    public static bool IsParameterOf(Setting setting, string parameter) => setting.IsPositional && setting.Argument.Equals(parameter, StringComparison.OrdinalIgnoreCase);

    private static (bool IsKnown, object? Value) ValueOf(TypedConstant constant) => constant.Kind switch
    {
        TypedConstantKind.Primitive or TypedConstantKind.Enum => (true, constant.Value),
        TypedConstantKind.Array when constant.IsNull => (true, null),
        TypedConstantKind.Array when constant.Values.All(item => item is { Kind: TypedConstantKind.Primitive, Value: int }) => (true, constant.Values.Select(item => (int)item.Value!).ToValueList()),
        _ => (false, null),
    };
}
