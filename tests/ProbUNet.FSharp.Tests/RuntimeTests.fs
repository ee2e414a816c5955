/// Networks run, train and are scored from F#.
module ProbUNet.FSharp.Tests.RuntimeTests

open System
open System.IO
open System.Threading
open Xunit
open TorchSharp
open ProbUNet.Dsl.FSharp
open ProbUNet.Models.FSharp
open ProbUNet.Models.Interchange

let private tiny =
    Network.probabilisticUNet (Image.gray 32 32)
    |> Network.channels [ 4; 8 ]
    |> Network.convsPerBlock 1
    |> Network.latent 2
    |> Network.build
    |> function
        | Ok network -> network
        | Error errors -> failwith $"{errors}"

let private lesions =
    match Data.openAt 32 32 "synthetic:lesions" with
    | Ok data -> data
    | Error problem -> failwith problem

let private ok (result: Result<'a, string>) =
    match result with
    | Ok value -> value
    | Error problem -> failwith problem

let private within (act: string -> unit) =
    let place = Directory.CreateTempSubdirectory "runtime"

    try
        act place.FullName
    finally
        place.Delete true

[<Fact>]
let ``a network is made and drawn from`` () =
    use model = tiny |> Model.create 1L
    use random = new torch.Generator(1uL)
    use image = torch.rand (2L, 1L, 32L, 32L)
    use samples = model |> Model.sample 3 random image
    Assert.Equal<int64 seq>([ 2L; 3L; 1L; 32L; 32L ], samples.shape)
    use tiled = model |> Model.sampleInTiles 20 3 random image
    Assert.Equal<int64 seq>(samples.shape, tiled.shape)
    Assert.Equal(Network.parameterCount tiny, Model.parameterCount model)

[<Fact>]
let ``training and scoring are a pipeline of results`` () =
    use model = tiny |> Model.create 1L
    let plan = Plan.standard |> Plan.steps 5 |> Plan.batchSize 4 |> Plan.learningRate 1e-3
    let seen = ResizeArray()
    let unseen = Data.test lesions |> List.truncate 3

    let ged =
        model
        |> Training.run plan (_.Step >> seen.Add) (Data.train lesions)
        |> Result.bind (Evaluation.score [ 1; 4 ] unseen)
        |> Result.map (Evaluation.ged 4)

    match ged with
    | Ok distance -> Assert.InRange(distance, 0.0, 2.0)
    | Error problem -> failwith problem

    Assert.Equal<int seq>([ 1..5 ], seen)

[<Fact>]
let ``bad input is an error value`` () =
    use model = tiny |> Model.create 1L

    match Data.openWhole "synthetic:nothing" with
    | Ok _ -> failwith "there is no such task"
    | Error problem -> Assert.Contains("synthetic:lesions", problem)

    match model |> Training.run (Plan.standard |> Plan.steps 0) ignore (Data.train lesions) with
    | Ok _ -> failwith "no step is no training"
    | Error problem -> Assert.Contains("Plan.steps", problem)

[<Fact>]
let ``what a network says of an image is drawn`` () =
    let path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".svg")
    use model = tiny |> Model.create 1L
    let image = List.head (Data.test lesions)

    try
        match model |> Model.prediction 3 1L image |> Result.bind (Picture.samples path "Three samples" image) with
        | Ok drawn ->
            Assert.Equal(Ok(List.ofSeq drawn.Samples), model |> Model.predict 3 1L image)
            Assert.Contains("</svg>", File.ReadAllText path)
        | Error problem -> failwith problem

        match model |> Model.prediction 1 1L image |> Result.bind (Picture.samples "picture.gif" "" image) with
        | Ok _ -> failwith "a gif is no picture here"
        | Error problem -> Assert.Contains("picture.gif", problem)
    finally
        File.Delete path

[<Fact>]
let ``an image of one's own is opened, drawn from, and what is drawn is kept`` () =
    within (fun place ->
        use model = tiny |> Model.create 1L
        let file name = Path.Combine(place, name)
        let graded = List.head (Data.test lesions)
        let drawn = graded |> Data.graders |> List.head |> Picture.mask (file "scan.png") |> ok
        let image = model |> Data.image (file "scan.png") |> ok
        Assert.Equal(("scan", 1, 32, 32, 0), (image.Name, image.Channels, image.Height, image.Width, List.length (Data.graders image)))

        // Of a mask that was kept the pixels are 0 and 1.
        use pixels = Data.tensor image
        Assert.Equal<int64 seq>([ 1L; 1L; 32L; 32L ], pixels.shape)
        Assert.Equal<byte seq>(drawn.Labels(), pixels.data<float32>().ToArray() |> Array.map byte)
        use random = new torch.Generator(1uL)
        use samples = model |> Model.sample 2 random pixels
        Assert.Equal<int64 seq>([ 1L; 2L; 1L; 32L; 32L ], samples.shape)

        let prediction = model |> Model.prediction 2 1L image |> Result.bind (Picture.masks (file "masks") image) |> ok
        let kept = [ 0; 1 ] |> List.map (fun sample -> model |> Data.image (file $"masks/scan_s{sample}.png") |> ok)
        Assert.Equal<byte list list>(prediction.Samples |> Seq.map (_.Labels() >> List.ofArray) |> List.ofSeq, kept |> List.map (_.Pixels() >> Seq.map byte >> List.ofSeq))

        // What has another size is for tiles alone.
        let wide = Network.probabilisticUNet (Image.gray 32 64) |> Network.channels [ 4; 8 ] |> Network.build |> Result.map (Model.create 1L)
        use wide = match wide with Ok model -> model | Error errors -> failwith (Network.explain errors)

        match wide |> Data.image (file "scan.png") with
        | Ok _ -> failwith "it is 32x32"
        | Error problem -> Assert.Contains("the image has 32 rows and 32 columns and the network takes 32x64", problem)

        Assert.Equal(32, (wide |> Data.imageOfAnySize (file "scan.png") |> ok).Width)

        match drawn |> Picture.mask (file "mask.jpg") with
        | Ok _ -> failwith "it is a PNG"
        | Error problem -> Assert.Equal($"""{file "mask.jpg"}: a segmentation is kept as a PNG; end its name with .png.""", problem))

[<Fact>]
let ``what throws says so`` () =
    use model = tiny |> Model.create 1L
    use random = new torch.Generator(1uL)
    use image = torch.rand (1L, 1L, 32L, 32L)
    use large = torch.rand (1L, 1L, 48L, 48L)
    use coloured = torch.rand (1L, 3L, 32L, 32L)
    let documents = System.Xml.Linq.XDocument.Load(Path.ChangeExtension(typeof<Model>.Assembly.Location, ".xml")).Descendants "member" |> Seq.toList

    let gone =
        use model = tiny |> Model.create 1L
        model

    let calls: (string * (unit -> obj)) list =
        [ "Model.sample", (fun () -> model |> Model.sample 0 random image |> box)
          "Model.sample", (fun () -> model |> Model.sample 1 random large |> box)
          "Model.sample", (fun () -> model |> Model.sample 1 null image |> box)
          "Model.sample", (fun () -> gone |> Model.sample 1 random image |> box)
          "Model.sampleInTiles", (fun () -> model |> Model.sampleInTiles 0 1 random image |> box)
          "Model.sampleInTiles", (fun () -> model |> Model.sampleInTiles 20 1 random coloured |> box)
          "Model.sampleInTiles", (fun () -> gone |> Model.sampleInTiles 20 1 random image |> box)
          "Model.loss", (fun () -> model |> Model.loss random image large |> box)
          "Model.loss", (fun () -> gone |> Model.loss random image image |> box)
          "Model.parameterCount", (fun () -> gone |> Model.parameterCount |> box)
          "Evaluation.ged", (fun () -> Evaluation.allEmpty [ 1 ] (Data.test lesions |> List.truncate 1) |> ok |> Evaluation.ged 4 |> box) ]

    for name, call in calls do
        let thrown = Assert.ThrowsAny<exn>(fun () -> call () |> ignore).GetType()
        let entry = documents |> List.find (fun entry -> entry.Attribute("name").Value.StartsWith $"M:ProbUNet.Models.FSharp.{name}(")
        let said = entry.Elements "exception" |> Seq.map (fun one -> one.Attribute("cref").Value.Substring 2) |> Set.ofSeq
        let rec kinds (kind: Type) = if isNull kind then [] else kind.FullName :: kinds kind.BaseType
        Assert.True(kinds thrown |> List.exists said.Contains, $"{name} throws {thrown} and does not say so")

[<Fact>]
let ``a number of samples that was not scored has no energy distance`` () =
    let result = ok (Evaluation.allEmpty [ 1; 4 ] (Data.test lesions |> List.truncate 2))
    Assert.Equal(Some(Evaluation.ged 4 result), Evaluation.tryGed 4 result)
    Assert.Equal((Evaluation.images result).Length + 1, (Evaluation.csv result).TrimEnd('\n').Split('\n').Length)
    Assert.Equal(None, Evaluation.tryGed 16 result)
    Assert.Contains("use one of 1, 4", Assert.Throws<ProbUNet.Models.InputException>(fun () -> Evaluation.ged 16 result |> ignore).Message)

[<Fact>]
let ``a network that was disposed is told of as one`` () =
    let path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())
    let image = List.head (Data.test lesions)

    let gone =
        use model = tiny |> Model.create 1L
        model

    let told result =
        match result with
        | Ok _ -> failwith "it has no weights any more"
        | Error problem -> Assert.Equal("The network: it has been disposed, and has no weights any more; use it before that, or make another.", problem)

    gone |> Weights.save path |> Result.map ignore |> told
    Assert.False(File.Exists path)
    gone |> Model.prediction 1 1L image |> Result.map ignore |> told
    gone |> Evaluation.score [ 1 ] [ image ] |> Result.map ignore |> told
    gone |> Training.run (Plan.standard |> Plan.steps 1) ignore [ image ] |> Result.map ignore |> told
    Assert.Throws<ObjectDisposedException>(fun () -> Model.parameterCount gone |> ignore) |> ignore

[<Fact>]
let ``weights that are saved are those that are loaded`` () =
    let path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())
    use first = tiny |> Model.create 1L
    use second = tiny |> Model.create 2L
    let image = List.head (Data.test lesions)

    try
        let drawn model = model |> Model.predict 2 1L image

        match first |> Weights.save path |> Result.bind (fun _ -> second |> Weights.load path) with
        | Ok loaded -> Assert.Equal(drawn first, drawn loaded)
        | Error problem -> failwith problem
    finally
        File.Delete path

[<Fact>]
let ``weights take half the room, and a network is ONNX`` () =
    within (fun place ->
        use model = tiny |> Model.create 1L
        let size (path: string) = (FileInfo path).Length
        let file name = Path.Combine(place, name)
        model |> Weights.save (file "whole") |> Result.bind (Weights.saveAs ElementType.BF16 (file "bf16")) |> Result.bind (Weights.saveAs ElementType.F16 (file "f16")) |> ok |> ignore
        Assert.InRange(size (file "bf16"), 1L, size (file "whole") * 3L / 4L)
        Assert.InRange(size (file "f16"), 1L, size (file "whole") * 3L / 4L)
        use other = tiny |> Model.create 2L
        other |> Weights.load (file "bf16") |> ok |> ignore

        let whole = model |> Onnx.save (file "net.onnx") |> ok
        let half = model |> Onnx.saveAs OnnxWeights.Float16 (file "half.onnx") |> ok
        Assert.Equal<string list>([ "net.onnx"; "net.encode.onnx"; "net.decode.onnx" ], whole |> List.map Path.GetFileName)
        Assert.InRange(half |> List.sumBy size, 1L, whole |> List.sumBy size))

[<Fact>]
let ``weights from elsewhere are a run, which is gone on with as any other`` () =
    within (fun place ->
        let file, run = Path.Combine(place, "there.safetensors"), Path.Combine(place, "run")
        use trained = tiny |> Model.create 1L
        trained |> Weights.save file |> ok |> ignore
        use model = tiny |> Model.create 2L
        model |> Weights.load file |> Result.bind (Weights.importIn run file) |> ok |> ignore
        use there = Training.last run |> ok
        Assert.Equal(Error $"{run}: its weights were imported, and no training has looked for the best ones; take them with Training.last.", Training.best run |> Result.map ignore)
        let drawn model = model |> Model.predict 2 1L (List.head (Data.test lesions))
        Assert.Equal(drawn trained, drawn there))

[<Fact>]
let ``a training is in place, and ends where it is cancelled`` () =
    within (fun place ->
        use model = tiny |> Model.create 1L
        use stop = new CancellationTokenSource()
        let plan = Plan.standard |> Plan.steps 6 |> Plan.batchSize 2 |> Plan.diversityEvery 0
        let seen = ResizeArray()

        let stopping (step: ProbUNet.Models.Training.TrainingStep) =
            seen.Add step.Step
            if step.Step = 2 then stop.Cancel()

        let run = Path.Combine(place, "run")

        match model |> Training.runInUntil stop.Token run plan stopping lesions with
        | Ok _ -> failwith "it was cancelled"
        | Error problem -> Assert.Contains($"cancelled, and the weights are those of its last whole step; go on with Training.resume \"{run}\"", problem)

        Assert.Equal<int seq>([ 1; 2 ], seen)
        use whole = Training.resume run ignore |> ok
        use other = tiny |> Model.create 1L
        let trained = other |> Training.run plan ignore (Data.train lesions) |> ok
        Assert.Same(other, trained)
        let drawn model = model |> Model.predict 2 1L (List.head (Data.test lesions))
        Assert.Equal(drawn whole, drawn trained)

        match model |> Training.runUntil stop.Token plan ignore (Data.train lesions) with
        | Ok _ -> failwith "it was cancelled before it began"
        | Error problem -> Assert.Contains("train on with these", problem)

        // There is nothing left to cancel.
        use again = Training.resumeWith (GoingOn.standard |> GoingOn.until stop.Token) run ignore |> ok
        Assert.Equal(drawn whole, drawn again))

[<Fact>]
let ``a run on images of one's own is gone on with, on them`` () =
    within (fun place ->
        use model = tiny |> Model.create 1L
        use stop = new CancellationTokenSource()
        let own = ProbUNet.Models.Data.GradedData("mine", lesions.Train, lesions.Validation, lesions.Test)
        let plan = Plan.standard |> Plan.steps 4 |> Plan.batchSize 2 |> Plan.diversityEvery 0
        let run = Path.Combine(place, "run")
        let problem result = match result with Ok _ -> failwith "it cannot work" | Error problem -> problem
        let stopping (step: ProbUNet.Models.Training.TrainingStep) = if step.Step = 2 then stop.Cancel()
        model |> Training.runInUntil stop.Token run plan stopping own |> Result.map ignore |> problem |> ignore
        let unknown = Training.resume run ignore |> Result.map ignore |> problem
        Assert.Equal("mine: the run knows the name of the data that it was trained on, and not where they are; give them, opened, to GoingOn.data and that to Training.resumeWith.", unknown)
        let other = ProbUNet.Models.Data.GradedData("mine", lesions.Test, lesions.Validation, lesions.Test)
        let others = Training.resumeWith (GoingOn.standard |> GoingOn.data other) run ignore |> Result.map ignore |> problem
        Assert.Equal($"mine: these are not the data that the run {run} was trained on; give those, or begin a new run on these.", others)
        use whole = Training.resumeWith (GoingOn.standard |> GoingOn.data own) run ignore |> ok
        use other = tiny |> Model.create 1L
        let trained = other |> Training.run plan ignore (Data.train lesions) |> ok
        let drawn model = model |> Model.predict 2 1L (List.head (Data.test lesions))
        Assert.Equal(drawn whole, drawn trained))

[<Fact>]
let ``where a network lives is said by the name of a device, and is an Error where there is none`` () =
    within (fun place ->
        use model = tiny |> Model.create 1L
        use stop = new CancellationTokenSource()
        let plan = Plan.standard |> Plan.steps 4 |> Plan.batchSize 2 |> Plan.diversityEvery 0
        let run = Path.Combine(place, "run")
        let problem result = match result with Ok _ -> failwith "it cannot work" | Error problem -> problem
        let stopping (step: ProbUNet.Models.Training.TrainingStep) = if step.Step = 2 then stop.Cancel()
        let own = ProbUNet.Models.Data.GradedData("mine", lesions.Train, lesions.Validation, lesions.Test)
        let other = ProbUNet.Models.Data.GradedData("mine", lesions.Test, lesions.Validation, lesions.Test)
        model |> Training.runInUntil stop.Token run plan stopping own |> Result.map ignore |> problem |> ignore
        let variants = [ tiny |> Search.variant "one" plan ]
        let halve = Halve.standard |> Halve.steps 1 |> Halve.samples 1 |> Halve.validationImages 1
        for said in
            [ model |> Model.moveTo "gpu" |> Result.map ignore
              Training.resumeWith (GoingOn.standard |> GoingOn.device "gpu") run ignore |> Result.map ignore
              variants |> Search.runWith (Searching.standard |> Searching.device "gpu") (Path.Combine(place, "search")) halve lesions |> Result.map ignore ] do
            Assert.Equal("device gpu: it is no device; use cpu, cuda, cuda:1 (a GPU by its number) or mps.", problem said)
        Assert.False(Directory.Exists(Path.Combine(place, "search")))
        let how = GoingOn.standard |> GoingOn.device "cpu" |> GoingOn.data own
        Assert.Contains($"The training: it was cancelled, and what is done of it is kept in {run}; make the same call again, which goes on with it.", Training.resumeWith (how |> GoingOn.until stop.Token) run ignore |> Result.map ignore |> problem)
        Assert.Contains("are not the data", Training.resumeWith (how |> GoingOn.data other) run ignore |> Result.map ignore |> problem)
        use whole = Training.resumeWith how run ignore |> ok
        use once = tiny |> Model.create 1L
        let trained = once |> Training.run plan ignore (Data.train lesions) |> ok
        let drawn model = model |> Model.predict 2 1L (List.head (Data.test lesions))
        Assert.Equal(drawn whole, drawn trained)
        Assert.Same(whole, whole |> Model.moveTo "cpu" |> ok)
        variants |> Search.runWith (Searching.standard |> Searching.device "cpu") (Path.Combine(place, "search")) halve lesions |> ok |> ignore)

[<Fact>]
let ``what F# Interactive shows of a value is a line`` () =
    Assert.Equal("Probabilistic U-Net for images of 1x32x32, binary masks, levels of 4, 8 channels", $"{tiny}")
    let model = tiny |> Model.create 1L
    let parameters = (Model.parameterCount model).ToString("#,0", Globalization.CultureInfo.InvariantCulture)
    Assert.Equal($"{tiny}; {parameters} parameters, on cpu", $"{model}")
    model.Dispose()
    Assert.Equal($"{tiny}; disposed", $"{model}")
    Assert.Equal($"synthetic:lesions: {List.length (Data.train lesions)} images to train on, {List.length (Data.validation lesions)} to choose by, {List.length (Data.test lesions)} to report on; 1 class", $"{lesions}")
    let image = Data.ofOutlines "mine" "somebody" [ Array2D.init 2 3 (fun row _ -> row = 0); Array2D.init 2 3 (fun row column -> row + column = 0) ] (Array2D.zeroCreate 2 3) |> ok
    Assert.Equal("mine of case somebody: 1x2x3, 1 class", $"{image}")
    Assert.Equal<string list>([ "2x3, 3 pixels of foreground"; "2x3, 1 pixel of foreground" ], Data.graders image |> List.map string)
    let labels = Data.ofLabels (Data.classes [ "road"; "sky"; "tree" ] |> ok) "mine" "somebody" [ array2D [ [ 0uy; 1uy; 1uy ]; [ 255uy; 1uy; 0uy ] ] ] (Array3D.zeroCreate 1 2 3) |> ok
    Assert.Equal("2x3, pixels by class: 2, 3, 0", $"{List.head (Data.graders labels)}")

[<Fact>]
let ``a search tells what it does, and goes on where it was cancelled`` () =
    within (fun place ->
        let folder = Path.Combine(place, "search")
        let plan = Plan.standard |> Plan.batchSize 2 |> Plan.diversityEvery 0
        let variants = [ "one", 2; "two", 3 ] |> List.map (fun (name, images) -> tiny |> Search.variant name (plan |> Plan.batchSize images))
        let halve = Halve.standard |> Halve.steps 3 |> Halve.eta 2 |> Halve.samples 1 |> Halve.validationImages 1
        use stop = new CancellationTokenSource()
        let told, steps = ResizeArray(), ResizeArray()

        let noted name (step: ProbUNet.Models.Training.TrainingStep) =
            steps.Add(name, step.Step)
            if name = "two, seed 1" && step.Step = 2 then stop.Cancel()

        let how = Searching.standard |> Searching.tell told.Add |> Searching.progress noted

        match variants |> Search.runWith (how |> Searching.until stop.Token) folder halve lesions with
        | Ok _ -> failwith "it was cancelled"
        | Error problem -> Assert.Equal($"The search: it was cancelled, and what is done of it is kept in {folder}; make the same call again, which goes on with it.", problem)

        Assert.Equal<(string * int) seq>([ "one, seed 1", 1; "one, seed 1", 2; "one, seed 1", 3; "two, seed 1", 1; "two, seed 1", 2 ], steps)

        Assert.Equal<string seq>(
            [ "rung 0, 1 of 2: one, seed 1: 3 steps"
              "rung 0, 1 of 2: one, seed 1: judging by 1 validation image"
              "rung 0, 2 of 2: two, seed 1: 3 steps" ],
            told
        )

        steps.Clear()
        let result = variants |> Search.runWith how folder halve lesions |> ok
        Assert.Equal(("two, seed 1", 3), steps[0])
        let whole = variants |> Search.run (Path.Combine(place, "whole")) halve lesions |> ok
        let scores found = [ for variant in Search.ranking found -> variant.Name, [ for rung in variant.Rungs do yield! rung.GedBySeed ] ]
        Assert.Equal<(string * float list) list>(scores whole, scores result))

[<Fact>]
let ``a training says what is unwise about its network, once`` () =
    let unwise = Network.probabilisticUNet (Image.gray 32 32) |> Network.channels [ 4; 8 ] |> Network.posteriorChannels [ 4 ] |> Network.latent 2 |> Network.groups 4 |> Network.build
    let network = match unwise with Ok network -> network | Error errors -> failwith (Network.explain errors)
    let plan = Plan.standard |> Plan.steps 3 |> Plan.batchSize 2 |> Plan.diversityEvery 0
    let said (network: Network) =
        use model = network |> Model.create 1L
        let seen = ResizeArray()
        model |> Training.run plan (fun step -> seen.Add(Option.ofObj step.Warning)) (Data.train lesions) |> ok |> ignore
        List.ofSeq seen

    let whole = (network |> Network.warnings |> Network.explainWarnings).Replace("\n", ". Also: ")
    Assert.StartsWith("PUN0105 Network.groups", whole)
    Assert.Equal<string option list>([ Some whole; None; None ], said network)
    Assert.Equal<string option list>([ None; None; None ], said tiny)

[<Fact>]
let ``an image is predicted in tiles as it is whole`` () =
    use model = tiny |> Model.create 1L
    let image = List.head (Data.test lesions)
    let whole = model |> Model.prediction 3 1L image |> ok
    let tiled = model |> Model.predictionInTiles 20 3 1L image |> ok
    Assert.All(Seq.zip (whole.Probabilities.ToArray()) (tiled.Probabilities.ToArray()), fun (one, other) -> Assert.Equal(one, other, 1e-4f))
    Assert.Equal(3, model |> Model.predictInTiles 20 3 1L image |> ok |> List.length)
