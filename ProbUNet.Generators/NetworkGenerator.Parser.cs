using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

public sealed partial class NetworkGenerator
{
    /// <summary>Reads declarations: from symbols to plain values.</summary>
    internal static class Parser
    {
        private const string RuntimeSpace = "ProbUNet.Models.Runtime.";
        private const string FileSuffix = ".ProbUNet.g.cs";

        public static Surroundings ReadSurroundings(Compilation compilation) => new(
            compilation.GetTypeByMetadataName(RuntimeSpace + "SegmentationModel") is not null,
            compilation is CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp12 });

        /// <summary>The network that a class declares; nothing if the class cannot take it, of which the analyzer tells.</summary>
        public static NetworkModel? Parse(INamedTypeSymbol type, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            var spec = ReadSpec(type);
            return spec is null || DeclarationProblem(type, spec) is not null ? null : new NetworkModel(ReadType(type), spec, spec.Validate());
        }

        /// <summary>What the attributes of a class, and of the networks that it is a variant of, say; nothing if none of them is a family's.</summary>
        public static ModelSpec? ReadSpec(INamedTypeSymbol type)
        {
            var line = Line(type);
            if (line.Select(FamilyOf).FirstOrDefault(family => family is not null) is not { } family)
                return null;
            var spec = family.Defaults;
            foreach (var ancestor in line.Reverse())
                spec = Overlay(spec, ancestor);
            return spec;
        }

        /// <summary>The class, the network that it is a variant of, the one that that is a variant of, and so on; each once, however they turn in circles.</summary>
        public static IReadOnlyList<INamedTypeSymbol> Line(INamedTypeSymbol type)
        {
            var line = new List<INamedTypeSymbol>();
            for (var next = type; next is not null && !line.Contains(next, SymbolEqualityComparer.Default); next = BaseOf(next))
                line.Add(next);
            return line;
        }

        /// <summary>The network that a class is a variant of; nothing where it says none.</summary>
        public static INamedTypeSymbol? BaseOf(INamedTypeSymbol type) =>
            AttributeOf(type, OurAttributes.Variant) is { ConstructorArguments: [{ Kind: TypedConstantKind.Type, Value: INamedTypeSymbol based }] } ? based.OriginalDefinition : null;

        public static AttributeData? AttributeOf(INamedTypeSymbol type, string name) => type.GetAttributes().LastOrDefault(attribute => OurAttributes.NameOf(attribute) == name);

        private static Family? FamilyOf(INamedTypeSymbol type) => type.GetAttributes().Select(OurAttributes.FamilyOf).FirstOrDefault(family => family is not null);

        /// <summary>Puts what the attributes of one class say over a spec.</summary>
        private static ModelSpec Overlay(ModelSpec spec, INamedTypeSymbol type) => spec.Overlay([.. type.GetAttributes().SelectMany(OurAttributes.Given)]);

        /// <summary>Why no code can be written into this class, with the remedy; nothing if it can.</summary>
        public static string? DeclarationProblem(INamedTypeSymbol type, ModelSpec spec)
        {
            for (var outer = type; outer is not null; outer = outer.ContainingType)
            {
                if (!Declarations(outer).All(part => part.Modifiers.Any(SyntaxKind.PartialKeyword)))
                    return outer.Equals(type, SymbolEqualityComparer.Default)
                        ? $"{type.Name} is not partial, so its network has no place to go: write 'partial class {type.Name}'"
                        : $"{type.Name} is inside {outer.Name}, which is not partial: add 'partial' to {outer.Name} too";
                if (outer.IsFileLocal)
                    return $"{outer.Name} is local to its file, where generated code cannot reach it: remove 'file'";
            }
            if (type.IsStatic)
                return $"{type.Name} is static, but a network is an object with weights: remove 'static'";
            if (type.IsRecord)
                return $"{type.Name} is a record, but a network has an identity: make it a class";
            if (Declarations(type).FirstOrDefault(part => part.ParameterList is not null) is not null)
                return $"{type.Name} has a primary constructor, which the generated constructor cannot call: remove the parameter list";
            if (type.BaseType is { SpecialType: not SpecialType.System_Object, TypeKind: not TypeKind.Error } based && based.ToDisplayString() != RuntimeSpace + Emitter.BaseClass(spec))
                return $"{type.Name} derives from {based.Name}, but a network derives from {Emitter.BaseClass(spec)}: remove the base class";
            if (HidesVar(type))
                return $"{type.Name} is in the scope of a type named 'var', which hides the keyword that generated code needs: give that type another name";
            var taken = new HashSet<string>(Emitter.MemberNames(spec));
            if (taken.Contains(type.Name))
                return $"{type.Name} is a name that generated code needs for a member: give the class another one";
            if (type.TypeParameters.FirstOrDefault(parameter => taken.Contains(parameter.Name)) is { } parameter)
                return $"{type.Name} has a type parameter {parameter.Name}, a name that generated code needs: give yours another one";
            if (type.GetMembers().FirstOrDefault(member => taken.Contains(member.Name) && IsHandWritten(member)) is { } hiding)
                return $"{type.Name} has a member {hiding.Name}, a name that generated code needs: give yours another one";
            if (type.InstanceConstructors.Any(constructor => IsHandWritten(constructor) && constructor.Parameters is [{ Type.SpecialType: SpecialType.System_Int64 }, { Type.Name: "Device" }]))
                return $"{type.Name} has a constructor (long, Device), which the generator writes: remove yours";
            return null;
        }

        /// <summary>Whether <c>var</c> means a type of the user's where a class is declared.</summary>
        private static bool HidesVar(INamedTypeSymbol type)
        {
            for (var outer = type; outer is not null; outer = outer.ContainingType)
                if (outer.GetTypeMembers("var").Length > 0 || outer.TypeParameters.Any(parameter => parameter.Name == "var"))
                    return true;
            for (var space = type.ContainingNamespace; space is not null; space = space.ContainingNamespace)
                if (space.GetTypeMembers("var").Length > 0)
                    return true;
            return false;
        }

        private static IEnumerable<TypeDeclarationSyntax> Declarations(INamedTypeSymbol type) =>
            type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax()).OfType<TypeDeclarationSyntax>();

        /// <summary>The analyzer sees generated members too.</summary>
        private static bool IsHandWritten(ISymbol member) =>
            !member.IsImplicitlyDeclared && member.DeclaringSyntaxReferences.Any(reference => !reference.SyntaxTree.FilePath.EndsWith(FileSuffix, StringComparison.Ordinal));

        private static TypeModel ReadType(INamedTypeSymbol type)
        {
            var outer = new List<string>();
            for (var around = type.ContainingType; around is not null; around = around.ContainingType)
                outer.Insert(0, Header(around));
            var space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
            // Arity and kind keep Net and Net<T>, class Outer and struct Outer apart, and the plus A.B.Net and A.B+Net, which are errors together
            // but not for the generator to fall over; verbatim identifiers and generics never reach the file name.
            var path = string.Join("+", Chain(type).Select(part => part.Name + (part.Arity == 0 ? "" : $"-{part.Arity}") + (Kind(part) is "class" ? "" : $"-{Kind(part)}")));
            var name = (space.Length == 0 ? path : $"{space}.{path}").Replace("@", "");
            return new TypeModel(space, outer.ToValueList(), Header(type), Identifier(type.Name), $"{name}-{CaseMark(name)}{FileSuffix}");
        }

        /// <summary>Keeps Net and NET apart: names of generated files are compared without regard to case.</summary>
        private static string CaseMark(string name)
        {
            var hash = 2166136261u;   // FNV-1a, 32 bits: the same on every machine, which string.GetHashCode is not
            foreach (var letter in name)
                hash = unchecked((hash ^ letter) * 16777619u);
            return hash.ToString("x8", CultureInfo.InvariantCulture);
        }

        /// <summary>Whether an attribute on a part of a class is the one that makes it a network, so that a class with several is written once.</summary>
        public static bool IsMarker(INamedTypeSymbol type, GeneratorAttributeSyntaxContext attributed, CancellationToken cancellation)
        {
            var marker = type.GetAttributes().FirstOrDefault(attribute => OurAttributes.FamilyOf(attribute) is not null) ?? AttributeOf(type, OurAttributes.Variant);
            return marker?.ApplicationSyntaxReference is { } place
                && attributed.Attributes.Any(attribute => OurAttributes.NameOf(attribute) == OurAttributes.NameOf(marker))
                && place.SyntaxTree == attributed.TargetNode.SyntaxTree
                && place.GetSyntax(cancellation).FirstAncestorOrSelf<TypeDeclarationSyntax>() == attributed.TargetNode;
        }

        private static IEnumerable<INamedTypeSymbol> Chain(INamedTypeSymbol type) =>
            type.ContainingType is null ? [type] : [.. Chain(type.ContainingType), type];

        private static string Kind(INamedTypeSymbol type) => type switch
        {
            { IsRecord: true, TypeKind: TypeKind.Struct } => "record struct",
            { IsRecord: true } => "record",
            { TypeKind: TypeKind.Struct } => "struct",
            { TypeKind: TypeKind.Interface } => "interface",
            _ => "class",
        };

        private static string Header(INamedTypeSymbol type)
        {
            var parameters = type.TypeParameters.Length == 0 ? "" : $"<{string.Join(", ", type.TypeParameters.Select(parameter => Identifier(parameter.Name)))}>";
            return $"partial {Kind(type)} {Identifier(type.Name)}{parameters}";
        }

        private static string Identifier(string name) =>
            SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
    }
}
