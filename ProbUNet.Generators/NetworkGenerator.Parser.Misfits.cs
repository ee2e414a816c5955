using Microsoft.CodeAnalysis;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

public sealed partial class NetworkGenerator
{
    // What only a declaration can break, and no spec: how a class's attributes fit together, and how it names the weights that come with a network.
    internal static partial class Parser
    {
        private const int Digits = 64;
        private const string Example = "for example \"weights/net.safetensors\"";

        /// <summary>What is wrong with the attributes of a class that has one of ours, whatever they say of the spec.</summary>
        private static IEnumerable<Finding> MisfitsIn(INamedTypeSymbol type, ModelSpec? spec, CancellationToken cancellation)
        {
            var ours = type.GetAttributes().Select(attribute => (Attribute: attribute, Name: OurAttributes.NameOf(attribute))).Where(own => own.Name is not null).ToList();
            var unread = ours.SelectMany(own => OurAttributes.Unread(own.Attribute).Select(said => Unread(own.Name!, said))).ToList();
            if (unread.Count > 0)
                return unread;
            if (WrongBase(type, cancellation) is { } wrong)
                return [new(Rules.VariantOf, wrong, new Subject.OnAttribute(OurAttributes.Variant))];
            return spec is null
                ? ours.Take(1).Select(own => new Finding(Rules.StrayAttribute,
                    $"[{own.Name}] {(own.Name == OurAttributes.Pretrained ? "gives weights to" : "describes a part of")} a network, but {type.Name} is none: add the attribute of a family, for example [{Families.Usual.Name}]", new Subject.OnAttribute(own.Name!)))
                : SecondFamilies(type, [.. ours.Where(own => OurAttributes.FamilyOf(own.Attribute) is not null).Select(own => own.Name!)])
                    .Concat(from own in ours
                            where OurAttributes.FamilyOf(own.Attribute) is null && OurAttributes.SettingsOf(own.Attribute).ToList() is { Count: > 0 } settings && !settings.Any(setting => setting.Suits(spec))
                            select new Finding(Rules.StrayAttribute, $"The family {Families.Of(spec).Name} has no {own.Name}: remove [{own.Name}]", new Subject.OnAttribute(own.Name!)))
                    .Concat(Weights(type));
        }

        /// <summary>
        /// Where the network that was made is not the one that is declared, because another generator adds to the declaration, which no generator sees. Only who sees all that was generated can tell, and
        /// only of a whole compilation: in an editor, what was generated may be older than what is written. Where none was made nothing is told: there is nothing to be mistaken for it.
        /// </summary>
        public static IEnumerable<Finding> Unseen(INamedTypeSymbol type, ModelSpec spec) => RecordOf(type) is not { } made ? [] :
            from setting in Settings.Of(spec)
            where !setting.Suits(made) || !Equals(setting.Get(spec), setting.Get(made))
            select new Finding(Rules.Unseen,
                $"{setting.Path} is {Literal.Of(setting.Get(spec))}{(setting.Suits(made) ? $", and {Literal.Of(setting.Get(made))} in the network that is made," : "")} by something which another generator writes and no generator sees: say it in sources of the project",
                new Subject.OnSetting(setting.Path));

        private static Finding Unread(string attribute, string said) => new(
            Rules.Unread,
            $"[{attribute}({said})] has no value that a generator can read, which sees nothing of what other generators write: write there a constant, or a class, of the project's own sources",
            new Subject.OnAttribute(attribute));

        private static IEnumerable<Finding> SecondFamilies(INamedTypeSymbol type, IReadOnlyList<string> names) =>
            from second in names.Skip(1)
            where second != names[0]
            select new Finding(Rules.OneFamily, $"{type.Name} is a {names[0]} and a {second}: keep one of the two attributes", new Subject.OnAttribute(second));

        /// <summary>Why a class is no variant of what it says; nothing if it is, or says nothing.</summary>
        private static string? WrongBase(INamedTypeSymbol type, CancellationToken cancellation)
        {
            if (AttributeOf(type, OurAttributes.Variant) is not { } attribute)
                return null;
            if (BaseOf(type) is not { } based)
                return $"{type.Name} must be a variant of a class: name one that is declared as a network";
            var line = Line(type);
            var eldest = line[line.Count - 1];
            if (IsElsewhere(eldest, type))
            {
                if (RecordOf(eldest) is null)
                    return eldest.GetAttributes().Any(OurAttributes.IsMarker)
                        ? $"{type.Name} is a variant of {eldest.Name}, of which {eldest.ContainingAssembly.Name} has no record that this version reads: build it anew with {Surroundings.GeneratorVersion.ToString(3)}"
                        : $"{type.Name} is a variant of {eldest.Name}, which is no network: name a class that is declared as one";
            }
            else if (BaseOf(eldest) is not null)
                return $"{type.Name} is a variant of {based.Name}, which is in the end a variant of itself: let one of them name its family in the place of a base";
            if (line.Skip(1).FirstOrDefault(elder => !IsElsewhere(elder, type) && elder.GetAttributes().Any(attribute => OurAttributes.NameOf(attribute) is not null && OurAttributes.Unread(attribute).Any())) is { } unread)
                return $"{type.Name} is a variant of {unread.Name}, whose own declaration cannot be read: mend that first";
            if (ReadSpec(type, line.Skip(1), cancellation) is null)
                return $"{type.Name} is a variant of {based.Name}, which is no network: name a class that is declared as one";
            return null;
        }

        private static IEnumerable<Finding> Weights(INamedTypeSymbol type) =>
            AttributeOf(type, OurAttributes.Pretrained) is { } attribute && ReadWeights(type) is { } weights
                ? from rule in new[] { (Id: Rules.WeightsPath, Position: 0, Wrong: ProblemOfPath(weights.Path)), (Id: Rules.WeightsChecksum, Position: 1, Wrong: ProblemOfChecksum(weights)) }
                  where rule.Wrong is not null
                  select new Finding(rule.Id, rule.Wrong, new Subject.OnParameter(OurAttributes.Pretrained, rule.Position))
                : [];

        /// <summary>Why a path is none below the assembly's folder, with the remedy; nothing if it is one.</summary>
        private static string? ProblemOfPath(string path) =>
            path.Trim().Length == 0 ? $"The path of the weights is empty: name a file, {Example}"
            : path.IndexOf('\\') >= 0 ? $"The path of the weights, {path}, has a backslash, which only some systems know: write / between its parts"
            : path[0] == '/' || path.IndexOf(':') >= 0 ? $"The path of the weights, {path}, is absolute, and no file of the assembly's: name it from the assembly's folder, {Example}"
            : path.Split('/') is var parts && parts.Contains("..") ? $"The path of the weights, {path}, leads out of the assembly's folder: put the file into it or below it"
            : parts.Any(part => part.Trim() is "" or ".") ? $"The path of the weights, {path}, has an empty part: name every folder and the file once, {Example}"
            : null;

        /// <summary>Why the checksum of a file is none, with the remedy; nothing if it is one.</summary>
        private static string? ProblemOfChecksum(WeightsModel weights) =>
            weights.Sha256.Length == Digits && weights.Sha256.All(digit => digit is >= '0' and <= '9' or >= 'a' and <= 'f' or >= 'A' and <= 'F')
                ? null
                : $"A SHA-256 has {Digits} hexadecimal digits, and '{weights.Sha256}' is none: write what 'sha256sum {weights.Path}' prints";
    }
}
