/// Networks run, train and are scored from F#.
module ProbUNet.FSharp.Tests.RuntimeTests

open System.IO
open Xunit
open TorchSharp
open ProbUNet.Dsl.FSharp
open ProbUNet.Models.FSharp

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
    | Error problem -> Assert.Contains("TrainingPlan.Steps", problem)

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
let ``a number of samples that was not scored has no energy distance`` () =
    let result = Evaluation.allEmpty [ 1; 4 ] (Data.test lesions |> List.truncate 2)
    Assert.Equal(Some(Evaluation.ged 4 result), Evaluation.tryGed 4 result)
    Assert.Equal(None, Evaluation.tryGed 16 result)
    Assert.Throws<System.ArgumentException>(fun () -> Evaluation.ged 16 result |> ignore) |> ignore

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
