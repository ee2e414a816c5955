using FsCheck;
using FsCheck.Xunit;

namespace ProbUNet.Dsl.Tests;

/// <summary>A misspelt name leads to the one that was meant, and a strange one to none.</summary>
public class SpellingTests
{
    private static readonly string[] Names = ["channels", "depth", "width", "growth", "convsPerBlock"];

    [Theory]
    [InlineData("chanels", "channels")]
    [InlineData("channles", "channels")]
    [InlineData("Width", "width")]
    [InlineData("widht", "width")]
    [InlineData("convs_per_block", "convsPerBlock")]
    [InlineData("dept", "depth")]
    [InlineData("height", null)]
    [InlineData("learning", null)]
    [InlineData("", null)]
    public void TheNearestName_IsFound(string word, string? meant) => Assert.Equal(meant, Spelling.Nearest(word, Names));

    [Property]
    public void AName_IsNearestToItself(NonEmptyString name) => Assert.Equal(name.Get, Spelling.Nearest(name.Get, [name.Get + "s", name.Get]));

    [Property]
    public void OneLetterTooMany_IsForgiven(byte place, char letter)
    {
        const string Name = "convsPerBlock";
        Assert.Equal(Name, Spelling.Nearest(Name.Insert(place % (Name.Length + 1), letter.ToString()), ["channels", Name, "depth"]));
    }
}
