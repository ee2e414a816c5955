
namespace ProbUNet.Models.Tests;

public class AtomicFileTests
{
    [Fact]
    public void Writing_MakesTheFolderAndLeavesOnlyTheFile()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder["a/b/file.bin"], stream => stream.WriteByte(7));
        Assert.Equal([folder["a/b/file.bin"]], Directory.GetFiles(folder.Root, "*", SearchOption.AllDirectories));
        Assert.Equal([7], File.ReadAllBytes(folder["a/b/file.bin"]));
    }

    [Fact]
    public void OlderFile_IsReplaced()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["file.bin"], [1, 2, 3]);
        AtomicFile.Write(folder["file.bin"], stream => stream.WriteByte(7));
        Assert.Equal([7], File.ReadAllBytes(folder["file.bin"]));
    }

    [Fact]
    public void FailureHalfWay_LeavesTheOlderFileAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["file.bin"], [1, 2, 3]);
        Assert.Throws<InputException>(() => AtomicFile.Write(folder["file.bin"], stream =>
        {
            stream.WriteByte(7);
            throw new IOException("No room.");
        }));
        Assert.Equal([folder["file.bin"]], Directory.GetFiles(folder.Root));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["file.bin"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("new/")]
    public void Folder_IsNoFileToWrite(string name)
    {
        using var folder = new TemporaryFolder();
        var thrown = Assert.Throws<InputException>(() => AtomicFile.Write(folder[name], stream => stream.WriteByte(7)));
        Assert.Equal(folder[name], thrown.Input);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void FileInPlaceOfTheFolder_IsAnInputError()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["file"], [1]);
        Assert.Throws<InputException>(() => AtomicFile.Write(folder["file/picture.png"], stream => stream.WriteByte(7)));
    }
}
