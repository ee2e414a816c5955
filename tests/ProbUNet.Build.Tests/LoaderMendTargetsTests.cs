using System;
using System.IO;

namespace ProbUNet.Build.Tests;

/// <summary>The targets under MSBuild, in a project that has nothing but the targets that they follow.</summary>
public sealed class LoaderMendTargetsTests : IDisposable
{
    private const string Library = "libLibTorchSharp.so";
    private const string TaskRuns = "Task \"MendLoader\"";

    private readonly Workplace _place = new();
    private readonly byte[] _bytes = new SyntheticLibrary().Build();

    public LoaderMendTargetsTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The mend acts on Linux.");
        var import = $"<Import Project=\"{Workplace.FromProject("LoaderMendTargets")}\" />";
        File.WriteAllText(_place["tiny.proj"], $"""
            <Project>
              <PropertyGroup>
                <OutDir>bin/</OutDir>
                <PublishDir>published/</PublishDir>
                <IntermediateOutputPath>obj/</IntermediateOutputPath>
              </PropertyGroup>
              <Target Name="CopyFilesToOutputDirectory" />
              <Target Name="CopyFilesToPublishDirectory" />
              <Target Name="PrepareForBundle">
                <ItemGroup>
                  <FilesToBundle Include="package/{Library}" RelativePath="{Library}" />
                  <FilesToBundle Include="package/other.so" RelativePath="other.so" />
                </ItemGroup>
              </Target>
              <Target Name="ShowBundle" DependsOnTargets="PrepareForBundle">
                <Message Importance="high" Text="bundle: @(FilesToBundle->'%(Identity) as %(RelativePath)', ', ')" />
              </Target>
              <!-- Twice, as where the package and the repository both bring it. -->
              {import}
              {import}
            </Project>
            """);
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Both_layouts_are_mended_once_and_the_package_never()
    {
        var package = _place.Write(_bytes, "package", Library);
        var flat = _place.Link(package, "bin", Library);
        var portable = _place.Link(package, "bin", "runtimes", "linux-x64", "native", Library);

        var first = Build("CopyFilesToOutputDirectory");

        Assert.Contains(TaskRuns, first, StringComparison.Ordinal);
        Assert.Contains($"weak in {flat}", first, StringComparison.Ordinal);
        Assert.Contains($"weak in {portable}", first, StringComparison.Ordinal);
        Assert.Equal(LoaderNeed.Weak, Examine(flat));
        Assert.Equal(LoaderNeed.Weak, Examine(portable));
        Assert.Equal(_bytes, File.ReadAllBytes(package));

        Assert.DoesNotContain(TaskRuns, Build("CopyFilesToOutputDirectory"), StringComparison.Ordinal);

        // A file like the package's may come back by any road and with any time.
        _place.Link(package, "bin", Library);
        var third = Build("CopyFilesToOutputDirectory");
        Assert.Contains($"weak in {flat}", third, StringComparison.Ordinal);
        Assert.DoesNotContain($"weak in {portable}", third, StringComparison.Ordinal);
        Assert.Equal(LoaderNeed.Weak, Examine(flat));
        Assert.Equal(_bytes, File.ReadAllBytes(package));
    }

    [Fact]
    public void The_published_folder_is_mended_and_a_bundle_takes_the_mended_file()
    {
        _place.Write(_bytes, "bin", Library);
        var published = _place.Write(_bytes, "published", Library);

        var output = Build("CopyFilesToPublishDirectory;ShowBundle");

        Assert.Contains($"weak in {published}", output, StringComparison.Ordinal);
        Assert.Equal(LoaderNeed.Weak, Examine(published));
        Assert.Contains($"bundle: package/other.so as other.so, bin/{Library} as {Library}", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Switched_off_it_leaves_everything_alone()
    {
        var path = _place.Write(_bytes, "bin", Library);

        var output = Build("CopyFilesToOutputDirectory;ShowBundle", "-p:ProbUNetLoaderMend=false");

        Assert.Equal(_bytes, File.ReadAllBytes(path));
        Assert.Contains($"bundle: package/{Library} as", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_leaves_alone_it_says_in_a_sentence_on_every_build()
    {
        var used = new SyntheticLibrary { Relocated = [SyntheticLibrary.Marker] }.Build();
        var foreign = "no library"u8.ToArray();
        var usedPath = _place.Write(used, "bin", Library);
        var foreignPath = _place.Write(foreign, "bin", "runtimes", "linux-x64", "native", Library);

        for (var round = 0; round < 2; round++)
        {
            var output = Build("CopyFilesToOutputDirectory");
            Assert.Contains($"{usedPath} : warning PUN9001: This library uses a symbol of GLIBCXX_3.4.32, so it was left as it is", output, StringComparison.Ordinal);
            Assert.Contains($"{foreignPath} : warning PUN9002: The need for GLIBCXX_3.4.32 was not looked at: it is not an ELF file.", output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        }

        Assert.Equal(used, File.ReadAllBytes(usedPath));
        Assert.Equal(foreign, File.ReadAllBytes(foreignPath));
    }

    private static LoaderNeed Examine(string path) => LoaderMend.Examine(File.ReadAllBytes(path), out _);

    private string Build(string targets, params string[] more)
    {
        var (exitCode, output) = _place.Run(
            "dotnet", ["msbuild", "tiny.proj", "-nologo", "-tl:off", "-v:detailed", "-nodeReuse:false", $"-t:{targets}", .. more]);
        Assert.True(exitCode == 0, output);
        return output;
    }
}
