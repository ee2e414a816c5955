using System.Globalization;
using static ProbUNet.Models.Reports.Html.Html;

namespace ProbUNet.Models.Reports.Html;

/// <summary>A part of a report.</summary>
/// <param name="Id">By which links find it.</param>
/// <param name="Heading">Its heading, and its line in the contents.</param>
/// <param name="Content">What follows.</param>
internal sealed record Part(string Id, string Heading, params IReadOnlyList<Markup> Content);

/// <summary>The frame of a report: one document with its style and its pictures in it, that needs no program to be read and fetches nothing.</summary>
internal static class Page
{
    /// <summary>The document.</summary>
    /// <param name="title">What it is of.</param>
    /// <param name="lead">What was found, in a sentence or two.</param>
    /// <param name="parts">The rest.</param>
    /// <param name="date">When it was made; it says nothing of that if left out.</param>
    public static string Document(string title, Markup lead, IEnumerable<Part> parts, DateTimeOffset? date)
    {
        var all = parts.ToList();
        return HtmlWriter.Document(E("html",
            E("head",
                E("meta").With("charset", "utf-8"),
                E("meta").With("name", "viewport").With("content", "width=device-width, initial-scale=1"),
                E("meta").With("name", "color-scheme").With("content", "light dark"),
                E("meta").With("name", "generator").With("content", "ProbUNet"),
                E("title", title),
                new StyleSheet()),
            E("body",
                E("header", [E("h1", title), lead, .. date is { } when ? new[] { MadeOn(when) } : []]),
                E("nav", E("ol", [.. all.Select(part => E("li", E("a", part.Heading).With("href", $"#{part.Id}")))])).With("aria-label", "Contents"),
                E("main", [.. all.Select(part => Section(part.Id, part.Heading, [.. part.Content]))]),
                E("footer", P("What is measured is defined in Kohl et al., “A Probabilistic U-Net for Segmentation of Ambiguous Images”, NIPS 2018, arXiv 1806.05034; sections and figures that are named here are that paper’s. Numbers are rounded for the eye, and have all of their digits in the source of this page."))))
            .With("lang", "en"));
    }

    private static Element MadeOn(DateTimeOffset when) => E("p",
        "Made on ",
        E("time", when.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)).With("datetime", when.ToString("yyyy-MM-ddTHH:mmzzz", CultureInfo.InvariantCulture)),
        ".").Class("when");
}
