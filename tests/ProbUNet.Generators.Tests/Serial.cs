using System.Runtime.CompilerServices;
using TorchSharp;
using Xunit.Sdk;
using Xunit.v3;

// The number of threads and of living tensors belong to the process: tests that set or count them must be alone.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace ProbUNet.Generators.Tests;

internal static class ThreadsOfTests
{
    /// <summary>The networks here are tiny, and test projects run side by side: threads that wait for each other by spinning cost many times what they give.</summary>
    [ModuleInitializer]
    internal static void Settle() => torch.set_num_threads(1);
}
