using System.Text.Json;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ProbUNet.Benchmarks;

/// <summary>Times parts of the library: <c>dotnet run -c Release --project tests/ProbUNet.Benchmarks -- --filter '*'</c>. The whole is timed by <c>probunet bench</c>, for which this program is ONNX Runtime. What more machines would give is measured by <c>scaling measure FILE</c> and worked out by <c>scaling simulate FILE</c>.</summary>
internal static class Program
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true };

    private static void Main(string[] args)
    {
        if (args is [OnnxRuntimeSide.Name, .. var rest])
            OnnxRuntimeSide.Run(rest);
        else if (args is ["scaling", "measure", var measured])
            File.WriteAllText(measured, JsonSerializer.Serialize(ScalingMeasurement.Run(), Written));
        else if (args is ["scaling", "part", .. var part])
            ScalingMeasurement.RunPart(part);
        else if (args is ["scaling", "simulate", var numbers])
            Console.Write(new ScalingModel(JsonSerializer.Deserialize<ScalingNumbers>(File.ReadAllText(numbers))!).Tables());
        else
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, DefaultConfig.Instance
                // In this process: one that BenchmarkDotNet builds by itself would have no libtorch beside it.
                .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).AsDefault())
                .AddColumn(StatisticColumn.Median)
                .HideColumns(Column.Error, Column.StdDev));
    }
}
