using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using ProbUNet.Cli.Explorer;
using ProbUNet.Models;
using ProbUNet.Models.Catalog;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Cli.Commands;

/// <summary><c>probunet explore</c></summary>
internal static class ExploreCommand
{
    private const int UsualPort = 5080;

    public static Command Create()
    {
        var run = Networks.TrainedArgument();
        var data = new Option<string?>("--data") { Description = $"{Networks.DataHelp} Without it, those that the run was trained on." };
        var port = new Option<int>("--port") { Description = "The port on this machine's own addresses; 0 takes any that is free.", DefaultValueFactory = _ => UsualPort };
        var against = new Option<string?>("--against") { Description = "Another network with weights, shown beside the first; its last ones." };
        var waiting = new Option<int>("--waiting") { Description = "Questions to a network that may wait while one is answered; beyond, the answer is 503.", DefaultValueFactory = _ => new ExplorerOptions().Waiting };
        var checkpoint = Checkpoints.Option();
        var command = new Command("explore", "Shows the latent space and the samples of a network in a browser, on this machine alone.") { run, checkpoint, data, port, against, waiting };
        command.AddDevice();
        command.SetAction(parsed =>
        {
            var options = new ExplorerOptions { Port = Between("--port", parsed.GetValue(port), 0, ushort.MaxValue), Waiting = Between("--waiting", parsed.GetValue(waiting), 1, 4096) };
            var device = Networks.DeviceOf(parsed);
            var folder = TrainedNetwork.Open(parsed.GetValue(run)!);
            var other = parsed.GetValue(against) is { } rival ? TrainedNetwork.Open(rival) : null;
            var opened = folder.OpenData(parsed.GetValue(data));
            other?.Check(opened);
            parsed.TellWhose(run);
            using var stop = new CancellationTokenSource();
            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                stop.Cancel();
            }
            using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            var networks = new List<ExploredRun>();
            try
            {
                networks.Add(Explored(folder, folder.Load(parsed.GetValue(checkpoint)!, device)));
                if (other is not null)
                    networks.Add(Explored(other, other.Load(Checkpoints.Last, device)));
                var server = ExplorerServer.Start(networks, opened.Name, opened.Test, options).GetAwaiter().GetResult();
                try
                {
                    Console.WriteLine($"The explorer is at {server.Address}; end it with Ctrl-C.");
                    stop.Token.WaitHandle.WaitOne();
                }
                finally
                {
                    server.DisposeAsync().AsTask().GetAwaiter().GetResult();
                }
            }
            finally
            {
                networks.ForEach(network => network.Model.Dispose());
            }
            return 0;
        });
        return command;
    }

    private static ExploredRun Explored(TrainedNetwork trained, (SegmentationModel Network, int? Step) loaded) =>
        new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(trained.Name))), ModelCatalog.TitleOf(trained.Spec), loaded.Step ?? 0, loaded.Network);

    private static int Between(string option, int value, int least, int most) => value >= least && value <= most
        ? value
        : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{option} {value}"), "this cannot work", string.Create(CultureInfo.InvariantCulture, $"use {least} to {most}"));
}
