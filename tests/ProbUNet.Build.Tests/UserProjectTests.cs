using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ProbUNet.Build.Tests;

/// <summary>Projects of those who use the library, as the SDK restores and evaluates them.</summary>
public sealed class UserProjectTests : IDisposable
{
    private const string Central = "<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup></Project>";

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("mine.csproj", false)]
    [InlineData("mine.csproj", true)]
    [InlineData("mine.fsproj", false)]
    [InlineData("mine.fsproj", true)]
    public void A_project_elsewhere_is_restored_by_one_import_whoever_manages_its_versions(string name, bool centrally)
    {
        Write("Directory.Packages.props", centrally ? Central : "<Project />");
        Write(name, Project($"""<Import Project="{InRepository("eng", "ProbUNet.targets")}" />"""));

        // Only this project: those of the repository are restored already.
        var (exitCode, output) = _place.Run("dotnet", "restore", name, "-tl:off", "-nodeReuse:false", "-p:RestoreRecursive=false", "-warnaserror");

        Assert.True(exitCode == 0, output);
        var packages = JsonNode.Parse(File.ReadAllText(_place["obj", "project.assets.json"]))!["targets"]!["net10.0"]!.AsObject();
        Assert.Contains(packages, package => package.Key.StartsWith("TorchSharp-cpu/", StringComparison.Ordinal));

        // What the library was compiled against may be older than what is loaded, never newer.
        var asked = packages.Single(package => package.Key.StartsWith("ProbUNet.Dsl/", StringComparison.Ordinal)).Value!["dependencies"]!["FSharp.Core"]!.GetValue<string>();
        var given = packages.Single(package => package.Key.StartsWith("FSharp.Core/", StringComparison.Ordinal)).Key.Split('/')[1];
        Assert.True(Version.Parse(given) >= Version.Parse(asked), $"{given} is given and {asked} is asked for");
    }

    [Theory]
    [InlineData("", "runtimes")]
    [InlineData("cs", "runtimes", "cs")]
    public void A_project_may_be_called_as_a_language_unless_it_speaks_that_one(string languages, params string[] folders)
    {
        // FSharp.Core has a folder for Czech, in whose place the program of cs.csproj goes.
        var (copied, _) = Assets("cs.csproj", languages.Length == 0 ? [] : [$"-p:SatelliteResourceLanguages={languages}"]);

        Assert.Equal(folders.Order(), copied.Select(path => path.Split('/')[0]).Where(folder => !folder.Contains('.', StringComparison.Ordinal)).Distinct().Order());
    }

    [Fact]
    public void What_is_built_has_the_native_files_of_this_platform_and_what_is_published_those_of_all()
    {
        var (copied, published) = Assets("mine.csproj");
        var host = RuntimeInformation.RuntimeIdentifier;
        Assert.Contains(copied, path => path.StartsWith($"runtimes/{host}/native/", StringComparison.Ordinal) && path.Contains("TorchSharp", StringComparison.Ordinal));
        Assert.DoesNotContain(Runtimes(copied), runtime => runtime.Contains('-', StringComparison.Ordinal) && runtime != host);
        Assert.Superset(new HashSet<string> { "linux-x64", "osx-arm64", "win-x64" }, Runtimes(published).ToHashSet());
        Assert.Equal(Runtimes(published), Runtimes(Assets("mine.csproj", "-p:ProbUNetHostRuntimesOnly=false").Copied));

        static string[] Runtimes(string[] paths) => [.. paths.Where(path => path.StartsWith("runtimes/", StringComparison.Ordinal)).Select(path => path.Split('/')[1]).Distinct().Order()];
    }

    [Theory]
    [InlineData("linux-x64", "linux-x64")]
    [InlineData("linux-musl-x64", "linux-x64", "linux-musl-x64")]
    [InlineData("linux-arm64", "linux-arm64")]
    [InlineData("osx-arm64", "osx", "osx-arm64")]
    [InlineData("win-x64", "win-x64")]
    public void A_platform_has_its_files_and_those_of_what_it_is_one_of(string host, params string[] expected)
    {
        var copied = Assets("mine.csproj", $"-p:NETCoreSdkPortableRuntimeIdentifier={host}").Copied.Where(path => path.StartsWith("runtimes/", StringComparison.Ordinal));

        Assert.Equal(expected.Order(), copied.Select(path => path.Split('/')[1]).Distinct().Order());
    }

    [Fact]
    public void The_import_brings_the_versions_that_the_repository_has()
    {
        static ILookup<string, string> Versions(string file, string item, string version) => XDocument.Load(file).Descendants(item)
            .Where(element => element.Attribute(version) is not null).ToLookup(element => element.Attribute("Include")!.Value, element => element.Attribute(version)!.Value);
        var pinned = Versions(InRepository("Directory.Packages.props"), "PackageVersion", "Version");
        var brought = Versions(InRepository("eng", "ProbUNet.targets"), "ProbUNetPackage", "Pinned");

        Assert.Equal(["SharpZipLib", "SkiaSharp", "TorchSharp-$(TorchBackend)"], brought.Select(package => package.Key).Order());
        Assert.All(
            from package in brought from backend in new[] { "cpu", "cuda-linux" } select (Name: package.Key.Replace("$(TorchBackend)", backend, StringComparison.Ordinal), Versions: package),
            package => Assert.Equal(pinned[package.Name], package.Versions));
    }

    [Theory]
    [InlineData("Exe", true)]
    [InlineData("WinExe", true)]
    [InlineData("Library", false)]
    public void In_the_repository_whatever_runs_networks_has_the_engine_and_the_mend(string kind, bool runs)
    {
        Inside();
        Write("mine.csproj", Project($"""<ItemGroup><ProjectReference Include="{InRepository("ProbUNet.Models", "ProbUNet.Models.csproj")}" /></ItemGroup>""", kind));

        var (engines, mended) = Evaluate();

        Assert.Equal(runs ? ["TorchSharp-cpu"] : [], engines);
        Assert.Equal(runs, mended);
    }

    [Theory]
    [InlineData("TorchSharp-cpu")]
    [InlineData("TorchSharp-cpu", "-p:TorchBackend=cpu")]
    [InlineData("TorchSharp-cuda-linux", "-p:TorchBackend=cuda-linux")]
    public void The_import_brings_the_engine_that_is_chosen_and_in_the_repository_it_and_the_one_that_is_there_anyway_are_one(string engine, params string[] choice)
    {
        Write("mine.csproj", Project($"""<Import Project="{InRepository("eng", "ProbUNet.targets")}" />"""));
        Assert.Equal(engine, Assert.Single(Evaluate(choice).Engines));

        Inside();
        Assert.Equal(engine, Assert.Single(Evaluate(choice).Engines));
    }

    [Theory]
    [InlineData("ProbUNet.Models", false)]
    [InlineData("Other", true)]
    public void In_the_repository_a_network_that_would_run_without_an_engine_is_refused_by_the_build(string reference, bool builds)
    {
        // As where another project's reference brings the library.
        Inside();
        Write("mine.csproj", Project($"""
            <Target Name="Resolved"><ItemGroup><ReferencePath Include="{reference}.dll" /></ItemGroup></Target>
              <Target Name="Shown" DependsOnTargets="Resolved;RefuseNetworksWithoutEngine" />
            """));

        var (exitCode, output) = _place.Run("dotnet", "msbuild", "mine.csproj", "-nologo", "-tl:off", "-nodeReuse:false", "-t:Shown");

        Assert.True(exitCode == 0 == builds, output);
        Assert.Equal(!builds, output.Contains("eng/ProbUNet.targets", StringComparison.Ordinal));
    }

    /// <summary>Makes the folder one of the repository's, as far as MSBuild looks.</summary>
    private void Inside()
    {
        foreach (var file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            Write(file, $"""<Project><Import Project="{InRepository(file)}" /></Project>""");
    }

    /// <summary>Where in the output folder a project with the import has the files of its packages, and where all of them would be.</summary>
    private (string[] Copied, string[] Published) Assets(string name, params string[] properties)
    {
        Write("Directory.Packages.props", "<Project />");
        Write(name, Project($"""<Import Project="{InRepository("eng", "ProbUNet.targets")}" />"""));
        var restored = _place.Run("dotnet", "restore", name, "-tl:off", "-nodeReuse:false", "-p:RestoreRecursive=false");
        Assert.True(restored.ExitCode == 0, restored.Output);
        var (exitCode, output) = _place.Run("dotnet",
            ["msbuild", name, "-nologo", "-nodeReuse:false", "-t:ResolveLockFileCopyLocalFiles", "-getItem:ReferenceCopyLocalPaths,_ResolvedCopyLocalBuildAssets", .. properties]);
        Assert.True(exitCode == 0, output);
        var items = JsonNode.Parse(output)!["Items"]!;
        string[] Of(string kind) => [.. items[kind]!.AsArray().Select(item => item!["DestinationSubPath"]!.GetValue<string>().Replace('\\', '/'))];
        return (Of("ReferenceCopyLocalPaths"), Of("_ResolvedCopyLocalBuildAssets"));
    }

    /// <summary>The engines that the project takes, and whether its output is mended.</summary>
    private (string[] Engines, bool IsMended) Evaluate(params string[] properties)
    {
        var (exitCode, output) = _place.Run("dotnet", ["msbuild", "mine.csproj", "-nologo", "-getItem:PackageReference", "-getProperty:LoaderMendImported", .. properties]);
        Assert.True(exitCode == 0, output);
        var document = JsonNode.Parse(output)!;
        return (
            [.. document["Items"]!["PackageReference"]!.AsArray().Select(item => item!["Identity"]!.GetValue<string>()).Where(name => name.StartsWith("TorchSharp-", StringComparison.Ordinal))],
            document["Properties"]!["LoaderMendImported"]!.GetValue<string>() == "true");
    }

    private static string Project(string content, string kind = "Exe") => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>{kind}</OutputType>
            <TargetFramework>net10.0</TargetFramework>
          </PropertyGroup>
          {content}
        </Project>
        """;

    private void Write(string name, string text) => File.WriteAllText(_place[name], text);

    private static string InRepository(params string[] parts) => Path.Combine([Workplace.FromProject("RepositoryRoot"), .. parts]);
}
