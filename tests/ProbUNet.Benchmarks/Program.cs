using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ProbUNet.Benchmarks;

/// <summary>Times parts of the library: <c>dotnet run -c Release --project tests/ProbUNet.Benchmarks -- --filter '*'</c>. The whole is timed by <c>probunet bench</c>, for which this program is ONNX Runtime.</summary>
internal static class Program
{
    private static void Main(string[] args)
    {
        if (args is [OnnxRuntimeSide.Name, .. var rest])
            OnnxRuntimeSide.Run(rest);
        else
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, DefaultConfig.Instance
                // In this process: one that BenchmarkDotNet builds by itself would have no libtorch beside it.
                .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).AsDefault())
                .AddColumn(StatisticColumn.Median)
                .HideColumns(Column.Error, Column.StdDev));
    }
}
