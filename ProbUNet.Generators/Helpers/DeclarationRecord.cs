using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

/// <summary>
/// What was read of a declaration, written beside the network: attributes of the language on the class that holds its spec, with every setting that has a value. Variants in other assemblies read this and no attributes of
/// the network's own, which leave out what had its default where they were compiled; and the analyzer compares.
/// </summary>
internal static class DeclarationRecord
{
    /// <summary>The attributes, a line each.</summary>
    public static IEnumerable<string> Attributes(ModelSpec spec) =>
        from setting in Settings.Of(spec)
        let value = setting.Get(spec)
        where value is not null
        group $"{setting.Argument} = {Literal.Of(value)}" by setting.AttributeOf(Families.Of(spec)) into attribute
        select $"[global::{OurAttributes.Space}.{attribute.Key}({string.Join(", ", attribute)})]";

    /// <summary>The spec that those of a class say; nothing where there are none, or some say what this version does not know.</summary>
    public static ModelSpec? Read(INamedTypeSymbol? holder)
    {
        var said = holder is null ? [] : holder.GetAttributes();
        if (said.Select(OurAttributes.FamilyOf).Where(family => family is not null).ToList() is not [{ } family])
            return null;
        var given = said.Where(attribute => OurAttributes.NameOf(attribute) is not null).SelectMany(OurAttributes.Given).ToLookup(pair => pair.Setting, pair => pair.Value);
        // What is left out is said too, by having no value: where there must be one, it is a setting of a later version than the record's.
        return given.Count == said.Sum(attribute => attribute.NamedArguments.Length) && Settings.Of(family.Defaults).All(setting => setting.Takes(ValueOf(setting)))
            ? Settings.Of(family.Defaults).Aggregate(family.Defaults, (spec, setting) => setting.With(spec, ValueOf(setting)))
            : null;

        object? ValueOf(Setting setting) => given[setting].FirstOrDefault();
    }
}
