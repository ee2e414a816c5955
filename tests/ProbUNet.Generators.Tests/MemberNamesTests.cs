extern alias generators;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ProbUNet.Testing;
using GraphBuilder = generators::ProbUNet.Dsl.Graphs.GraphBuilder;
using MemberNames = generators::ProbUNet.Generators.MemberNames;
using Parser = generators::ProbUNet.Generators.NetworkGenerator.Parser;

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
            var names = MemberNames.Of(spec, GraphBuilder.Build(spec), null).ToHashSet();

            var used = root.DescendantNodes().OfType<IdentifierNameSyntax>()
                .Where(name => !(name.Parent is MemberAccessExpressionSyntax access && access.Name == name))
                .Select(name => model.GetSymbolInfo(name).Symbol)
                .Where(symbol => symbol is IMethodSymbol or IFieldSymbol or IPropertySymbol && Line(network).Contains(symbol.ContainingType, SymbolEqualityComparer.Default))
                .Select(symbol => symbol!.Name).ToList();
            Assert.Contains("CheckShape", used);
            var unknown = network.GetMembers().Where(member => member.CanBeReferencedByName).Select(member => member.Name).Concat(used).Where(name => !names.Contains(name)).Distinct();
            Assert.True(!unknown.Any(), $"Seed {seed}: {string.Join(", ", unknown)} of {spec}");
        }
    }

    private static IEnumerable<INamedTypeSymbol> Line(INamedTypeSymbol type) => type.BaseType is { } based ? [type, .. Line(based)] : [type];
}
