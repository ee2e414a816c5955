using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ProbUNet.Dsl;

namespace ProbUNet.Generators;

public sealed partial class NetworkGenerator
{
    /// <summary>Reads declarations: from symbols to plain values.</summary>
    internal static partial class Parser
    {
        private const string RuntimeSpace = "ProbUNet.Models.Runtime.";
        private const string FileSuffix = ".ProbUNet.g.cs";

        public static Surroundings ReadSurroundings(Compilation compilation)
        {
            var runtime = compilation.GetTypeByMetadataName(RuntimeSpace + "SegmentationModel");
            var other = new[] { compilation.GetTypeByMetadataName(OurAttributes.MetadataName("Network")), runtime }
                .Select(type => type?.ContainingAssembly.Identity).FirstOrDefault(assembly => assembly is not null && assembly.Version != Surroundings.GeneratorVersion);
            return new(runtime is not null, compilation is CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp12 }, other is null ? null : $"{other.Name} {other.Version.ToString(3)}");
        }

        /// <summary>What a class with attributes of ours declares. Nothing of what is no class: there the compiler reports them.</summary>
        public static NetworkDeclaration? Read(INamedTypeSymbol type, CancellationToken cancellation)
        {
            if (type.TypeKind != TypeKind.Class || IsRecord(type))
                return null;
            var spec = ReadSpec(type, cancellation);
            return new(ReadType(type), spec, ReadNames(type), spec is null ? null : ObstacleIn(type, spec, cancellation), ReadWeights(type), MisfitsIn(type, spec, cancellation).ToValueList());
        }

        /// <summary>Whether a class is the one within a network's that bears the record of its declaration, and no network.</summary>
        private static bool IsRecord(INamedTypeSymbol type) => type is { Name: MemberNames.Declared, ContainingType: not null } && !IsHandWritten(type);

        /// <summary>What the attributes of a class, and of the networks that it is a variant of, say; nothing if none of them is a family's. A network of another assembly is what it was compiled as.</summary>
        public static ModelSpec? ReadSpec(INamedTypeSymbol type, CancellationToken cancellation) => ReadSpec(type, Line(type), cancellation);

        /// <summary>What some of the line of a class say, as it is read where the class is.</summary>
        private static ModelSpec? ReadSpec(INamedTypeSymbol type, IEnumerable<INamedTypeSymbol> line, CancellationToken cancellation) => line.Reverse().Aggregate(default(ModelSpec), (based, next) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return IsElsewhere(next, type) ? RecordOf(next) : Vary(based, next);
        });

        /// <summary>What a network was compiled as; nothing if its generated part is not there, or is of another version.</summary>
        public static ModelSpec? RecordOf(INamedTypeSymbol type) => DeclarationRecord.Read(type.GetTypeMembers(MemberNames.Declared, 0).FirstOrDefault());

        private static bool IsElsewhere(INamedTypeSymbol elder, INamedTypeSymbol type) => !SymbolEqualityComparer.Default.Equals(elder.ContainingAssembly, type.ContainingAssembly);

        /// <summary>What a class says over the network that it is a variant of, whose spec alone counts: two bases with equal specs vary alike.</summary>
        private static ModelSpec? Vary(ModelSpec? based, INamedTypeSymbol type)
        {
            var family = type.GetAttributes().Select(OurAttributes.FamilyOf).FirstOrDefault(family => family is not null);
            var spec = family is null ? based : based is null ? family.Defaults : based.As(family);
            return spec?.Overlay([.. type.GetAttributes().SelectMany(OurAttributes.Given)]);
        }

        /// <summary>The class, the network that it is a variant of, the one that that is a variant of, and so on, to the first of another assembly; each once, however they turn in circles.</summary>
        public static IReadOnlyList<INamedTypeSymbol> Line(INamedTypeSymbol type)
        {
            var line = new List<INamedTypeSymbol>();
            for (var next = type; next is not null && !line.Contains(next, SymbolEqualityComparer.Default); next = IsElsewhere(next, type) ? null : BaseOf(next))
                line.Add(next);
            return line;
        }

        /// <summary>The network that a class is a variant of; nothing where it says none.</summary>
        public static INamedTypeSymbol? BaseOf(INamedTypeSymbol type) =>
            AttributeOf(type, OurAttributes.Variant) is { ConstructorArguments: [{ Kind: TypedConstantKind.Type, Value: INamedTypeSymbol based }] } ? based.OriginalDefinition : null;

        public static AttributeData? AttributeOf(INamedTypeSymbol type, string name) => type.GetAttributes().LastOrDefault(attribute => OurAttributes.NameOf(attribute) == name);

        /// <summary>The weights that come with a class's own network; nothing if none do. What is no text, which the compiler reports, is empty.</summary>
        public static WeightsModel? ReadWeights(INamedTypeSymbol type) => AttributeOf(type, OurAttributes.Pretrained) is { } attribute
            ? new(TextAt(attribute, 0) ?? "", TextAt(attribute, 1) ?? "")
            : null;

        private static string? TextAt(AttributeData attribute, int argument) =>
            argument < attribute.ConstructorArguments.Length && attribute.ConstructorArguments[argument] is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : null;

        /// <summary>Why no code can be written into a class, with the remedy, as far as symbols alone tell; nothing if it can.</summary>
        private static Obstacle? ObstacleIn(INamedTypeSymbol type, ModelSpec spec, CancellationToken cancellation)
        {
            var outwards = 0;
            for (var outer = type; outer is not null; outer = outer.ContainingType, outwards++)
            {
                if (!Declarations(outer, cancellation).All(part => part.Modifiers.Any(SyntaxKind.PartialKeyword)))
                    return new Obstacle(
                        outwards == 0
                            ? $"{type.Name} is not partial, so its network has no place to go: write 'partial class {type.Name}'"
                            : $"{type.Name} is inside {outer.Name}, which is not partial: add 'partial' to {outer.Name} too",
                        new(outwards, SyntaxKind.PartialKeyword, IsMissing: true));
                if (outer.IsFileLocal)
                    return new Obstacle($"{outer.Name} is local to its file, where generated code cannot reach it: remove 'file'", new(outwards, SyntaxKind.FileKeyword, IsMissing: false));
            }
            if (type.IsStatic)
                return new Obstacle($"{type.Name} is static, but a network is an object with weights: remove 'static'", new(0, SyntaxKind.StaticKeyword, IsMissing: false));
            if (AttributeOf(type, OurAttributes.Pretrained) is not null)
            {
                if (type.IsAbstract)
                    return new Obstacle($"{type.Name} is abstract, but Pretrained makes one: remove 'abstract'",
                        type.GetMembers().Any(member => member is { IsAbstract: true } and not ITypeSymbol) ? null : new(0, SyntaxKind.AbstractKeyword, IsMissing: false));
                if (type.GetMembers().FirstOrDefault(member => member is IFieldSymbol { IsRequired: true } or IPropertySymbol { IsRequired: true }) is { } required)
                    return $"{type.Name} requires {required.Name}, which Pretrained cannot know: remove 'required'";
            }
            if (type.IsRecord)
                return $"{type.Name} is a record, but a network has an identity: make it a class";
            if (Declarations(type, cancellation).FirstOrDefault(part => part.ParameterList is not null) is not null)
                return $"{type.Name} has a primary constructor, which the generated constructor cannot call: remove the parameter list";
            if (type.BaseType is { SpecialType: not SpecialType.System_Object, TypeKind: not TypeKind.Error } based && based.ToDisplayString() != RuntimeSpace + Families.Of(spec).ModelName)
                return $"{type.Name} derives from {based.Name}, but a network derives from {Families.Of(spec).ModelName}: remove the base class";
            var constructors = type.InstanceConstructors.Where(IsHandWritten).ToList();
            if (constructors.Any(constructor => constructor.Parameters is [{ Type.SpecialType: SpecialType.System_Int64 }, var second] && IsDevice(second.Type)))
                return $"{type.Name} has a constructor (long, Device), which the generator writes: remove yours";
            if (!constructors.All(constructor => CallsAnother(constructor, cancellation)))
                return $"{type.Name} has a constructor that passes by the generated one, which makes the layers: begin yours with ': this(…)', for example ': this(seed: 0)'";
            return null;
        }

        private static bool IsDevice(ITypeSymbol type) => type is
        {
            Name: "Device",
            ContainingType: { Name: "torch", ContainingType: null, ContainingNamespace: { Name: "TorchSharp", ContainingNamespace.IsGlobalNamespace: true } },
        };

        /// <summary>Whether a constructor begins with one of its own class, and so in the end with the generated one. Of a partial one the part with a body says so.</summary>
        private static bool CallsAnother(IMethodSymbol constructor, CancellationToken cancellation) => (constructor.PartialImplementationPart ?? constructor).DeclaringSyntaxReferences
            .Any(reference => reference.GetSyntax(cancellation) is ConstructorDeclarationSyntax { Initializer.RawKind: (int)SyntaxKind.ThisConstructorInitializer });

        private static IEnumerable<TypeDeclarationSyntax> Declarations(INamedTypeSymbol type, CancellationToken cancellation) =>
            type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>();

        /// <summary>The analyzer sees generated members too.</summary>
        private static bool IsHandWritten(ISymbol member) =>
            !member.IsImplicitlyDeclared && member.DeclaringSyntaxReferences.Any(reference => !reference.SyntaxTree.FilePath.EndsWith(FileSuffix, StringComparison.Ordinal));

        private static UserNames ReadNames(INamedTypeSymbol type) => new(
            type.Name,
            type.TypeParameters.Select(parameter => parameter.Name).ToValueList(),
            type.GetMembers().Where(IsHandWritten).Select(member => member.Name).Distinct().ToValueList());

        private static TypeModel ReadType(INamedTypeSymbol type)
        {
            var outer = new List<string>();
            for (var around = type.ContainingType; around is not null; around = around.ContainingType)
                outer.Insert(0, Header(around));
            var space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
            // Arity and kind keep Net and Net<T>, class Outer and struct Outer apart, and the plus A.B.Net and A.B+Net, which are errors together
            // but not for the generator to fall over; the name that the compiler gives to what is local to a file keeps the Nets of two files apart.
            // Verbatim identifiers and generics never reach the file name.
            var path = string.Join("+", Chain(type).Select(part => part.Name + (part.Arity == 0 ? "" : $"-{part.Arity}") + (Kind(part) is "class" ? "" : $"-{Kind(part)}") + (part.IsFileLocal ? $"-{Hash(part.MetadataName)}" : "")));
            var name = (space.Length == 0 ? path : $"{space}.{path}").Replace("@", "");
            // The hash keeps Net and NET apart: names of generated files are compared without regard to case.
            return new TypeModel(space, outer.ToValueList(), Header(type), Identifier(type.Name), $"{name}-{Hash(name)}{FileSuffix}");
        }

        private static string Hash(string name)
        {
            var hash = 2166136261u;   // FNV-1a, 32 bits: the same on every machine, which string.GetHashCode is not
            foreach (var letter in name)
                hash = unchecked((hash ^ letter) * 16777619u);
            return hash.ToString("x8", CultureInfo.InvariantCulture);
        }

        /// <summary>
        /// Whether an attribute on a part of a class is the one that the class is read by, so that one with several is read once: the one that makes it a network,
        /// which stays the same in whatever order they stand; failing that the first of ours.
        /// </summary>
        public static bool IsDeclaring(INamedTypeSymbol type, GeneratorAttributeSyntaxContext attributed, CancellationToken cancellation)
        {
            var declaring = type.GetAttributes().FirstOrDefault(attribute => OurAttributes.FamilyOf(attribute) is not null)
                ?? AttributeOf(type, OurAttributes.Variant)
                ?? type.GetAttributes().FirstOrDefault(attribute => OurAttributes.NameOf(attribute) is not null);
            return declaring?.ApplicationSyntaxReference is { } place
                && attributed.Attributes.Any(attribute => OurAttributes.NameOf(attribute) == OurAttributes.NameOf(declaring))
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
