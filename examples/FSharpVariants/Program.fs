/// A grid of networks as values, what each would cost, and one of them trained and scored.
module FSharpVariants.Program

open ProbUNet.Dsl
open ProbUNet.Dsl.FSharp
open ProbUNet.Models.FSharp

let side = 32
let image = Image.gray side side
let samples = [ 1; 4; 8; 16 ]

/// What all networks of the grid have in common, of whatever family.
let sized channels network =
    network |> Network.depth 3 |> Network.baseChannels channels |> Network.convsPerBlock 2 |> Network.ofAnyFamily

/// 1. Declare: families x channels of the first level, and latents where the family has one.
let grid =
    [ for channels in [ 8; 16; 32 ] do
          for latent in [ 2; 6 ] do
              $"Probabilistic U-Net, latent {latent}", Network.probabilisticUNet image |> Network.latent latent |> sized channels
              $"Image2Image VAE, latent {latent}", Network.imageToImageVae image |> Network.latent latent |> sized channels

          "Dropout U-Net", Network.dropoutUNet image |> Network.rate 0.3 |> sized channels
          "U-Net ensemble", Network.unetEnsemble image |> Network.members 4 |> sized channels
          "M-Heads", Network.multiHeadUNet image |> Network.heads 4 |> sized channels
          "U-Net", Network.deterministicUNet image |> sized channels ]

/// One line of the table: parameters and the multiply-adds of one call of every function, or why there is no such network.
let describe (name: string, spec: ModelSpec) =
    match Network.build spec with
    | Ok network ->
        let costs = Network.costs network |> List.map (fun (name, cost) -> $"{name} {float cost.MultiplyAdds / 1e6:F1}")
        let functions = costs |> String.concat ", "
        $"%-30s{name}%9d{Seq.head (spec.UNet.Levels())}%12d{Network.parameterCount network}  {functions}"
    | Error errors ->
        $"{name} is refused:\n{Network.explain errors}"

/// The picture of the first image that the network has not seen: what it draws there, and what the graders drew.
let picture = "out/fsharp-variants/samples.png"

/// 2. Train one, which is shown with its warnings, score it on images that it has not seen, and draw what it says of one.
let train network =
    let plan = Plan.standard |> Plan.steps 600 |> Plan.batchSize 8 |> Plan.learningRate 2e-3 |> Plan.seed 1L
    use model = network |> Model.create 1L

    Data.openAt side side "synthetic:lesions"
    |> Result.bind (fun data ->
        let unseen = Data.test data
        let score = Evaluation.score samples unseen

        score model
        |> Result.bind (fun untrained ->
            Training.shown "the chosen one" (fun progress -> model |> Training.run plan progress (Data.train data))
            |> Result.bind score
            |> Result.bind (fun trained ->
                let image = List.head unseen

                model
                |> Model.prediction (List.max samples) 1L image
                |> Result.bind (Picture.samples picture $"{List.max samples} samples of {image.Name}" image)
                |> Result.bind (fun _ -> Evaluation.allEmpty samples unseen)
                |> Result.map (fun empty ->
                    [ "all-empty predictor", empty
                      "untrained network", untrained
                      "trained network", trained ]))))

[<EntryPoint>]
let main _ =
    printfn "%-30s channels  parameters  million multiply-adds a call" $"for images of 1x{side}x{side}"
    grid |> List.map describe |> List.iter (printfn "%s")

    // 3. What cannot work is a value too: every rule that is broken, each with the remedy.
    printfn ""
    printfn "%s" (describe ("A network for 30x30 with a latent of 0", Network.probabilisticUNet (Image.gray 30 30) |> Network.latent 0 |> sized 16))

    let chosen = Network.probabilisticUNet image |> Network.latent 6 |> sized 16

    match Network.build chosen |> Result.mapError Network.explain |> Result.bind train with
    | Ok scores ->
        printfn "\nGED² with n samples %s" (samples |> List.map (sprintf "%6s%2d" "n=") |> String.concat "")

        for name, result in scores do
            printfn "%-20s%s" name (samples |> List.choose (fun n -> result |> Evaluation.tryGed n) |> List.map (sprintf "%8.3f") |> String.concat "")

        printfn $"Look at {picture}"

        0
    | Error problem ->
        eprintfn $"{problem}"
        2
