/// What the documents show of F# is compiled here, line by line, and runs.
module ProbUNet.FSharp.Tests.DocumentTests

open System
open System.IO
open System.Text.RegularExpressions
open Xunit

module private Declared =
    open ProbUNet.Dsl.FSharp

    let variants =
        [ for latent in 2..8 ->
              Network.probabilisticUNet (Image.gray 128 128)
              |> Network.channels [ 32; 64; 128; 192 ]
              |> Network.latent latent
              |> Network.build ] // Result<Network, SpecError list>

module private Scored =
    open ProbUNet.Models.FSharp

    let ged network =
        use model = network |> Model.create 1L
        let plan = Plan.standard |> Plan.steps 300 |> Plan.batchSize 16 |> Plan.learningRate 1e-3

        Data.openAt 128 128 "synthetic:lesions"
        |> Result.bind (fun data ->
            Training.shown "lesions" (fun progress -> model |> Training.run plan progress (Data.train data))
            |> Result.bind (Evaluation.score [ 1; 4; 8; 16 ] (Data.test data)))
        |> Result.map (Evaluation.ged 16) // Result<float, string>

module private Own =
    open ProbUNet.Models.FSharp

    let drawn scan =
        Model.pretrained "nodules" // or Training.best "out/lesions"
        |> Result.bind (fun model ->
            use model = model

            model
            |> Data.image scan // a PNG of the network's size
            |> Result.bind (fun image ->
                model
                |> Model.prediction 16 1L image
                |> Result.bind (Picture.samples "samples.png" "My scan" image)
                |> Result.bind (Picture.masks "masks" image))) // or Picture.mask "mask.png", of one Segmentation

module private Kept =
    open ProbUNet.Models.FSharp

    let bestIn folder plan network data =
        use model = network |> Model.create 1L

        Training.shown "my network" (fun progress -> model |> Training.runIn folder plan progress data)
        |> Result.bind (fun _ -> Training.best folder) // or Training.last, as any plan has it
        |> Result.bind (fun best ->
            use best = best
            best |> Evaluation.score [ 1; 4 ] (Data.test data))
        |> Result.map (Evaluation.ged 4) // Result<float, string>

    let goOn folder = Training.shown "my network" (Training.resume folder) // Result<SegmentationModel, string>

module private Imported =
    open ProbUNet.Models.FSharp

    let ofPyTorch network =
        use model = network |> Model.create 1L

        model
        |> Weights.loadAs "reference" "lidc.pth" // or a map in a file
        |> Result.bind (Weights.save "lidc.safetensors")
        |> Result.map Model.parameterCount // Result<int64, string>

module private Tutored =
    open ProbUNet.Dsl.FSharp
    open ProbUNet.Models.FSharp

    let grid =
        [ for latent in [ 1; 2; 6 ] do
              for channels in [ [ 8; 16; 32 ]; [ 16; 32; 64 ] ] ->
                  Network.probabilisticUNet (Image.gray 64 64)
                  |> Network.channels channels
                  |> Network.latent latent
                  |> Network.build ] // Result<Network, SpecError list>

    let scored plan (data: ProbUNet.Models.Data.GradedData) network =
        use model = network |> Model.create 1L

        Training.shown "grid" (fun progress -> model |> Training.run plan progress (Data.train data))
        |> Result.bind (Evaluation.score [ 16 ] (Data.validation data)) // choose by these, never by the test images
        |> Result.map (Evaluation.ged 16)

module private Planned =
    open ProbUNet.Models.FSharp

    let plan =
        Plan.standard
        |> Plan.steps 500
        |> Plan.augmentation (Augment.paper |> Augment.zoomed 0.5 |> Augment.flipHorizontal true)
        |> Plan.geco (Geco.standard |> Geco.target 0.03)

module private Searched =
    open ProbUNet.Dsl.FSharp
    open ProbUNet.Models.FSharp

    let latents plan data networks =
        networks
        |> List.mapi (fun place network -> network |> Search.variant $"variant-{place}" plan)
        |> Search.run "out/search" (Halve.standard |> Halve.steps 200 |> Halve.eta 2) data
        |> Result.map (Search.ranking >> List.head) // Result<VariantResult, string>

    let ofFile file data =
        data |> Search.space file |> Result.bind (Search.runWith (Searching.standard |> Searching.shown) "out/search" Halve.standard data)

module private Made =
    open ProbUNet.Models.FSharp

    let disc radius = Array2D.init 64 64 (fun row column -> pown (row - 32) 2 + pown (column - 32) 2 < pown radius 2)

    let graded name patient =
        disc 12 |> Array2D.map (fun inside -> if inside then 0.8f else 0.1f) |> Data.ofOutlines name patient [ disc 10; disc 12; disc 14; disc 0 ] // Result<GradedImage, string>

    let together train validation test = Data.ofSplits "mine" train validation test // Result<GradedData, string>

open ProbUNet.Dsl.FSharp
open ProbUNet.Models.FSharp
open ProbUNet.Models.Training
open ProbUNet.Models.Sources.Synthetic

let private lines (text: string) = text.Split '\n' |> Array.map _.Trim() |> Array.filter (fun line -> line <> "") |> String.concat "\n"

[<Theory>]
[<InlineData("README.md", 3)>]
[<InlineData("docs/training.md", 2)>]
[<InlineData("docs/interchange.md", 1)>]
[<InlineData("docs/tutorial.md", 2)>]
[<InlineData("docs/search.md", 1)>]
[<InlineData("docs/data.md", 1)>]
let ``what a document shows is what is compiled here`` (document: string) (count: int) =
    let repository = Path.Combine(__SOURCE_DIRECTORY__, "..", "..")
    let here = lines (File.ReadAllText(Path.Combine(__SOURCE_DIRECTORY__, __SOURCE_FILE__)))
    let shown = Regex.Matches(File.ReadAllText(Path.Combine(repository, document)), "^```fsharp\n(.*?)^```", RegexOptions.Singleline ||| RegexOptions.Multiline)
    Assert.Equal(count, shown.Count)
    Assert.All(shown, fun one -> Assert.Contains(lines one.Groups[1].Value, here))

[<Fact>]
let ``a script runs in the folder of what was built, as the readme says`` () =
    let place = Directory.CreateTempSubdirectory("script")
    let readme = File.ReadAllText(Path.Combine(__SOURCE_DIRECTORY__, "..", "..", "README.md"))
    let first = Regex.Match(readme, "^```\n(#I .*?)^```", RegexOptions.Singleline ||| RegexOptions.Multiline).Groups[1].Value
    let built = Regex.Replace(first, "^#I \".*\"$", $"#I @\"{AppContext.BaseDirectory}\"", RegexOptions.Multiline)

    let script =
        $"""{built}
open ProbUNet.Dsl.FSharp
open ProbUNet.Models.FSharp

match Network.probabilisticUNet (Image.gray 32 32) |> Network.channels [ 4; 8 ] |> Network.build with
| Ok network ->
    use model = network |> Model.create 1L
    printfn "%%d parameters" (Model.parameterCount model)
| Error errors -> eprintfn "%%s" (Network.explain errors)
"""

    try
        let file = Path.Combine(place.FullName, "any.fsx")
        File.WriteAllText(file, script)
        let start = Diagnostics.ProcessStartInfo("dotnet", [ "fsi"; file ], RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = place.FullName)
        use running = Diagnostics.Process.Start start
        let errors = running.StandardError.ReadToEndAsync()
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()
        Assert.True((running.ExitCode = 0), errors.Result)
        Assert.EndsWith(" parameters", output.Trim())
    finally
        place.Delete true

let private tiny =
    match Network.probabilisticUNet (Image.gray 32 32) |> Network.channels [ 4; 8 ] |> Network.convsPerBlock 1 |> Network.latent 2 |> Network.build with
    | Ok network -> network
    | Error errors -> failwith $"{errors}"

let private ok result =
    match result with
    | Ok value -> value
    | Error problem -> failwith $"{problem}"

[<Fact>]
let ``a run in a folder is scored by its best checkpoint, goes on, and has a last one`` () =
    let place = Directory.CreateTempSubdirectory("documents")
    let data = SyntheticLesions.Draw(32, 32, 4, 2, 2)
    let plan = Plan.standard |> Plan.steps 4 |> Plan.batchSize 2 |> Plan.learningRate 0.1 |> Plan.diversityEvery 0 |> Plan.validationSamples 2 |> Plan.validateEvery 1
    let folder = Path.Combine(place.FullName, "run")

    try
        let ged = ok (Kept.bestIn folder plan tiny data)
        use best = ok (Training.best folder)
        use last = ok (Training.last folder)
        use again = ok (RunFolder.Open(folder).LoadModel(Nullable (RunFolder.Open folder).Best.Step) |> Ok)
        let score model = ok (model |> Evaluation.score [ 1; 4 ] (Data.test data)) |> Evaluation.ged 4
        Assert.Equal(score best, ged)
        Assert.Equal(score again, score best)
        // Of a run without validation there are only the last weights, which a training that is at its end hands over too.
        let other = Path.Combine(place.FullName, "other")
        use trained = tiny |> Model.create 1L
        ok (trained |> Training.runIn other (plan |> Plan.validateEvery 0) ignore data) |> ignore
        use there = ok (Training.last other)
        Assert.Equal(score trained, score there)

        match Training.best other with
        | Ok _ -> failwith "it was not validated"
        | Error problem -> Assert.Contains("Plan.validateEvery", problem)
    finally
        place.Delete true

[<Fact>]
let ``images and masks of a program's own making are trained on and judged`` () =
    let image name patient = Made.graded name patient |> ok
    let data = Made.together [ image "a/1" "a"; image "a/2" "a" ] [ image "b/1" "b" ] [ image "c/1" "c" ] |> ok
    let network = Network.probabilisticUNet (Image.gray 64 64) |> Network.channels [ 4; 8 ] |> Network.convsPerBlock 1 |> Network.build |> ok
    use model = network |> Model.create 1L
    let scores = model |> Training.run (Plan.standard |> Plan.steps 1 |> Plan.batchSize 2) ignore (Data.train data) |> Result.bind (Evaluation.score [ 1 ] (Data.test data)) |> ok
    Assert.InRange(scores |> Evaluation.ged 1, 0.0, 2.0)
    let areaOf (grader: ProbUNet.Models.Data.Segmentation) = grader.Planes |> Seq.sumBy _.Area
    Assert.Equal<int list>([ 10; 12; 14; 0 ] |> List.map (fun radius -> Seq.sumBy (fun inside -> if inside then 1 else 0) (Seq.cast<bool> (Made.disc radius))), data.Test[0].Graders |> Seq.map areaOf |> List.ofSeq)
    use pixels = Data.tensor data.Test[0]
    Assert.Equal<float32 seq>(Seq.cast<float32> (Made.disc 12 |> Array2D.map (fun inside -> if inside then 0.8f else 0.1f)), pixels.data<float32>().ToArray())

[<Fact>]
let ``a search trains a file of variants, goes on, and has a ranking`` () =
    let place = Directory.CreateTempSubdirectory("documents")
    let data = SyntheticLesions.Draw(32, 32, 4, 2, 0)
    let within name = Path.Combine(place.FullName, name)
    File.WriteAllText(within "tiny.json", Network.toJson tiny)
    File.WriteAllText(within "space.json", $$$"""{"model": "{{{within "tiny.json"}}}", "training": {"batchSize": 2}, "axes": {"latent.dimension": [1, 2]}}""")

    try
        let plan = Halve.standard |> Halve.steps 1 |> Halve.eta 2 |> Halve.rungs 1 |> Halve.samples 2 |> Halve.validationImages 1 |> Halve.seeds [ 1L ]
        let search () = data |> Search.space (within "space.json") |> Result.bind (Search.run (within "search") plan data)
        let names = ok (search ()) |> Search.ranking |> List.map _.Name
        Assert.Equal<string list>([ "dimension=1"; "dimension=2" ], List.sort names)
        Assert.Equal<string list>(names, ok (search ()) |> Search.ranking |> List.map _.Name)
        Assert.Equal<string list>(names, ok (Search.read (within "search")) |> Search.ranking |> List.map _.Name)

        match [ tiny |> Search.variant "hot" (Plan.standard |> Plan.learningRate 0.0) ] |> Search.run (within "other") plan data with
        | Ok _ -> failwith "it cannot be trained"
        | Error problem -> Assert.Contains("hot (Plan.learningRate: 0 cannot work", problem)
    finally
        place.Delete true

[<Fact>]
let ``the variants of the readme are networks`` () =
    Assert.Equal(7, Declared.variants |> List.map ok |> List.map Network.parameterCount |> List.distinct |> List.length)
