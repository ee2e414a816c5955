using System.Runtime.CompilerServices;
using ProbUNet.Dsl;
using ProbUNet.Models.Runtime;
using PublicApiGenerator;

namespace ProbUNet.Models.Tests;

/// <summary>
/// What users may call, held by a snapshot: a change of it is seen in review, never by accident. After a wanted change run these tests once with
/// <c>UPDATE_PUBLIC_API=1</c> and read the difference.
/// </summary>
public class PublicApiTests
{
    [Theory]
    [InlineData(typeof(ModelSpec))]
    [InlineData(typeof(SegmentationModel))]
    public void ThePublicApi_IsThatOfTheSnapshot(Type any)
    {
        var api = any.Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n") + "\n";
        var snapshot = Path.Combine("PublicApi", $"{any.Assembly.GetName().Name}.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1")
            File.WriteAllText(Path.Combine(Tests(), snapshot), api);
        else
            Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, snapshot)), api);
    }

    private static string Tests([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..");
}
