/// The F# face: it reads as if the library had been written in F#, and says what the C# face says.
module ProbUNet.FSharp.Tests.NetworkTests

open Xunit
open FsCheck
open FsCheck.FSharp
open FsCheck.Xunit
open ProbUNet.Dsl
open ProbUNet.Dsl.FSharp

let private lidc =
    Network.probabilisticUNet (Image.gray 128 128)
    |> Network.channels [ 32; 64; 128; 192 ]

[<Fact>]
let ``a grid of variants is a list comprehension`` () =
    let variants = [ for latent in 2..8 -> lidc |> Network.latent latent |> Network.build ]

    let counts =
        variants
        |> List.choose (function
            | Ok network -> Some(Network.parameterCount network)
            | Error _ -> None)

    // Each further dimension costs two heads of 192 + 1 parameters, twice, and 32 of the combiner.
    Assert.Equal<int64 list>([ 4L * 193L + 32L ], counts |> List.pairwise |> List.map (fun (a, b) -> b - a) |> List.distinct)

[<Fact>]
let ``functions compose`` () =
    let small = Network.channels [ 8; 16 ] >> Network.convsPerBlock 2 >> Network.activation Nonlinearity.Silu
    let spec = lidc |> small
    Assert.Equal<int seq>([ 8; 16 ], spec.UNet.Channels)
    Assert.Equal(Nonlinearity.Silu, spec.UNet.Activation)

// Generic over the families with a latent: that they compile is half of what is tested.
let private small n = n |> Network.latent 2 |> Network.depth 3
let private smallToo n = n |> Network.depth 3 |> Network.latent 2 |> Network.maskEncoding MaskEncoding.Raw |> Network.posteriorConvsPerBlock 1

[<Fact>]
let ``a helper is of all families with a latent, and keeps each`` () =
    let probabilistic: ProbabilisticUNetSpec = Network.probabilisticUNet (Image.gray 32 32) |> small |> smallToo |> Network.priorConvsPerBlock 1
    let vae: ImageToImageVaeSpec = Network.imageToImageVae (Image.gray 32 32) |> smallToo |> small
    let composed: ImageToImageVaeSpec -> ImageToImageVaeSpec = Network.latent 2 >> Network.depth 3 >> small
    Assert.Equal((2, 3), (probabilistic.Latent.Dimension, probabilistic.UNet.Levels().Count))
    Assert.Equal((2, 3, LatentEntry.Input, 1), (vae.Latent.Dimension, vae.UNet.Levels().Count, vae.Latent.Entry, vae.Combiner.Convs))
    Assert.Equal(Network.imageToImageVae (Image.gray 32 32) |> small, Network.imageToImageVae (Image.gray 32 32) |> composed)

[<Fact>]
let ``errors are a list to match on`` () =
    match Network.probabilisticUNet (Image.gray 100 128) |> Network.latent 0 |> Network.build with
    | Ok _ -> failwith "100 rows are not divisible by 16, and a latent of 0 is none"
    | Error errors -> Assert.Equal<string list>([ "PUN0002"; "PUN0005" ], errors |> List.map _.Id)

[<Property>]
let ``the F# face builds what the records say`` (channels: NonEmptyArray<PositiveInt>) (latent: PositiveInt) (convs: PositiveInt) (residual: bool) =
    let levels = channels.Get |> Array.map _.Get |> Array.toList

    let spec =
        Network.probabilisticUNet (Image.rgb 64 96)
        |> Network.channels levels
        |> Network.latent latent.Get
        |> Network.combinerConvs convs.Get
        |> Network.residual residual

    let record =
        ProbabilisticUNetSpec(
            Image = ImageSpec(3, 64, 96),
            UNet = UNetSpec(Channels = ValueList.ToValueList levels, Residual = residual),
            Latent = LatentSpec latent.Get,
            Combiner = CombinerSpec(convs.Get)
        )

    let accepted =
        match Network.build spec with
        | Ok network -> network.Spec = record
        | Error errors -> errors = List.ofSeq (record.Validate())

    spec = record && accepted
