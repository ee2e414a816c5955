using System.Text;

namespace ProbUNet.Generators;

/// <summary>Writes indented source text, with line feeds on every system so that the output is the same everywhere.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _indentation;

    public void Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', _indentation * 4).Append(line);
        _text.Append('\n');
    }

    public void Open(string line)
    {
        Line(line);
        Line("{");
        _indentation++;
    }

    public void Close(string line = "}")
    {
        _indentation--;
        Line(line);
    }

    /// <summary>The text; every brace that was opened must have been closed.</summary>
    public string ToSource() =>
        _indentation == 0 ? _text.ToString() : throw new InvalidOperationException($"The indentation ends at {_indentation}, not at 0.");
}
