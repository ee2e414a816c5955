using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ProbUNet.Cli.Commands;

/// <summary>What help shows below the options of a command: lines that can be copied, with what they are for. A test has each of them parsed, and asks for one of every command.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, (string Line, string Purpose)[]> ByCommand = new()
    {
        ["models"] = [("models", "what comes with the library")],
        ["summary"] =
        [
            ("summary lidc", "every step with its shape, parameters and cost"),
            ("summary small --diagram svg --out small.svg", "the network as a picture"),
        ],
        ["data describe"] =
        [
            ("data describe synthetic:lesions", "how far the graders agree, and what a network has to beat"),
            ("data describe scans --json", "the same of your own scans, for a program"),
        ],
        ["train"] =
        [
            ("train small --data synthetic:lesions --steps 700 --batch 16 --out out/run", "a first network, in minutes"),
            ("train lidc --data scans --minutes 120 --precision bf16 --augment Paper --set training.validateEvery=500 --out out/lidc", "a long training on your own scans, that keeps its best weights"),
            ("train --resume out/lidc", "goes on with one that was stopped"),
            ("train --from out/run --set seed=2 --out out/run2", "the same once more, with another seed"),
        ],
        ["evaluate"] =
        [
            ("evaluate out/run", "GED², matched IoU, calibration on the test images of its data"),
            ("evaluate out/run --against out/run2", "the differences of two networks, with intervals"),
        ],
        ["sample"] =
        [
            ("sample lesions --data synthetic:lesions --out samples.png", "16 segmentations of one image, by a network that comes with weights"),
            ("sample --image nodule.png --out samples.png", "of a crop of lung CT, by the network that comes with weights for these"),
            ("sample out/run --image scan.png --out samples.png", "of an image of yours, by a network that you trained"),
            ("sample out/run --image images --out pictures --masks masks", "of every image in a folder, and the masks themselves"),
        ],
        ["compare"] = [("compare --data synthetic:lesions --minutes 1 --out out/compare", "the paper's five systems, trained alike; once more with --seeds 1,2, it adds a training of each")],
        ["search"] =
        [
            ("search space.json --data synthetic:lesions --minutes 0.5 --out out/search", "the best of the variants in a file, such as docs/search.md shows"),
            ("search space.json --data scans --steps 500 --eta 4 --seeds 1,2 --out out/search --json", "a quarter of them goes on each time, and two trainings of each count"),
        ],
        ["results"] = [("results out/compare --out results.md", "its tables, in a document of yours")],
        ["report"] =
        [
            ("report out/run", "all there is to know of a run, in one HTML file in its folder"),
            ("report out/compare", "the report of a comparison once more, from what is in its folder"),
        ],
        ["latent"] = [("latent out/run --out latent.png", "what the network decodes over its latent plane, the paper's Fig. 6")],
        ["explore"] =
        [
            ("explore lesions --data synthetic:lesions", "the latent space of a network that comes with weights, in a browser"),
            ("explore out/run", "that of a network that you trained, on its test images"),
            ("explore out/run --against out/run2 --data scans", "two networks side by side, on your own scans"),
        ],
        ["import"] =
        [
            ("import net.safetensors --out out/imported", "weights that export wrote, as a run"),
            ("import model.pth --model lidc --map reference --out out/pytorch", "weights that PyTorch trained"),
        ],
        ["export"] =
        [
            ("export out/run --format onnx --out net.onnx", "the network, for ONNX Runtime"),
            ("export out/run --format safetensors --out net.safetensors", "the weights, for any program"),
        ],
        ["doctor"] =
        [
            ("doctor", "what is missing here, and the command that mends it"),
            ("doctor --data scans", "and whether your own scans have a known layout"),
        ],
        ["bench"] =
        [
            ("bench --peer eager --precision f32", "the standard network beside plain TorchSharp, in minutes"),
            ("bench --from bench.json --markdown performance.md", "the tables of what an earlier run printed with --json, in a document"),
        ],
        ["completion"] = [("completion bash", "prints the script; see above for where it goes")],
    };

    /// <summary>An example of a command that has all that is missing from its line; its first one where none has, or nothing.</summary>
    /// <param name="command">What it is called, with those above it.</param>
    /// <param name="missing">Names of options and arguments.</param>
    public static string? Of(string command, IReadOnlyList<string> missing) => !ByCommand.TryGetValue(command, out var examples) ? null
        : examples.Select(example => example.Line).FirstOrDefault(line => missing.Where(name => name.StartsWith('-')).All(line.Split(' ').Contains)) ?? examples[0].Line;

    /// <summary>Has the help of a command and of those below it end with their examples.</summary>
    public static void AddTo(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
    }

    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        // Who asks for help has not given everything yet.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            var code = help.Invoke(parsed);
            var path = string.Join(' ', parsed.CommandResult.Command.Parents.OfType<Command>().Where(command => command is not RootCommand).Append(parsed.CommandResult.Command).Select(command => command.Name));
            if (ByCommand.TryGetValue(path, out var examples))
            {
                var output = parsed.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                foreach (var (line, purpose) in examples)
                    output.WriteLine($"  probunet {line}{Environment.NewLine}      {purpose}");
                output.WriteLine();
            }
            return code;
        }
    }
}
