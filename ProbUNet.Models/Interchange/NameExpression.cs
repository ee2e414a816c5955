using System.Globalization;

namespace ProbUNet.Models.Interchange;

/// <summary>A sum of products of whole numbers and names, with parentheses: <c>block*(2*convs+1)+2*conv</c>.</summary>
internal sealed class NameExpression
{
    private const int MaxLength = 100;

    private readonly string _text;
    private readonly Func<Func<string, long>, long> _value;
    private int _at;

    private NameExpression(string text)
    {
        _text = text;
        _value = Sum();
        if (_at < text.Length)
            throw new FormatException($"'{text[_at]}' has no meaning there");
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static NameExpression Parse(string text) => text.Length <= MaxLength ? new NameExpression(text) : throw new FormatException($"it has more than {MaxLength} letters");

    /// <summary>The names in it.</summary>
    public HashSet<string> Names { get; } = [];

    /// <summary>The name, where it is nothing else.</summary>
    public string? Alone => Names.Count == 1 && Names.Contains(_text) ? _text : null;

    /// <summary>What it comes to.</summary>
    /// <param name="of">The number of a name.</param>
    /// <exception cref="OverflowException">More than 64 bits.</exception>
    public long Value(Func<string, long> of) => _value(of);

    private Func<Func<string, long>, long> Sum()
    {
        var left = Product();
        while (Next is '+' or '-')
        {
            var (before, minus) = (left, _text[_at++] == '-');
            var right = Product();
            left = of => minus ? checked(before(of) - right(of)) : checked(before(of) + right(of));
        }
        return left;
    }

    private Func<Func<string, long>, long> Product()
    {
        var left = Atom();
        while (Next == '*')
        {
            _at++;
            var (before, right) = (left, Atom());
            left = of => checked(before(of) * right(of));
        }
        return left;
    }

    private Func<Func<string, long>, long> Atom()
    {
        if (Next == '(')
        {
            _at++;
            var inner = Sum();
            if (Next != ')')
                throw new FormatException("a parenthesis is not closed");
            _at++;
            return inner;
        }
        var start = _at;
        while (Next is { } letter && char.IsAsciiLetterOrDigit(letter))
            _at++;
        var word = _text[start.._at];
        if (word.Length == 0)
            throw new FormatException("a number or a name is missing");
        if (char.IsAsciiDigit(word[0]))
            return long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? _ => number : throw new FormatException($"{word} is no number");
        Names.Add(word);
        return of => of(word);
    }

    private char? Next => _at < _text.Length ? _text[_at] : null;
}
