using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ProbUNet.Cli.Tests;

/// <summary>
/// Commands as ranks of a real MPI job, more of them than there are processors. Where MPI is not installed these tests are skipped, with that reason; with <c>PROBUNET_HAS_MPI=1</c>, as in CI where it can be
/// installed, a missing one fails.
/// </summary>
public sealed class MpiTests : IDisposable
{
    private const string OpenMpi = "Open MPI", Mpich = "HYDRA";

    private const int User1 = 10, Killed = 9;

    private readonly string _folder = Directory.CreateTempSubdirectory("probunet-").FullName;

    public MpiTests() => File.WriteAllText(At("tiny.json"), TinyRuns.Tiny);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(OpenMpi, "f32")]
    [InlineData(OpenMpi, "bf16")]
    [InlineData(Mpich, "f32")]
    [InlineData(Mpich, "bf16")]
    public void Ranks_TrainWhatOneProcessTrains(string launcher, string wire)
    {
        Need(launcher);
        Assert.Equal(0, Probunet("train", "tiny.json", "--size", "32x32", "--steps", "6", "--batch", "5", "--out", "one").ExitCode);
        var expected = Losses("one");
        // What is rounded to 8 bits once a rank and once a sum is another gradient by as much, and Adam's first steps are of the gradient's sign.
        var tolerance = wire == "f32" ? 1e-3 : 3e-2;
        foreach (var ranks in wire == "f32" && launcher == OpenMpi ? [1, 2, 3, 4] : new[] { 3 })
        {
            var run = $"{ranks}";
            var job = Job(launcher, ranks, "train", "tiny.json", "--size", "32x32", "--steps", "6", "--batch", "5", "--out", run, "--wire", wire, "--json");
            Assert.True(job.ExitCode == 0, job.Error);
            Assert.Equal(run, (string?)JsonNode.Parse(job.Output)!["run"]);   // one document, of the first rank
            foreach (var (own, theirs) in expected.Zip(Losses(run)))
                Assert.Equal(own, theirs, tolerance * own);
            Assert.Equal(6, Losses(run).Count);
        }
    }

    [Fact]
    public void AnEvaluation_IsTheSameBytes_OnAnyNumberOfRanks()
    {
        Need(OpenMpi);
        Assert.Equal(0, Probunet("train", "tiny.json", "--size", "32x32", "--steps", "2", "--batch", "2", "--out", "run").ExitCode);
        var alone = Probunet("evaluate", "run", "--json");
        foreach (var ranks in new[] { 1, 2, 3 })
            Assert.Equal(alone.Output, Job(OpenMpi, ranks, "evaluate", "run", "--json").Output);
    }

    [Fact]
    public void AComparison_IsTheSame_ButForItsSeconds_OnAnyNumberOfRanks()
    {
        Need(OpenMpi);
        string[] command = ["compare", "--model", "tiny.json", "--size", "32x32", "--steps", "2", "--batch", "2", "--test-images", "3", "--samples", "1,4", "--seeds", "1,2"];
        Assert.Equal(0, Probunet([.. command, "--out", "one"]).ExitCode);
        var job = Job(OpenMpi, 3, [.. command, "--out", "three"]);
        Assert.True(job.ExitCode == 0, job.Error);
        Assert.Equal(Timeless("one/comparison.json"), Timeless("three/comparison.json"));
        Assert.Equal(File.ReadAllBytes(At("one/figure4.png")), File.ReadAllBytes(At("three/figure4.png")));
    }

    [Fact]
    public void ASearch_IsTheSame_ButForItsSeconds_OnAnyNumberOfRanks()
    {
        Need(OpenMpi);
        File.WriteAllText(At("space.json"), """{"model": "tiny.json", "training": {"batchSize": 2}, "axes": {"latent.dimension": [1, 2, 3], "training.learningRate": [0.01, 0.0001]}}""");
        string[] command = ["search", "space.json", "--size", "32x32", "--steps", "2", "--validation-images", "3", "--samples", "2"];
        Assert.Equal(0, Probunet([.. command, "--out", "one"]).ExitCode);
        foreach (var ranks in new[] { 2, 3 })
        {
            var job = Job(OpenMpi, ranks, [.. command, "--out", $"{ranks}", "--json"]);
            Assert.True(job.ExitCode == 0, job.Error);
            Assert.Equal($"{ranks}/runs", ((string)JsonNode.Parse(job.Output)!["run"]!)[..6]);   // one document, of the first rank
            Assert.Equal(Timeless("one/result.json"), Timeless($"{ranks}/result.json"));
        }
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 1)]
    public void AJob_ThatIsWarned_StopsBehindOneStep_AndGoesOnWithAnotherNumberOfRanks(int before, int behind)
    {
        Need(OpenMpi);
        string[] command = ["train", "tiny.json", "--size", "32x32", "--steps", "60", "--batch", "4", "--set", "checkpointEvery=60"];
        Assert.Equal(0, Probunet([.. command, "--out", "whole"]).ExitCode);
        using var running = Start(OpenMpi, before, [.. command, "--wire", "f32", "--out", "run"]);
        WaitForLines(running, "run", 3);
        // As Slurm does before a job's time is up; mpirun hands it on to its ranks.
        using (Programs.Start(_folder, "kill", [$"-{User1}", running.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            var stopped = running.End();
            Assert.Equal(1, stopped.ExitCode);
            Assert.Contains("; go on with: probunet train --resume run --distributed mpi --wire f32\n", stopped.Error);
        }
        var resumed = behind == 1 ? Probunet("train", "--resume", "run") : Job(OpenMpi, behind, "train", "--resume", "run");
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal(60, Losses("run").Count);
        // Rounding grows with the steps; another order of images would be another loss by more than a tenth at once.
        foreach (var (own, theirs) in Losses("whole").Zip(Losses("run")))
            Assert.Equal(own, theirs, 2e-2 * own);
    }

    [Fact]
    public void ARankThatDies_EndsTheJob_AndIsNamed_AndTheRunGoesOnFromItsCheckpoint()
    {
        Need(OpenMpi);
        using var running = Start(OpenMpi, 3, "train", "tiny.json", "--size", "32x32", "--steps", "100000", "--batch", "3", "--out", "run", "--set", "checkpointEvery=4");
        WaitForLines(running, "run", 9);
        Assert.Equal(0, Programs.Start(_folder, "pkill", [$"-{Killed}", "-n", "-P", running.Id.ToString(CultureInfo.InvariantCulture)]).End().ExitCode);
        var ended = running.End();
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("rank 2", ended.Error + ended.Output);
        Assert.Contains("signal 9", ended.Error + ended.Output);
        using var again = Start(OpenMpi, 2, "train", "--resume", "run");
        WaitForLines(again, "run", 20);
    }

    [Fact]
    public void ARankThatCannotGoOn_SaysWhy_AndEndsTheOthers()
    {
        Need(OpenMpi);
        var refused = Job(OpenMpi, 3, "train", "tiny.json", "--size", "32x32", "--batch", "2", "--steps", "2", "--out", "run");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"rank 0 of 3 on {Environment.MachineName}: --batch 2: it cannot be spread over 3 ranks; take a larger batch or fewer ranks.", refused.Error);
        Assert.False(Directory.Exists(At("run")));
    }

    [Fact]
    public void ASecondJob_InTheSameRunFolder_IsRefused()
    {
        Need(OpenMpi);
        using var running = Start(OpenMpi, 2, "train", "tiny.json", "--size", "32x32", "--steps", "100000", "--batch", "2", "--out", "run");
        WaitForLines(running, "run", 3);
        var second = Job(OpenMpi, 2, "train", "--resume", "run");
        Assert.Equal(2, second.ExitCode);
        Assert.Contains("is training in this folder; wait for it, or stop it, before you go on.", second.Error);
        Assert.False(running.HasExited);
    }

    [Fact]
    public void WithoutALauncher_AProcessIsOneRank_AndWithoutMpi_ItSaysWhatToInstall()
    {
        var outcome = Probunet("train", "tiny.json", "--size", "32x32", "--steps", "2", "--batch", "2", "--out", "run", "--distributed", "mpi");
        if (Find(OpenMpi) is not null)
            Assert.True(outcome.ExitCode == 0, outcome.Error);
        else if (Find(Mpich) is null)
        {
            Assert.Equal(2, outcome.ExitCode);
            Assert.StartsWith("--distributed mpi: there is no MPI on this machine; install Open MPI (Debian and Ubuntu: apt-get install openmpi-bin", outcome.Error);
        }
    }

    [Theory]
    [InlineData("libnothing.so.1", "PROBUNET_MPI_LIBRARY=libnothing.so.1: it cannot be loaded; name the file of a library of MPI, such as libmpi.so.40.\n")]
    [InlineData("libc.so.6", "libc.so.6: it is no library of MPI; install Open MPI")]
    public void ALibraryThatIsNone_IsRefusedByName(string library, string message)
    {
        var outcome = Programs.Start(_folder, "env", [$"PROBUNET_MPI_LIBRARY={library}", "dotnet", Programs.PathOfProbunet, "evaluate", "run", "--distributed", "mpi"]).End();
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith(message, outcome.Error);
    }

    [Fact]
    public void AnotherDistribution_IsRefused()
    {
        var outcome = Probunet("evaluate", "run", "--distributed", "nccl");
        Assert.Equal((2, "--distributed nccl: it is no way of distribution that is known; use mpi.\n"), (outcome.ExitCode, outcome.Error));
    }

    /// <summary>A result without the time that it took.</summary>
    private string Timeless(string result)
    {
        var document = JsonNode.Parse(File.ReadAllText(At(result)))!;
        var seconds = 0;
        Clear(document);
        Assert.True(seconds > 0);
        return document.ToJsonString();

        void Clear(JsonNode? node)
        {
            if (node is JsonObject members)
                foreach (var (key, value) in members.ToList())
                    if (key.Contains("econds", StringComparison.Ordinal))
                        (members[key], seconds) = (null, seconds + 1);
                    else
                        Clear(value);
            else if (node is JsonArray items)
                foreach (var item in items)
                    Clear(item);
        }
    }

    private string At(string name) => Path.Combine(_folder, name);

    private Outcome Probunet(params string[] arguments) => Programs.Probunet(_folder, arguments);

    private Outcome Job(string launcher, int ranks, params string[] arguments)
    {
        using var running = Start(launcher, ranks, arguments);
        return running.End();
    }

    private Running Start(string launcher, int ranks, params string[] arguments)
    {
        // Containers are root, and have fewer processors than ranks.
        string[] options = launcher == OpenMpi ? ["--allow-run-as-root", "--oversubscribe"] : [];
        // Containers often forbid to read another process's memory, which Open MPI would try and complain of; elsewhere nothing is lost.
        return Programs.Start(_folder, "env", ["OMPI_MCA_btl_vader_single_copy_mechanism=none", Find(launcher)!, .. options, "-n", $"{ranks}", "dotnet", Programs.PathOfProbunet, .. arguments, "--distributed", "mpi"]);
    }

    private List<double> Losses(string run) => [.. File.ReadLines(At($"{run}/metrics.jsonl")).Select(line => (double)JsonNode.Parse(line)!["loss"]!)];

    private void WaitForLines(Running running, string run, int lines)
    {
        var file = At($"{run}/metrics.jsonl");
        while (!running.HasExited && !(File.Exists(file) && File.ReadAllLines(file).Length >= lines))
            Thread.Sleep(50);
        if (running.HasExited)
            Assert.Fail(running.End().Error);
    }

    /// <summary>The program that begins jobs of a kind of MPI, which says its name; Debian has a name of its own for each.</summary>
    private static string? Find(string launcher) => Launchers.GetOrAdd(launcher, kind =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { "mpirun.openmpi", "mpiexec.mpich", "mpirun", "mpiexec", "mpiexec.hydra" }.Select(name => Path.Combine(folder, name)))
            .Where(File.Exists).FirstOrDefault(program => Programs.Start(Path.GetTempPath(), program, ["--version"]).End().Output.Contains(kind, StringComparison.Ordinal)));

    private static readonly ConcurrentDictionary<string, string?> Launchers = new();

    /// <summary>Skips a test where its launcher is missing.</summary>
    private static void Need(string launcher)
    {
        if (Find(launcher) is not null)
            return;
        var reason = $"{(launcher == OpenMpi ? "Open MPI" : "MPICH")} is not installed here: nothing was run as ranks of it (Debian: apt-get install {(launcher == OpenMpi ? "openmpi-bin" : "mpich")})";
        if (Environment.GetEnvironmentVariable("PROBUNET_HAS_MPI") == "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
