namespace ProbUNet.Dsl.Tests;

/// <summary>Defaults of parts, which a family's may differ from.</summary>
internal static class PartDefaults
{
    /// <summary>What a setting is in a part that is made anew, <c>new LatentSpec()</c>; nothing where it is the spec's own.</summary>
    public static object? Unsaid(this Setting setting)
    {
        if (setting.Part.Length == 0)
            return null;
        var part = Families.All.Select(family => family.Defaults.GetType().GetProperty(setting.Part)).First(property => property is not null)!.PropertyType;
        return part.GetProperty(setting.Name)!.GetValue(Activator.CreateInstance(part));
    }
}
