using Xunit.Sdk;
using Xunit.v3;

// The number of threads and of living tensors belong to the process: tests that set or count them must be alone.
[assembly: Parallelization(Mode = ParallelMode.None)]
