using System.Text;
using System.Xml;

namespace ProbUNet.Models.Reports.Html;

/// <summary>Markup as characters: HTML that is well-formed XML too, so that any tool can read it.</summary>
internal static class HtmlWriter
{
    private static readonly HashSet<string> Void = ["br", "col", "hr", "img", "meta", "wbr"];

    /// <summary>Elements after which a line ends, for those who read the source.</summary>
    private static readonly HashSet<string> Blocks = ["html", "head", "body", "header", "main", "footer", "nav", "section", "div", "p", "h1", "h2", "h3", "figure", "figcaption", "table", "caption", "thead", "tbody", "tr", "ul", "ol", "li", "dl", "dd", "pre", "title", "meta", "svg"];

    /// <summary>A whole document.</summary>
    /// <param name="root">The <c>html</c> element.</param>
    public static string Document(Element root)
    {
        var text = new StringBuilder("<!DOCTYPE html>\n");
        Write(text, root, isDrawing: false);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Markup markup, bool isDrawing)
    {
        switch (markup)
        {
            case Words words:
                Escape(text, words.Text, isAttribute: false);
                break;
            case Fragment fragment:
                foreach (var part in fragment.Parts)
                    Write(text, part, isDrawing);
                break;
            case StyleSheet:
                text.Append("<style>\n").Append(StyleSheet.Rules).Append("</style>\n");
                break;
            case Element element:
                Write(text, element, isDrawing || element.Tag == "svg");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(markup), markup, null);
        }
    }

    private static void Write(StringBuilder text, Element element, bool isDrawing)
    {
        text.Append('<').Append(element.Tag);
        foreach (var (name, value) in element.Attributes)
        {
            text.Append(' ').Append(name).Append("=\"");
            Escape(text, value, isAttribute: true);
            text.Append('"');
        }
        // In HTML only these end where they begin; within a drawing everything may, as in XML.
        if (Void.Contains(element.Tag) || isDrawing && element.Children.Count == 0)
            text.Append("/>");
        else
        {
            text.Append('>');
            foreach (var child in element.Children)
                Write(text, child, isDrawing);
            text.Append("</").Append(element.Tag).Append('>');
        }
        if (Blocks.Contains(element.Tag))
            text.Append('\n');
    }

    /// <summary>What has a meaning in markup loses it, and what no document may hold, such as a control character in the name of a file, becomes the sign for that.</summary>
    private static void Escape(StringBuilder text, string words, bool isAttribute)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var letter = words[i];
            if (char.IsHighSurrogate(letter) && i + 1 < words.Length && char.IsLowSurrogate(words[i + 1]))
                text.Append(letter).Append(words[++i]);
            else
                text.Append(letter switch
                {
                    '&' => "&amp;",
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '"' when isAttribute => "&quot;",
                    '\'' when isAttribute => "&#39;",
                    '\n' or '\t' when isAttribute => " ",
                    '\r' => "",
                    _ when !XmlConvert.IsXmlChar(letter) || letter is >= '\u007F' and <= '\u009F' => "\uFFFD",
                    _ => letter.ToString(),
                });
        }
    }
}
