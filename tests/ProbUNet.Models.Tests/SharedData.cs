namespace ProbUNet.Models.Tests;

/// <summary>The real data sets, which lie in <c>shared/data</c> beside the repository and are no part of it.</summary>
internal static class SharedData
{
    /// <summary>The folder of one data set; skips the calling test where there is none, and fails it on a build server, which must have it.</summary>
    /// <param name="set">The name of the data set, for example <c>lidc_mini</c>.</param>
    public static string Folder(string set)
    {
        var folder = Path.Combine(RepositoryRoot(), "..", "shared", "data", set);
        if (Directory.Exists(folder))
            return folder;
        var reason = $"The data set {set} is not at {Path.GetFullPath(folder)}, beside the repository.";
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            Assert.Fail(reason);
        Assert.Skip(reason);
        return folder;
    }

    /// <summary>The folder of the repository.</summary>
    internal static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ProbUNet.sln")) || File.Exists(Path.Combine(folder.FullName, "global.json")))
                return folder.FullName;
        throw new InvalidOperationException($"No ProbUNet.sln or global.json lies above {AppContext.BaseDirectory}: run the tests from their build output.");
    }
}
