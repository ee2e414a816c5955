extern alias generators;

using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ProbUNet.Testing;
using Families = generators::ProbUNet.Dsl.Families;
using GraphBuilder = generators::ProbUNet.Dsl.Graphs.GraphBuilder;
using MemberNames = generators::ProbUNet.Generators.MemberNames;
using Parser = generators::ProbUNet.Generators.NetworkGenerator.Parser;
using Rules = generators::ProbUNet.Dsl.Rules;

namespace ProbUNet.Generators.Tests;

/// <summary>What generated code calls by its bare name, one of the user's would hide: so every such name is one that the user is told to leave alone.</summary>
public class MemberNamesTests
{
    [Fact]
    public void EveryMemberThatGeneratedCodeDeclaresOrUsesByItsBareName_IsInTheList()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();   // said when the law fails, so that the specs can be drawn again
        var compilation = TestCompilation.Run(string.Join('\n', SpecGen.Valid.Draw(150, seed).Select((spec, i) => SpecAttributes.Write(spec, $"Net{i}")))).Output;
        foreach (var tree in compilation.SyntaxTrees.Where(tree => tree.FilePath.EndsWith(".ProbUNet.g.cs", StringComparison.Ordinal)))
        {
            var (root, model) = (tree.GetRoot(TestContext.Current.CancellationToken), compilation.GetSemanticModel(tree));
            var network = model.GetDeclaredSymbol(root.DescendantNodes().OfType<ClassDeclarationSyntax>().First())!;
            var spec = Parser.Read(network, TestContext.Current.CancellationToken)!.Spec!;
            var built = GraphBuilder.Build(spec);
            var (declared, called) = (MemberNames.DeclaredFor(spec, built, null), MemberNames.CalledFor(built, TestContext.Current.CancellationToken));

            var used = root.DescendantNodes().OfType<IdentifierNameSyntax>()
                .Where(name => !(name.Parent is MemberAccessExpressionSyntax access && access.Name == name))
                .Select(name => model.GetSymbolInfo(name).Symbol)
                .Where(symbol => symbol is IMethodSymbol or IFieldSymbol or IPropertySymbol && Line(network).Contains(symbol.ContainingType, SymbolEqualityComparer.Default))
                .Select(symbol => symbol!.Name).ToList();
            Assert.Contains("CheckShape", used);
            var members = network.GetMembers().Where(member => member.CanBeReferencedByName).Select(member => member.Name).ToHashSet();
            Assert.True(declared.SetEquals(members), $"Seed {seed}: {string.Join(", ", members.Except(declared).Concat(declared.Except(members)))} of {spec}");
            var unknown = used.Where(name => !declared.Contains(name) && !called.Contains(name)).Distinct();
            Assert.True(!unknown.Any(), $"Seed {seed}: {string.Join(", ", unknown)} of {spec}");
        }
    }

    /// <summary>A class may have the name of a member that it inherits, not that of one that it declares (CS0542).</summary>
    [Fact]
    public void AClass_MayBeNamedAsWhatIsCalled_NotAsWhatIsDeclared()
    {
        var seed = (ulong)System.Random.Shared.NextInt64();
        var source = new StringBuilder();
        foreach (var (number, spec) in SpecGen.Valid.Draw(12, seed).Index())
        {
            var usual = TestCompilation.Create(SpecAttributes.Write(spec, "Net")).GetTypeByMetadataName("Net")!;
            var declaration = Parser.Read(usual, TestContext.Current.CancellationToken)!;
            var built = GraphBuilder.Build(declaration.Spec!);
            var declared = MemberNames.DeclaredFor(declaration.Spec!, built, null);
            foreach (var name in declared)
                Assert.True((declaration with { Names = declaration.Names with { Class = name } }).Judge(TestContext.Current.CancellationToken).Findings.Any(finding => finding.Rule == Rules.Declaration), $"Seed {seed}: {name} of {spec}");
            foreach (var name in MemberNames.CalledFor(built, TestContext.Current.CancellationToken).Except(declared))
                source.AppendLine(CultureInfo.InvariantCulture, $"namespace Spec{number}.{name}s {{ {SpecAttributes.Write(spec, name)} }}");
        }
        var errors = TestCompilation.Run(source.ToString()).Errors;
        Assert.True(!errors.Any(), $"Seed {seed}: {string.Join('\n', errors)}");
    }

    [Fact]
    public void WhoAsksForNamesNoMore_GetsNone() =>
        Assert.Throws<OperationCanceledException>(() => MemberNames.CalledFor(MemberNames.UsualGraph(Families.Usual), new CancellationToken(canceled: true)));

    private static IEnumerable<INamedTypeSymbol> Line(INamedTypeSymbol type) => type.BaseType is { } based ? [type, .. Line(based)] : [type];
}
