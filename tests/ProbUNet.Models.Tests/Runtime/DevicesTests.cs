using ProbUNet.Models.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace ProbUNet.Models.Tests.Runtime;

public class DevicesTests
{
    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("cpu:1")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:one")]
    [InlineData("cuda:0:0")]
    [InlineData("CPU")]
    public void WhatIsNoDevice_IsAnsweredWithThoseThatAre(string name) =>
        Assert.Equal($"device {name}: it is no device; use {Devices.Names}.", Assert.Throws<InputException>(() => Devices.Open(name)).Message);

    [Fact]
    public void TheProcessor_IsEverywhere_AndAGpuOnlyWhereItIs()
    {
        Assert.Equal(DeviceType.CPU, Devices.Open("cpu").type);
        if (cuda.is_available())
            Assert.Equal((DeviceType.CUDA, 0), (Devices.Open("cuda").type, Devices.Open("cuda:0").index));
        else
            Assert.Contains("TorchBackend=cuda-linux", Assert.Throws<InputException>(() => Devices.Open("cuda")).Message);
    }
}
