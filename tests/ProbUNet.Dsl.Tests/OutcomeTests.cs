namespace ProbUNet.Dsl.Tests;

public class OutcomeTests
{
    private static Outcome<int, string> Half(int value) => value % 2 == 0 ? value / 2 : $"{value} is odd";

    [Fact]
    public void Bind_GoesOnWithAValue_AndStopsAtTheFirstError()
    {
        Assert.Equal(2, Half(8).Bind(Half).Match(value => value, error => -1));
        Assert.Equal("3 is odd", Half(6).Bind(Half).Bind(Half).Match(value => "", error => error));
    }

    [Fact]
    public void Map_ChangesAValueOnly()
    {
        Assert.Equal("4!", Half(8).Map(value => $"{value}!").Match(text => text, error => error));
        Assert.Equal("7 is odd", Half(7).Map(value => $"{value}!").Match(text => text, error => error));
    }
}
