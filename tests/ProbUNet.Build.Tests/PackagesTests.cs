using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Xml.Linq;

namespace ProbUNet.Build.Tests;

/// <summary>Packs what there is to pack, and uses the packages as somebody does who has never seen this repository: projects made by the templates, outside of it, are built and run.</summary>
public sealed class PackagesTests : IDisposable
{
    // No version that was ever in a cache of packages, and none that stays there.
    private readonly string _version = $"0.0.0-test{Guid.NewGuid():N}";
    private readonly Workplace _place = new();

    public void Dispose()
    {
        _place.Dispose();
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var package in Directory.Exists(cache) ? Directory.GetDirectories(cache, "probunet.*") : [])
            if (Directory.Exists(Path.Combine(package, _version)))
                Directory.Delete(Path.Combine(package, _version), recursive: true);
    }

    [Fact]
    public void What_is_packed_declares_builds_and_runs_networks_in_projects_elsewhere()
    {
        foreach (var project in new[] { "ProbUNet.Dsl", "ProbUNet.Generators", "ProbUNet.Models", "eng/templates" })
            // Nothing of it goes into the folders of the repository, where other tests build.
            Succeed("pack", Path.Combine([Workplace.FromProject("RepositoryRoot"), .. project.Split('/')]), "-o", _place["packages"], "--artifacts-path", _place["artifacts"], $"-p:Version={_version}", "-nodeReuse:false", "-warnaserror");
        Assert.Equal(
            ["ProbUNet.Dsl", "ProbUNet.Generators", "ProbUNet.Models", "ProbUNet.Templates"],
            Directory.GetFiles(_place["packages"], "*.nupkg").Select(file => Path.GetFileName(file).Replace($".{_version}.nupkg", "", StringComparison.Ordinal)).Order());
        Assert.Equal(2, Directory.GetFiles(_place["packages"], "*.snupkg").Length);
        // The generator knows the settings of its own version alone, and the library what only its friends see.
        using (var package = ZipFile.OpenRead(_place["packages", $"ProbUNet.Models.{_version}.nupkg"]))
        using (var specification = package.GetEntry("ProbUNet.Models.nuspec")!.Open())
            Assert.Equal(
                [("ProbUNet.Dsl", $"[{_version}]"), ("ProbUNet.Generators", $"[{_version}]")],
                XDocument.Load(specification).Descendants().Where(each => each.Name.LocalName == "dependency" && each.Attribute("id")!.Value.StartsWith("ProbUNet.", StringComparison.Ordinal))
                    .Select(each => (each.Attribute("id")!.Value, each.Attribute("version")!.Value)).Order());
        File.WriteAllText(_place["nuget.config"], $"""<configuration><packageSources><add key="here" value="{_place["packages"]}" /></packageSources></configuration>""");
        Succeed("new", "install", _place["packages", $"ProbUNet.Templates.{_version}.nupkg"], "--debug:custom-hive", _place["hive"]);
        foreach (var (template, name) in new[] { ("probunet-app", "Lesions"), ("probunet-fsharp", "Variants") })
        {
            Succeed("new", template, "-o", _place[name], "--version", _version, "--steps", "2", "--debug:custom-hive", _place["hive"]);
            Succeed("build", _place[name], "-nodeReuse:false", "-warnaserror");
            var said = Succeed(_place[name, "bin", "Debug", "net10.0", $"{name}.dll"]);
            Assert.Contains("GED² ", said, StringComparison.Ordinal);
            Assert.True(new FileInfo(_place["samples.png"]).Length > 1000, said);
            File.Delete(_place["samples.png"]);
        }

        // What is wrong ends the build of who leaves analyzers out, too, which only does not tell the place.
        File.WriteAllText(_place["Lesions", "Wrong.cs"], "[ProbUNet.Dsl.ProbabilisticUNet, ProbUNet.Dsl.Latent(0)] partial class Wrong;");
        foreach (var isAnalyzed in new[] { true, false })
        {
            var (exitCode, said) = _place.Run("dotnet", "build", _place["Lesions"], "-nodeReuse:false", "--no-restore", "-tl:off", $"-p:RunAnalyzers={isAnalyzed}");
            Assert.True(exitCode != 0, said);
            Assert.Contains("error CS1029: #error: 'PUN0005: Wrong: A latent cannot have 0 dimensions: use 1 to 1024'", said, StringComparison.Ordinal);
            Assert.Equal(isAnalyzed, said.Contains("Wrong.cs(1,54): error PUN0005: A latent cannot", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_templates_name_the_version_that_is_made_here_and_the_engine_that_it_was_tried_with()
    {
        var root = Workplace.FromProject("RepositoryRoot");
        var version = XDocument.Load(Path.Combine(root, "Directory.Build.props")).Descendants("Version").Single().Value;
        var engine = XDocument.Load(Path.Combine(root, "Directory.Packages.props")).Descendants("PackageVersion").Single(each => each.Attribute("Include")!.Value == "TorchSharp-cpu").Attribute("Version")!.Value;
        foreach (var template in Directory.GetDirectories(Path.Combine(root, "eng", "templates"), "probunet-*"))
        {
            Assert.Contains($"\"defaultValue\": \"{version}\"", File.ReadAllText(Path.Combine(template, ".template.config", "template.json")), StringComparison.Ordinal);
            Assert.Contains($"""Include="TorchSharp-cpu" Version="{engine}" />""", File.ReadAllText(Directory.GetFiles(template, "*.??proj").Single()), StringComparison.Ordinal);
        }
    }

    /// <summary>Packing restores before it names a platform; where that does not ask for what compiles beforehand, packing fails on a machine that has never published (NETSDK1094). eng/tool-trial does the rest.</summary>
    [Fact]
    public void Packing_the_tool_asks_for_what_compiles_it_beforehand() => Assert.Equal("true", Succeed(
        "msbuild", Path.Combine(Workplace.FromProject("RepositoryRoot"), "ProbUNet.Cli", "ProbUNet.Cli.csproj"), "-getProperty:PublishReadyToRun", "-p:_IsPacking=true", "-p:MSBuildIsRestoring=true").Trim());

    private string Succeed(params string[] arguments)
    {
        var (exitCode, output) = _place.Run("dotnet", arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{output}");
        return output;
    }
}
