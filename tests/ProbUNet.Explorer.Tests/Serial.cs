using System.Runtime.CompilerServices;
using TorchSharp;
using Xunit.Sdk;
using Xunit.v3;

// Living tensors, the current folder and the time belong to the process: tests that count or take them must be alone.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace ProbUNet.Explorer.Tests;

internal static class ThreadsOfTests
{
    /// <summary>The networks here are tiny, and test projects run side by side: threads that wait for each other by spinning cost many times what they give.</summary>
    [ModuleInitializer]
    internal static void Settle() => torch.set_num_threads(1);
}
