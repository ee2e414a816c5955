using System.Globalization;
using ProbUNet.Dsl;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Runtime;

/// <summary>The devices that networks may live on, by the names that people give them.</summary>
public static class Devices
{
    /// <summary>What may be written.</summary>
    public const string Names = "cpu, cuda, cuda:1 (a GPU by its number) or mps";

    /// <summary>The device of a name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="InputException">It is no device's name, or this machine or this build of TorchSharp has no such device.</exception>
    public static Device Open(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var parts = name.Split(':');
        var index = 0;
        if (parts is not ["cpu" or "cuda" or "mps"] && !(parts is ["cuda", var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new InputException($"device {name}", "it is no device", $"use {Names}");
        switch (parts[0])
        {
            case "cuda" when !cuda.is_available():
                throw new InputException($"device {name}", "no GPU can be used: there is none, or this is the build of TorchSharp for CPUs", "build with -p:TorchBackend=cuda-linux on a machine with an NVIDIA GPU, or use cpu");
            case "cuda" when index >= cuda.device_count():
                throw new InputException($"device {name}", $"this machine has {Counted.Of(cuda.device_count(), "GPU")}, counted from 0", "use one of them");
            case "mps" when !mps_is_available():
                throw new InputException($"device {name}", "no GPU of Apple's can be used here", "use cpu");
            default:
                return new Device(parts[0] == "cpu" ? DeviceType.CPU : parts[0] == "cuda" ? DeviceType.CUDA : DeviceType.MPS, parts[0] == "cpu" ? -1 : index);
        }
    }
}
