open ProbUNet.Dsl.FSharp
open ProbUNet.Models.FSharp

let side = 32

/// Networks are values: what each would cost is known before it runs, and what cannot work is an Error with the remedy.
let grid =
    [ for latent in [ 2; 6 ] do
          for channels in [ [ 8; 16 ]; [ 16; 32 ] ] ->
              Network.probabilisticUNet (Image.gray side side)
              |> Network.channels channels
              |> Network.convsPerBlock 2
              |> Network.latent latent
              |> Network.build ]

let plan = Plan.standard |> Plan.steps 42424 |> Plan.batchSize 8 |> Plan.learningRate 2e-3

/// Trains a network and says how far its samples are from what the graders drew, on images to choose by: 0 is perfect.
let tried data network =
    let model = network |> Model.create 1L

    Training.shown $"{Network.parameterCount network} parameters" (fun progress -> model |> Training.run plan progress (Data.train data))
    |> Result.bind (Evaluation.score [ 16 ] (Data.validation data))
    |> Result.map (fun result -> Evaluation.ged 16 result, model)

let all results =
    List.foldBack (fun each others -> Result.bind (fun rest -> each |> Result.map (fun value -> value :: rest)) others) results (Ok [])

[<EntryPoint>]
let main _ =
    let outcome =
        match all grid with
        | Error errors -> Error(Network.explain errors)
        | Ok networks ->
            // Lesions whose four graders disagree in a known way. Your own scans: Data.openAt side side "path/to/scans".
            Data.openAt side side "synthetic:lesions"
            |> Result.bind (fun data ->
                networks
                |> List.map (tried data)
                |> all
                |> Result.bind (fun scored ->
                    let ged, best = List.minBy fst scored
                    let unseen = List.head (Data.test data)

                    best
                    |> Model.prediction 16 1L unseen
                    |> Result.bind (Picture.samples "samples.png" "The best of the grid: an unseen image" unseen)
                    |> Result.map (fun _ ->
                        for _, model in scored do
                            model.Dispose()

                        $"GED² %.3f{ged} with n = 16 on validation images; look at samples.png.")))

    match outcome with
    | Ok words ->
        printfn $"{words}"
        0
    | Error problem ->
        eprintfn $"{problem}"
        2
