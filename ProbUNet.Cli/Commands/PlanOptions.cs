using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ProbUNet.Dsl;
using ProbUNet.Models;
using ProbUNet.Models.Comparison;
using ProbUNet.Models.Runtime;
using ProbUNet.Models.Training;

namespace ProbUNet.Cli.Commands;

/// <summary>The training plan on the command line: a file, options of their own for what is changed most, and <c>--set</c> for all the rest.</summary>
/// <param name="without">Paths of settings that have no option here, because what is asked for decides them.</param>
internal sealed partial class PlanOptions(params string[] without)
{
    private const string Prefix = "training.";

    private readonly Option<string?> _file = new("--plan") { Description = "A JSON file with a training plan; the options change it." };
    private readonly Option<string[]> _set = new("--set") { Description = "A setting of the plan, for example training.clipNorm=200; may be given several times. docs/training.md lists them.", AllowMultipleArgumentsPerToken = false };

    /// <summary>The options that stand for a setting each, by its path; a value is read as that of <c>--set</c> is.</summary>
    private readonly (Option<string?> Option, string Path)[] _settings = [.. new[]
    {
        (Setting("--steps", "Optimiser steps."), "steps"),
        (Setting("--minutes", "Minutes to train for in the place of --steps."), "minutes"),
        (Setting("--batch", "Images a step."), "batchSize"),
        (Setting("--learning-rate", "Of the optimiser, at the start."), "learningRate"),
        (Setting("--beta", "The weight of the KL term."), "beta"),
        (Setting("--beta-warmup", "Steps over which beta rises from 0."), "betaWarmup"),
        (Setting("--geco", "Holds the cross-entropy at so many nats a pixel (GECO), in the place of a fixed weight."), "geco.target"),
        (Setting("--augment", "How images are deformed in training: None, Flips, Paper or Cityscapes."), "augmentation"),
        (Setting("--precision", "What the network computes its maps in: f32 or bf16."), "precision"),
        (Setting("--seed", "Decides weights, order, graders and noise."), "seed"),
    }.Where(setting => !without.Contains(setting.Item2))];

    public IEnumerable<Option> All => [_file, .. _settings.Select(each => each.Option), _set];

    /// <summary>The file with a plan that is given; nothing where none is.</summary>
    public string? FileIn(ParseResult parsed) => parsed.GetValue(_file);

    /// <summary>Whether any is given.</summary>
    public bool AreGiven(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is { Implicit: false });

    /// <summary>The plan that the options make of another.</summary>
    /// <exception cref="InputException">Names the option or the setting.</exception>
    public TrainingPlan Read(ParseResult parsed, TrainingPlan start)
    {
        if (GivenFor(parsed, "steps") is not null && GivenFor(parsed, "minutes") is { } minutes)
            throw StepsAndMinutes(minutes);
        var plan = start;
        if (parsed.GetValue(_file) is { } file)
            plan = MisnamedRun.DescribedBy(file) is { } run ? throw MisnamedRun.Described($"--plan {file}", $"give --from {run} to train by its plan, or a file with a plan alone") : PlanJson.Open(file);
        var said = new Dictionary<string, (string Given, TrainingPlan Alone)>();
        var wholes = new Dictionary<string, string>();
        // A whole before its parts, in whatever order they are said: who asks for flips and for a rotation means both.
        foreach (var (path, value, given) in Assignments(parsed).OrderBy(each => each.Path.Contains('.', StringComparison.Ordinal)))
        {
            // What two words for a value have in common is what they make of a plan.
            var alone = With(new TrainingPlan(), path, value, given);
            if (said.TryGetValue(path, out var before) && before.Alone != alone)
                throw new InputException(before.Given, $"{given} gives this setting another value", "leave one of the two out");
            var changed = With(plan, path, value, given);
            if (path.Split('.') is [var whole, var part] && wholes.TryGetValue(whole, out var written) && Says(written, part) && changed != plan)
                throw new InputException(said[whole].Given, $"{given} gives a part of it another value", "leave one of the two out");
            said[path] = (given, alone);
            wholes[path] = value;
            plan = changed;
        }
        return plan;

        // That there is none says so of each part.
        static bool Says(string whole, string part) => whole is "null" || (whole.TrimStart().StartsWith('{') && JsonNode.Parse(whole) is JsonObject parts && parts.ContainsKey(part));
    }

    /// <summary>What is given: the options in their order, and then what is set.</summary>
    private IEnumerable<(string Path, string Value, string Given)> Assignments(ParseResult parsed)
    {
        foreach (var (option, path) in _settings)
            if (parsed.GetValue(option) is { } value)
                yield return (path, value, $"{option.Name} {value}");
        foreach (var assignment in parsed.GetValue(_set) ?? [])
            yield return assignment.IndexOf('=', StringComparison.Ordinal) is var equals and > 0
                ? (PathOf(assignment[..equals], assignment[(equals + 1)..]), assignment[(equals + 1)..], $"--set {assignment}")
                : throw new InputException($"--set {assignment}", "it gives no setting a value", "write for example --set training.beta=5");
    }

    /// <summary>The path of a setting, without the word before it, which may itself be misspelt.</summary>
    private static string PathOf(string name, string value)
    {
        var (path, known) = (Bare(name), PlanJson.Paths().ToList());
        if (!known.Contains(path) && Settings.All.Any(setting => SpecJson.InDocument(setting.Path) == path))
            throw new InputException($"--set {name}={value}", "it is a setting of the network, and not of its training", "write it into a file with a spec, and name that as the model");
        return path.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 && !known.Contains(path[..dot]) && Spelling.Nearest(name, known.Select(each => Prefix + each)) is { } meant
            ? throw new InputException($"--set {name}={value}", $"there is no such setting (did you mean {meant}?)", $"write --set {meant}={value}")
            : path;
    }

    /// <summary>The refusal of two lengths of a training at once.</summary>
    /// <param name="minutes">The option that gives minutes, with its value.</param>
    public static InputException StepsAndMinutes(string minutes) => new(minutes, "--steps is given too, and a training is either so long or of so many steps", "leave one of the two out");

    /// <summary>What gives a setting a value on the command line: its option, or <c>--set</c>; nothing where none does.</summary>
    private string? GivenFor(ParseResult parsed, string path) =>
        Array.Find(_settings, each => each.Path == path).Option is { } option && parsed.GetValue(option) is { } value ? $"{option.Name} {value}"
        : parsed.GetValue(_set)?.FirstOrDefault(assignment => Bare(assignment.Split('=')[0]) == path && !assignment.EndsWith("=null", StringComparison.Ordinal)) is { } assigned ? $"--set {assigned}"
        : null;

    /// <summary>What the library says of its plans and specs, in words of this program: TrainingPlan.Beta is --beta here, what has no option is training.…, and ModelSpec.Classes is classes.</summary>
    public string InOptions(string text) => PlanJson.InWords(OfOtherPlans().Replace(OfRecipes().Replace(text, match => Prefix + JsonNamingPolicy.CamelCase.ConvertName(match.Groups[1].Value)), match => $"--{OptionOf(match.Groups[1].Value)}"), path =>
        Array.Find(_settings, each => each.Path == path || each.Path.StartsWith(path + ".", StringComparison.Ordinal)).Option?.Name ?? Prefix + path);

    /// <summary>The same of a refusal.</summary>
    public InputException InOptions(InputException error) => error.Message.Contains("Plan.", StringComparison.Ordinal) || error.Message.Contains("ModelSpec.", StringComparison.Ordinal)
        ? new InputException(InOptions(error.Input), InOptions(error.Problem), InOptions(error.Remedy), error)
        : error;

    private static TrainingPlan With(TrainingPlan plan, string path, string value, string given)
    {
        try
        {
            var changed = plan.With(path, path == "precision" && Precisions.ByName.TryGetValue(value, out var precision) ? $"{precision}" : value);
            return path == "steps" ? changed with { Minutes = null } : changed;
        }
        catch (InputException error)
        {
            throw new InputException(given, error.Problem, error.Remedy, error);
        }
    }

    private static string Bare(string path) => path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..] : path;

    private static Option<string?> Setting(string name, string description) => new(name) { Description = description };

    /// <summary>What a setting of a comparison or a search is called here.</summary>
    private static string OptionOf(string setting) => setting switch
    {
        nameof(ComparisonPlan.Counts) => "samples",
        _ => JsonNamingPolicy.KebabCaseLower.ConvertName(setting),
    };

    /// <summary>A setting of the training within a comparison's plan: whatever gave it, it has no option of its own there.</summary>
    [GeneratedRegex(@"\bComparisonPlan\.Training\.([A-Z]\w*)", RegexOptions.CultureInvariant)]
    private static partial Regex OfRecipes();

    [GeneratedRegex(@"\b(?:ComparisonPlan|SearchPlan)\.([A-Z]\w*)", RegexOptions.CultureInvariant)]
    private static partial Regex OfOtherPlans();
}
