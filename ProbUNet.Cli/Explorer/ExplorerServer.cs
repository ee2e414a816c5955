using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ProbUNet.Models;
using ProbUNet.Models.Data;

namespace ProbUNet.Cli.Explorer;

/// <summary>The explorer's server, on the machine's own addresses alone. It reads no setting but those that it is given: no file, no variable of the environment.</summary>
internal sealed class ExplorerServer : IAsyncDisposable
{
    private const int MostConnections = 256;

    private readonly WebApplication _app;
    private readonly Uploads _uploads;

    private ExplorerServer(WebApplication app, ImageLibrary images, Uploads uploads, IReadOnlyList<ModelHost> hosts) => (_app, Images, _uploads, Hosts) = (app, images, uploads, hosts);

    /// <summary>Where the page is.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The images; for tests.</summary>
    internal ImageLibrary Images { get; }

    /// <summary>The networks, as the runs are; for tests.</summary>
    internal IReadOnlyList<ModelHost> Hosts { get; }

    /// <summary>Starts it; it answers when this returns.</summary>
    /// <param name="runs">One network, or two to be compared, of one size, channels and classes. Handed over, to be freed with the server.</param>
    /// <param name="data">What the page calls the data.</param>
    /// <param name="images">Images of the networks' size; there may be none.</param>
    /// <param name="options">Bounds.</param>
    /// <exception cref="InputException">The port is in use or may not be used, or two networks take different images.</exception>
    public static async Task<ExplorerServer> Start(IReadOnlyList<ExploredRun> runs, string data, IReadOnlyList<GradedImage> images, ExplorerOptions options)
    {
        if (runs.FirstOrDefault(run => run.Spec.Image != runs[0].Spec.Image || run.Spec.Classes != runs[0].Spec.Classes) is { } other)
            throw new InputException(other.Name, "this network takes other images or has other classes than the first", "compare two of one size, channels and classes");
        var library = new ImageLibrary(images, options.UploadsKept);
        List<ModelHost> hosts = [.. runs.Select(run => new ModelHost(run.Model, options.Waiting, options.ImagesKept))];
        var uploads = new Uploads(runs[0].Spec, images.FirstOrDefault()?.Classes.Names ?? [], library, options);
        var app = Build(options);
        var server = new ExplorerServer(app, library, uploads, hosts);
        app.Use(Guard.Handle);
        app.UseRouting();
        PageFiles.Map(app);
        new Endpoints([.. runs.Zip(hosts)], library, uploads, options, data).Map(app);
        try
        {
            await app.StartAsync();
            return server;
        }
        catch (Exception error) when (error is IOException or AddressInUseException or System.Net.Sockets.SocketException)
        {
            await server.DisposeAsync();
            throw new InputException(FormattableString.Invariant($"--port {options.Port}"), "the port is in use, or this user may not use it", "name another, or 0 for any that is free", error);
        }
    }

    /// <summary>Ends what is under way, and frees the networks.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _uploads.DisposeAsync();
        foreach (var host in Hosts)
            await host.DisposeAsync();
    }

    private static WebApplication Build(ExplorerOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestBodySize = options.LargestUpload + 1L;
            if (options.Port == 0)
                kestrel.Listen(IPAddress.Loopback, 0);   // two addresses could not agree on one
            else
                kestrel.ListenLocalhost(options.Port);
        });
        builder.Services.AddRoutingCore();
        // A body that is no JSON is refused in the guard's words.
        builder.Services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        return builder.Build();
    }
}
