using System.Globalization;
using Microsoft.AspNetCore.Http;
using ProbUNet.Models;

namespace ProbUNet.Cli.Explorer;

/// <summary>What stands before every answer: who may ask, what a browser may do with the answer, and how a refusal is told.</summary>
internal static class Guard
{
    private static readonly string[] OwnNames = ["localhost", "127.0.0.1", "[::1]"];

    private static readonly (string Name, string Value)[] Headers =
    [
        // Nothing but what this server sends: no inline script or style, no other machine.
        ("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ("Cache-Control", "no-store"),
    ];

    /// <summary>The middleware.</summary>
    public static async Task Handle(HttpContext context, RequestDelegate next)
    {
        foreach (var (name, value) in Headers)
            context.Response.Headers[name] = value;
        try
        {
            // A page elsewhere may give its own name the address of this machine (DNS rebinding): the name in the request tells.
            if (!OwnNames.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
                await Refuse(context, StatusCodes.Status400BadRequest, "The explorer answers under the machine's own names alone: open it at http://127.0.0.1 or http://localhost.");
            else if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && IsForeign(context.Request))
                await Refuse(context, StatusCodes.Status403Forbidden, "The explorer takes this from its own page alone.");
            else
            {
                await next(context);
                if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                    await Refuse(context, context.Response.StatusCode, Sentence(context.Response.StatusCode));
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            var (status, sentence) = error switch
            {
                InputException => (StatusCodes.Status400BadRequest, error.Message),
                MissingException => (StatusCodes.Status404NotFound, error.Message),
                BusyException => (StatusCodes.Status503ServiceUnavailable, error.Message),
                TooLargeException => (StatusCodes.Status413PayloadTooLarge, error.Message),
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (StatusCodes.Status413PayloadTooLarge, "The request is larger than what is taken; send less."),
                BadHttpRequestException bad => (bad.StatusCode, "The request is not what this address takes; send what docs/explorer.md says."),
                _ => (StatusCodes.Status500InternalServerError, "The explorer failed; please report this with what you did."),
            };
            if (status == StatusCodes.Status503ServiceUnavailable)
                context.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
            await Refuse(context, status, sentence);
        }
    }

    /// <summary>Says no in a sentence (RFC 9457).</summary>
    private static Task Refuse(HttpContext context, int status, string sentence) => Results.Problem(sentence, statusCode: status).ExecuteAsync(context);

    /// <summary>What nothing of ours has answered.</summary>
    private static string Sentence(int status) => status switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this address.",
        StatusCodes.Status405MethodNotAllowed => "This address does not take that method.",
        StatusCodes.Status415UnsupportedMediaType => "This address takes JSON (application/json).",
        _ => "The explorer does not answer this.",
    };

    /// <summary>Whether a page of another origin asks; programs that are no browser send neither header.</summary>
    private static bool IsForeign(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        return site.Length > 0 && site != "same-origin" || origin.Length > 0 && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
