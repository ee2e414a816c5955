using ProbUNet.Models.Sources;

namespace ProbUNet.Models.Tests.Data;

/// <summary>Whoever has NIfTI or DICOM files is told so, and what to do.</summary>
public class ForeignFormatTests
{
    private static readonly byte[] Dicom = [.. new byte[128], .. "DICM"u8, .. new byte[300]];

    private static readonly byte[] Nifti = [0x5C, 1, 0, 0, .. new byte[340], .. "n+1\0"u8, .. new byte[100]];

    [Theory]
    [InlineData("scan.nii", "NIfTI")]
    [InlineData("patient/scan.NII.GZ", "NIfTI")]
    [InlineData("patient/series/0001.dcm", "DICOM")]
    [InlineData("patient/series/IM0001", "DICOM")]
    [InlineData("patient/series/1.2.840.113", "DICOM")]
    public void AFolderOfThem_IsNamedWithTheConversion(string file, string format)
    {
        using var set = new TinySet(empty: true);
        set.Write("README.md", [1]);
        set.Write(file, Dicom);
        var refusal = set.Refusal();
        Assert.Equal((set.Root, $"it holds {format} files, which are not read ({file.Replace('/', Path.DirectorySeparatorChar)})"), (refusal.Input, refusal.Problem));
        Assert.Contains("dcm2niix", refusal.Remedy);
    }

    [Fact]
    public async Task APipe_IsNotWaitedFor()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("pipes have names in folders on Unix");
        using var set = new TinySet();
        await System.Diagnostics.Process.Start("mkfifo", set.Of("pipe")).WaitForExitAsync(TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(set.Of("link"), set.Of("pipe"));
        var described = Task.Run(() => ProbUNet.Models.Inspection.DataDescriber.Describe(set.Root), TestContext.Current.CancellationToken);
        Assert.DoesNotContain((await described.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Problems, problem => problem.IsError);
    }

    [Fact]
    public void AFileThatIsNamed_IsRefusedByItsFormat()
    {
        using var set = new TinySet();
        set.Write("scan.nii.gz", [1]);
        Assert.Equal("NIfTI files are not read", Assert.Throws<InputException>(() => DataSource.Open(set.Of("scan.nii.gz"))).Problem);
    }

    [Fact]
    public void AFileOfThatFormatNamedPng_IsNamedByWhatItIs()
    {
        using var set = new TinySet();
        set.Write("train/images/a/x.png", Dicom);
        Assert.Equal("this is a DICOM file, which is not read", set.Refusal().Problem);
        set.Write("train/images/a/x.png", Nifti);
        Assert.Equal("this is a NIfTI file, which is not read", set.Refusal().Problem);
    }
}
