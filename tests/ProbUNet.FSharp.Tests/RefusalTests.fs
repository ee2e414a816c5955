/// What cannot work is an Error of one sentence, and never an exception, whatever a function of the F# face is given.
module ProbUNet.FSharp.Tests.RefusalTests

open System
open System.IO
open System.Reflection
open System.Threading
open Xunit
open FsCheck
open FsCheck.FSharp
open FsCheck.Xunit
open TorchSharp
open ProbUNet.Dsl.FSharp
open ProbUNet.Models.Data
open ProbUNet.Models.Evaluation
open ProbUNet.Models.FSharp
open ProbUNet.Models.Interchange
open ProbUNet.Models.Runtime
open ProbUNet.Models.Sources.Synthetic
open ProbUNet.Models.Training

type private Spec = ProbUNet.Dsl.ModelSpec

/// A function of the face: the types of its arguments, one after the other, and of its result.
type private Face =
    { Method: MethodInfo
      Arguments: Type list
      Result: Type }

    member face.Name = $"{face.Method.DeclaringType.Name}.{face.Method.Name}"

let private isOf (generic: Type) (kind: Type) = kind.IsGenericType && kind.GetGenericTypeDefinition() = generic

let rec private curried (kind: Type) =
    if isOf typedefof<int -> int> kind then
        let more, result = curried (kind.GetGenericArguments()).[1]
        (kind.GetGenericArguments()).[0] :: more, result
    else
        [], kind

let private faces =
    [ for face in [ typeof<Network>; typeof<Model> ] do
          for kind in face.Assembly.GetExportedTypes() |> Array.filter (fun kind -> kind.Namespace = face.Namespace) do
              for one in kind.GetMethods(BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly) do
                  let more, result = curried one.ReturnType

                  if isOf typedefof<Result<int, int>> result then
                      { Method = one
                        Arguments = (one.GetParameters() |> Array.map _.ParameterType |> Array.toList) @ more
                        Result = result } ]

/// All files of these tests, in a folder of their own.
let private place = Directory.CreateTempSubdirectory("refusals").FullName

let private within (name: string) = Path.Combine(place, name)

let private networkOf (spec: Spec) =
    match Network.build spec with
    | Ok network -> network
    | Error errors -> failwith $"{errors}"

let private small side spec =
    spec |> Network.image (ProbUNet.Dsl.ImageSpec(1, side, side)) |> Network.channels [ 4; 8 ] |> Network.convsPerBlock 1 |> Network.ofAnyFamily

let private image = Image.gray 32 32

let private models =
    [ Network.probabilisticUNet image |> small 32
      Network.deterministicUNet image |> small 32
      Network.unetEnsemble image |> small 48
      Network.probabilisticUNet image |> Network.classes 3 |> small 32 ]
    |> List.map (networkOf >> Model.create 1L)

let private sets =
    [ SyntheticLesions.Draw(32, 32, 3, 2, 2)
      SyntheticLesions.Draw(48, 48, 3, 2, 2)
      SyntheticLesions.Draw(32, 32, 3, 0, 0)
      SyntheticLesions.Draw(32, 32, 0, 2, 2)
      SyntheticStreets.Draw(32, 32, 2, 2, 2) ]

let private images = sets |> List.collect (fun data -> Data.train data @ Data.test data)

let private quick =
    Plan.standard |> Plan.steps 1 |> Plan.batchSize 1 |> Plan.diversityEvery 0 |> Plan.validationSamples 1 |> Plan.validationImages 1

/// A run that has come to its end, and looked for the best weights on its way; and what is none.
let private runs =
    let whole = within "whole"

    match models[0] |> Training.runIn whole (quick |> Plan.validateEvery 1) ignore sets[0] with
    | Ok _ -> ()
    | Error problem -> failwith problem

    Directory.CreateDirectory(within "empty") |> ignore
    Directory.CreateDirectory(within "broken") |> ignore
    File.WriteAllText(within "broken/run.json", "{")
    File.WriteAllText(within "file", "no weights")
    [ whole; within "empty"; within "broken"; within "file" ]

let private ints = [ Int32.MinValue; -1; 0; 1; 2; 31; 32; 33; Int32.MaxValue ]

let private floats = [ nan; infinity; -infinity; -1.0; 0.0; 1e-9; 0.5; 1.0; 1e9; Double.MaxValue ]

/// Sources, folders, files and documents: right, wrong, missing, not there to be written to, and no names at all.
let private strings =
    Gen.frequency
        [ 8, Gen.elements runs
          6, Gen.elements [ ""; " "; "a\000b"; within "a\000b.png"; "/proc/none/file.svg"; "/dev/null/none"; String('x', 5000); within (String('y', 300)); "synthetic:"; "synthetic:none"; "{}"; "{" ]
          1, Gen.constant "synthetic:lesions"
          1, Gen.constant null
          3, ArbMap.defaults |> ArbMap.generate<Guid> |> Gen.map (fun name -> within $"{name}")
          3, ArbMap.defaults |> ArbMap.generate<Guid> |> Gen.map (fun name -> within $"{name}/{name}.svg")
          3, ArbMap.defaults |> ArbMap.generate<NonEmptyString> |> Gen.map (fun name -> within ("any " + name.Get.Replace('/', '_').Replace('.', '_'))) ]

let private plans =
    let whole change = Gen.elements ints |> Gen.map change
    let real change = Gen.elements floats |> Gen.map change
    // Numbers that are only large would be done.
    let few change = Gen.elements (ints |> List.filter (fun value -> value < 4)) |> Gen.map change
    let one (choices: (TrainingPlan -> TrainingPlan) list) = Gen.elements choices

    let changes =
        [ few Plan.steps
          few Plan.batchSize
          Gen.elements [ nan; infinity; -1.0; 0.0; 1e-9; 1e9 ] |> Gen.map Plan.minutes
          whole Plan.warmup
          whole Plan.betaWarmup
          whole Plan.validateEvery
          whole Plan.validationImages
          few Plan.validationSamples
          whole Plan.diversityEvery
          whole Plan.checkpointEvery
          whole Plan.keepCheckpoints
          real Plan.learningRate
          real Plan.clipNorm
          real Plan.averageDecay
          real Plan.weightDecay
          real Plan.beta
          real (fun value -> Plan.geco (Geco.standard |> Geco.target value))
          real (fun value -> Plan.augmentation (Augment.flips |> Augment.elasticAlpha value))
          Gen.elements [ Int64.MinValue; 0L; Int64.MaxValue ] |> Gen.map Plan.seed
          one [ Plan.optimizer (enum 99); Plan.schedule (enum 99); Plan.objective (enum 99); Plan.precision (enum 99); Plan.precision Precision.BFloat16; Plan.objective Objective.Reference ]
          one [ Plan.frozen [ "*" ]; Plan.frozen [ "nothing" ]; Plan.frozen [ "" ]; Plan.frozen [ "unet.*" ] ] ]

    gen {
        let! count = Gen.choose (0, 2)
        let! chosen = Gen.listOfLength count (Gen.oneof changes)
        return chosen |> List.fold (|>) quick
    }

let private specs =
    gen {
        let! family = Gen.elements (List.ofSeq ProbUNet.Dsl.Families.All)
        let! height = Gen.elements ints
        let! classes = Gen.elements ints
        let! levels = Gen.listOf (Gen.elements (-1 :: [ 0; 4; 8; Int32.MaxValue ]))
        return family.Defaults |> Network.image (ProbUNet.Dsl.ImageSpec(1, height, 32)) |> Network.classes classes |> Network.channels (List.truncate 4 levels)
    }

let private predictions =
    [ models[0], sets[0]; models[2], sets[1] ]
    |> List.collect (fun (model, data) ->
        [ 1; 3 ]
        |> List.map (fun count ->
            match model |> Model.prediction count 1L (List.head (Data.train data)) with
            | Ok prediction -> prediction
            | Error problem -> failwith problem))

/// Functions of an image: its graders, which may be too few or of another size where it is given as another's, and none at all.
let private predictors: (GradedImage -> Segmentation list) list =
    [ Data.graders; (fun image -> List.replicate 40 (Segmentation.Binary(BitMask.Empty(image.Height, image.Width)))); (fun _ -> Data.graders images[0]); (fun _ -> []) ]

let private searches =
    gen {
        let! eta = Gen.elements ints
        let! rungs = Gen.elements ints
        let! samples = Gen.elements (ints |> List.filter (fun value -> value < 4))
        let! images = Gen.elements ints
        let! steps = Gen.elements [ 0; 1; Int32.MaxValue ]
        // Rungs that are only many would be done.
        let usual = Halve.standard |> Halve.steps (min steps 1) |> Halve.samples 1
        return! Gen.elements [ usual; usual |> Halve.eta eta; usual |> Halve.rungs rungs; usual |> Halve.samples samples; usual |> Halve.validationImages images; usual |> Halve.seeds []; usual |> Halve.minutes nan ]
    }

let private variants =
    gen {
        let! spec = Gen.elements (models |> List.map _.Declaration)
        let! wrong = specs
        let! plan = plans
        let! name = Gen.elements [ "a"; "b"; ""; "/"; "A" ]
        let variant name spec plan = ProbUNet.Models.Search.Variant(name, spec, plan)
        return! Gen.elements [ []; [ variant name spec plan ]; [ variant "a" spec quick; variant name spec plan ]; [ variant "a" wrong quick ] ]
    }

/// Few sizes, so that some fit; with no row, no column and no channel too.
let private arrays2 (values: Gen<'a>) =
    Gen.elements [ 0, 0; 0, 3; 2, 0; 2, 3; 2, 3; 2, 3; 3, 2 ] |> Gen.bind (fun (rows, columns) -> Gen.array2DOfDim rows columns values)

let private arrays3 (values: Gen<'a>) =
    gen {
        let! channels = Gen.elements [ 0; 1; 1; 3 ]
        let! planes = Gen.listOfLength (max 1 channels) (arrays2 values)
        let first = List.head planes
        return Array3D.init channels (Array2D.length1 first) (Array2D.length2 first) (fun channel row column -> first[row, column])
    }

let private boxed (values: Gen<'a>) = typeof<'a>, Gen.map box values

/// What is a class of C# may be missing, for all that F# says of it.
let private orNull (kind: Type, values: Gen<obj>) = kind, Gen.frequency [ 15, values; 1, Gen.constant null ]

/// What there is to give to a parameter of a type.
let private given =
    dict
        [ boxed strings
          boxed (Gen.elements ints)
          boxed (Gen.elements [ Int64.MinValue; -1L; 0L; 1L; Int64.MaxValue ])
          boxed (Gen.elements ints |> Gen.listOf |> Gen.map (List.truncate 4))
          orNull (boxed (Gen.elements images))
          boxed (Gen.frequency [ 1, Gen.constant []; 3, sets |> List.map (Data.train >> List.truncate 2) |> Gen.elements; 1, Gen.listOf (Gen.elements images) |> Gen.map (List.truncate 3) ])
          orNull (boxed (Gen.elements sets))
          orNull (boxed (Gen.elements models))
          orNull (boxed plans)
          boxed (Gen.constant (ignore: TrainingStep -> unit))
          boxed (Gen.elements [ CancellationToken.None; CancellationToken true ])
          orNull (boxed (Gen.elements [ GoingOn.standard; GoingOn.standard |> GoingOn.device "gpu"; GoingOn.standard |> GoingOn.until (CancellationToken true) ]))
          orNull (boxed (Gen.elements [ Searching.standard; Searching.standard |> Searching.device "gpu"; Searching.standard |> Searching.until (CancellationToken true) ]))
          boxed (Gen.elements (enum 99 :: List.ofArray (Enum.GetValues<ElementType>())))
          boxed (Gen.elements (enum 99 :: List.ofArray (Enum.GetValues<OnnxWeights>())))
          boxed (Gen.elements predictors)
          orNull (boxed (Gen.elements predictions))
          orNull (boxed (Gen.elements (images |> List.collect Data.graders)))
          boxed (Gen.listOf strings |> Gen.map (List.truncate 4))
          orNull (boxed (Gen.elements [ SegmentationClasses.Binary; SegmentationClasses [ "a"; "b" ]; SegmentationClasses [ "a"; "b"; "c" ] ]))
          orNull (boxed (arrays2 (Gen.elements [ 0.0f; 0.5f; 1.0f; 1.5f; nanf ])))
          orNull (boxed (arrays3 (Gen.elements [ 0.0f; 0.5f; 1.0f; -1.0f ])))
          boxed (Gen.listOf (arrays2 (Gen.elements [ true; false ])) |> Gen.map (List.truncate 3))
          boxed (Gen.listOf (arrays2 (Gen.elements [ 0uy; 1uy; 2uy; 255uy ])) |> Gen.map (List.truncate 3))
          boxed searches
          boxed variants
          orNull (boxed specs) ]

/// One call, and how it reads where it fails.
type private Call =
    { Face: Face
      Values: obj list }

    override call.ToString() =
        let shown = call.Values |> List.map (fun value -> $"({value})") |> String.concat " "
        $"{call.Face.Name} {shown}"

    member call.Answer() =
        let apply (callee: obj) (kind: Type, value: obj) =
            let rec generic (one: Type) = if isOf typedefof<int -> int> one && (one.GetGenericArguments()).[0] = kind then one else generic one.BaseType
            (generic (callee.GetType())).GetMethod("Invoke", [| kind |]).Invoke(callee, [| value |])

        let first = call.Face.Method.GetParameters().Length

        try
            List.zip call.Face.Arguments call.Values
            |> List.skip first
            |> List.fold apply (call.Face.Method.Invoke(null, call.Values |> List.truncate first |> List.toArray))
        with :? TargetInvocationException as wrapped ->
            Runtime.ExceptionServices.ExceptionDispatchInfo.Throw wrapped.InnerException
            null

let private callOf (face: Face) =
    face.Arguments
    |> List.map (fun kind -> given[kind])
    |> List.fold (fun taken next -> Gen.map2 (fun before value -> before @ [ value ]) taken next) (Gen.constant [])
    |> Gen.map (fun values -> { Face = face; Values = values })

[<Fact>]
let ``what every function that may refuse takes is known here`` () =
    Assert.All(faces, fun face -> Assert.All(face.Arguments, fun kind -> Assert.True(given.ContainsKey kind, $"{face.Name} takes a {kind}, of which this test knows none")))
    // And none has been overlooked by how they are found.
    let names = faces |> List.map _.Name
    Assert.All([ "Network.build"; "Data.openWhole"; "Data.openAt"; "Model.predict"; "Weights.load"; "Training.runIn"; "Training.resume"; "Training.resumeWith"; "Search.runWith"; "Evaluation.scoreWith"; "Evaluation.scoreBy"; "Evaluation.allEmpty"; "Onnx.saveAs"; "Picture.samples"; "Picture.masks"; "Data.image" ], fun name -> Assert.Contains(name, names))

/// The words of an answer that is an error; nothing for any other. What was made is disposed.
let private refusal (answer: obj) =
    let part (name: string) = answer.GetType().GetProperty(name).GetValue answer

    if part "IsError" :?> bool then
        Some(part "ErrorValue")
    else
        match part "ResultValue" with
        | :? SegmentationModel as model when not (List.exists (fun one -> obj.ReferenceEquals(one, model)) models) -> model.Dispose()
        | _ -> ()

        None

[<Property(MaxTest = 300)>]
let ``no function that may refuse throws`` () =
    Prop.forAll (faces |> List.map callOf |> Gen.oneof |> Arb.fromGen) (fun call ->
        match refusal (call.Answer()) with
        | Some(:? string as sentence) ->
            // One line that ends as a sentence does, names the culprit and the remedy, and is not in .NET's own words about parameters.
            (sentence.EndsWith '.'
             && sentence.Contains ": "
             && sentence.Contains "; "
             && [ "(Parameter"; "Actual value"; "must be"; "cannot be null" ] |> List.forall (sentence.Contains >> not))
            |> Prop.label sentence
        | _ -> Prop.ofTestable true)

/// A sentence of every kind of fault names the setting and what to do, in words of this library.
[<Fact>]
let ``a number that cannot work is told of by its name`` () =
    let refused (words: string) (answer: Result<'a, string>) =
        match answer with
        | Ok _ -> failwith $"this cannot work: {words}"
        | Error problem -> Assert.Contains(words, problem)

    Data.openAt 0 32 "synthetic:lesions" |> refused "The height of the data: 0 cannot work; use 1 or more."
    Data.openAt 32 -1 "synthetic:lesions" |> refused "The width of the data: -1 cannot work; use 1 or more."
    models[0] |> Model.prediction 0 1L images[0] |> refused "The number of samples: 0 cannot work; use 1 to "
    models[0] |> Model.predictInTiles 0 1 1L images[0] |> refused "The side of the tiles: 0 cannot work; use 1 pixel or more."
    images |> List.truncate 1 |> Evaluation.allEmpty [] |> refused "The numbers of samples: there are none; give at least one"
    [] |> Evaluation.allEmpty [ 1 ] |> refused "The images: there are none; give at least one."
    images |> List.truncate 1 |> Evaluation.allEmpty [ 4; 0 ] |> refused "The numbers of samples: 4, 0 cannot work; use numbers from 1 to 10000, for example 1, 4, 8, 16."
    images |> List.truncate 1 |> Evaluation.scoreBy [ 4 ] (fun _ -> []) |> refused "its segmentations are 0, and the first 4 are judged"
    models[0] |> Weights.saveAs ElementType.I64 (within "whole-numbers") |> refused "The type that weights are stored in: I64 cannot work; use F32, F16 or BF16."
    Data.openWhole null |> refused "source: it is missing (null); give one."

/// Every sentence names what F# calls it, and a name that is empty can be seen.
[<Fact>]
let ``what cannot be found is told of in one short sentence`` () =
    let refused (words: string) (answer: Result<'a, string>) =
        match answer with
        | Ok _ -> failwith $"this cannot work: {words}"
        | Error problem -> Assert.Equal(words, problem)

    Model.pretrained "lesion" |> refused "lesion: no network with weights has this name (did you mean lesions?); use one of lesions, nodules, nodules-large."
    Model.pretrained "" |> refused "\"\": no network with weights has this name; use one of lesions, nodules, nodules-large."
    Model.pretrained "small" |> refused "small: this network comes without weights; train it, or use one of lesions, nodules, nodules-large."
    models[0] |> Weights.load (within "nowhere") |> refused (within "nowhere: there is no such file; check the path.")
    models[0] |> Weights.load (within "empty") |> refused (within "empty: it is a folder, not a file; name a file in it.")
    models[0] |> Weights.load "" |> refused "\"\": no file can be called so; name a file that there is."
    models[0] |> Weights.save " " |> refused "\" \": no file can be called so; give it a name."
    models[0] |> Data.image "" |> refused "\"\": the file cannot be read; check that it is there and that you may read it."
    Search.read "" |> refused "\"\": no folder is called so; name the folder of a search that came to its end."
    Data.openWhole "no/scans" |> refused "no/scans: there is no such folder; name one in one of the layouts of docs/data.md, or use synthetic:lesions or synthetic:streets."

[<Fact>]
let ``settings are called what F# calls them`` () =
    let refused (words: string) (answer: Result<'a, string>) =
        match answer with
        | Ok _ -> failwith $"this cannot work: {words}"
        | Error problem -> Assert.Equal(words, problem)

    let train plan = models[0] |> Training.run plan ignore (Data.train sets[0])
    train (quick |> Plan.steps 0 |> Plan.learningRate 0.0) |> refused "Plan.steps: 0 cannot work; use 1 or more. Also: Plan.learningRate: 0 cannot work; use a number above 0, at most 1000."
    train (quick |> Plan.augmentation (Augment.paper |> Augment.elasticAlpha -1.0)) |> refused "Augment.elasticAlpha: -1 cannot work; use 0 to 1e5."
    train (quick |> Plan.augmentation (Augment.flips |> Augment.smallestScale 2.0 |> Augment.largestScale 1.5)) |> refused "Augment.largestScale: 1.5 cannot work; use Augment.smallestScale, which is 2, to 10."
    train (quick |> Plan.geco (Geco.standard |> Geco.decay 1.0)) |> refused "Geco.decay: 1 cannot work; use a number of at least 0 and below 1."
    Search.run (within "halved") (Halve.standard |> Halve.eta 0) sets[0] [ networkOf models[0].Declaration |> Search.variant "a" quick ] |> refused "Halve.eta: 0 cannot work; use 2 or more."

    [ networkOf models[0].Declaration |> Search.variant "a" (quick |> Plan.geco (Geco.standard |> Geco.rate 0.0)) ]
    |> Search.run (within "halved") Halve.standard sets[0]
    |> refused "the search space: 1 of 1 variants cannot be trained: a (Geco.rate: 0 cannot work; use a finite number above 0); mend them, or leave them out."

    models[2]
    |> Training.run quick ignore (Data.train sets[0])
    |> refused "The data: the images are 1x32x32 and the network takes 1x48x48; open the data at 48x48, or declare the network with the image's height = 32 and the image's width = 32."

    models[3]
    |> Training.run quick ignore (Data.train sets[0])
    |> refused "The data: the masks have 1 class and the network has 3 classes; take data with 3 classes, or declare the network with Network.classes 1."

/// What acts in the folder of a run alone is no part of a training that has none, and its remedy is the training that has.
[<Fact>]
let ``a training without a folder refuses what needs one`` () =
    let refused (words: string) plan =
        match models[0] |> Training.run plan ignore (Data.train sets[0]) with
        | Ok _ -> failwith $"this does nothing: {words}"
        | Error problem -> Assert.Equal(words, problem)

    quick |> Plan.validateEvery 10 |> refused "Plan.validateEvery 10: Training.run has no validation images; train with Training.runIn, or leave it out."
    quick |> Plan.checkpointEvery 50 |> refused "Plan.checkpointEvery 50: Training.run writes no checkpoints; train with Training.runIn, or leave it out."

    quick
    |> Plan.checkpointEvery 50
    |> Plan.keepCheckpoints 9
    |> refused "Plan.checkpointEvery 50: Training.run writes no checkpoints; train with Training.runIn, or leave it out. Also: Plan.keepCheckpoints 9: Training.run writes no checkpoints; train with Training.runIn, or leave it out."

    // A value that cannot work is told of as one, wherever it stands.
    quick |> Plan.validateEvery -1 |> refused "Plan.validateEvery: -1 cannot work; use 0 or more."

[<Property(MaxTest = 80)>]
let ``a training that is refused leaves no folder`` () =
    let all = gen {
        let! plan = plans
        let! data = Gen.elements sets
        let! model = Gen.elements models
        return plan, data, model
    }

    Prop.forAll (Arb.fromGen all) (fun (plan, data, model) ->
        let folder = within $"{Guid.NewGuid()}/run"
        let seen = ResizeArray()

        match model |> Training.runIn folder plan seen.Add data with
        | Ok _ -> File.Exists(Path.Combine(folder, "run.json"))
        | Error _ -> seen.Count > 0 || not (Directory.Exists(Path.GetDirectoryName folder)))

[<Fact>]
let ``a training of another size than the data leaves no folder`` () =
    let folder = within "other-size"

    match models[0] |> Training.runIn folder quick ignore sets[1] with
    | Ok _ -> failwith "the network takes 32x32"
    | Error problem -> Assert.Contains("48x48", problem)

    Assert.False(Directory.Exists folder)

[<Fact>]
let ``a training of minutes in a folder is of as many steps as fit`` () =
    match models[0] |> Training.runIn (within "minutes") (quick |> Plan.steps 100_000 |> Plan.minutes 1e-6) ignore sets[0] with
    | Ok _ ->
        let run = RunFolder.Open(within "minutes")
        Assert.Equal((1, Nullable()), (run.Plan.Steps, run.Plan.Minutes))
    | Error problem -> failwith problem

[<Fact>]
let ``what a function given to the library throws is not taken for a refusal`` () =
    let careless (_: TrainingStep) : unit = invalidArg "step" "mine"
    Assert.Throws<ArgumentException>(fun () -> models[0] |> Training.run quick careless (Data.train sets[0]) |> ignore) |> ignore

[<Fact>]
let ``an image of one's own that does not fit is told of with its place`` () =
    let refused (words: string) (answer: Result<'a, string>) =
        match answer with
        | Ok _ -> failwith $"this does not fit: {words}"
        | Error problem -> Assert.Equal(words, problem)

    let pixels = Array2D.create 2 3 0.5f
    let empty = Array2D.create 2 3 false
    let image name patient = Data.ofOutlines name patient [ empty ] pixels
    let classes = Data.classes [ "road"; "car" ]
    let labelled labels pixels = classes |> Result.bind (fun classes -> Data.ofLabels classes "street" "Bonn" labels pixels)

    Data.ofOutlines "a" "p" [] pixels |> refused "a: there is no outline of it; give one for each grader, an empty one for whoever saw nothing."
    Data.ofOutlines "a" "p" [ empty; Array2D.create 3 2 true ] pixels |> refused "a: outline 2 has 3 rows and 2 columns, and the image 2 and 3; draw each at the size of the image."
    pixels |> Array2D.mapi (fun row column value -> if (row, column) = (1, 2) then 7.0f else value) |> Data.ofOutlines "a" "p" [ empty ] |> refused "a: the pixel in row 1, column 2 is 7, and pixels are from 0 to 1; divide levels by the largest that there can be."
    Data.ofOutlines "a" "p" [ Array2D.create 0 3 true ] (Array2D.create 0 3 0.5f) |> refused "a: its pixels have 0 rows and 3 columns; give one pixel at least."
    image " " "p" |> refused "The name of an image: it is empty; give every image a name, by which it is told of."
    image "a" "" |> refused "a: the name of its patient is empty; name the patient, by whom data are split and intervals are made."
    Data.classes [] |> refused "The classes: there are 0; name 2 to 255 of them, the background too."
    Data.classes [ "road" ] |> refused "The classes: there is 1; name 2 to 255 of them, the background too."
    Data.classes [ "a"; "" ] |> refused "The classes: one has no name; name each."
    labelled [ Array2D.init 2 3 (fun row column -> if (row, column) = (1, 0) then 2uy else 255uy) ] (Array3D.create 3 2 3 0.5f) |> refused "street: map 1 has the label 2 in row 1, column 0, and there are 2 classes; use 0 to 1, or 255 for a pixel that is to be ignored."
    Array3D.init 3 2 3 (fun channel row column -> if (channel, row, column) = (2, 1, 1) then nanf else 0.0f) |> labelled [ Array2D.create 2 3 1uy ] |> refused "street: the pixel in channel 2, row 1, column 1 is NaN, and pixels are from 0 to 1; scale the values to 0 to 1, and give a number for every pixel."
    Data.ofLabels SegmentationClasses.Binary "street" "Bonn" [ Array2D.create 2 3 0uy ] (Array3D.create 3 2 3 0.5f) |> refused "street: a map of labels has two classes or more, and one is named; name the background too, or give outlines of a grey image."
    labelled [ Array2D.create 2 3 1uy; Array2D.init 2 3 (fun row column -> if (row, column) = (1, 2) then 255uy else 1uy) ] (Array3D.create 3 2 3 0.5f) |> refused "street: of maps 1 and 2 only one ignores the pixel in row 1, column 2; give 255 in all maps of an image or in none."
    pixels |> Array2D.map (fun _ -> -1.0f) |> Data.ofOutlines "a" "p" [ empty ] |> refused "a: the pixel in row 0, column 0 is -1, and pixels are from 0 to 1; scale the values to 0 to 1, and give a number for every pixel."

    match image "a" "p", image "b" "p", image "c" "q", labelled [ Array2D.create 2 3 1uy ] (Array3D.create 3 2 3 0.5f) with
    | Ok a, Ok b, Ok c, Ok street ->
        Data.ofSplits "mine" [ a; c ] [] [ b ] |> refused "b: its patient, p, is in train and in test, so that a network would be judged on what it has learnt by heart; keep all images of a patient in one split."
        Data.ofSplits "mine" [ a ] [ street ] [ c ] |> refused "street: it has 3 channels and the classes road, car, and a has 1 channel and the classes foreground; give all images of a set as many channels and the same classes."
        Data.ofSplits "mine" [ a; a ] [] [] |> refused "a: two images have this name; give each a name of its own, by which it is drawn and told of."
        Data.ofSplits "" [ a ] [] [ c ] |> refused "The name of the data: it is empty; give them one, by which runs tell what they were trained on."

        // The same number of classes in another order are others.
        match Data.classes [ "car"; "road" ] |> Result.bind (fun others -> Data.ofLabels others "other" "Ulm" [ Array2D.create 2 3 1uy ] (Array3D.create 3 2 3 0.5f)) with
        | Ok other -> Data.ofSplits "mine" [ street ] [ other ] [] |> refused "other: it has 3 channels and the classes car, road, and street has 3 channels and the classes road, car; give all images of a set as many channels and the same classes."
        | Error problem -> failwith problem

        // So are the same ones, of which others are scored.
        match Data.ofLabels (SegmentationClasses([ "road"; "car" ], [ 1 ])) "half" "Ulm" [ Array2D.create 2 3 1uy ] (Array3D.create 3 2 3 0.5f) with
        | Ok half -> Data.ofSplits "mine" [ street ] [ half ] [] |> refused "half: it has 3 channels and the classes road, car, scored by car, and street has 3 channels and the classes road, car; give all images of a set as many channels and the same classes."
        | Error problem -> failwith problem

        match Data.ofSplits "mine" [ a; b ] [] [ c ] with
        | Ok data -> Assert.Equal((2, 0, 1), (data.Train.Count, data.Validation.Count, data.Test.Count))
        | Error problem -> failwith problem

        // The labels are the graders', and an ignored pixel is of no class.
        // Whether an array counts its rows and columns from 0 or from elsewhere is nothing to it.
        match labelled [ Array2D.initBased 1 1 2 3 (fun row column -> if row = 1 then byte ((column - 1) % 2) else 255uy) ] (Array3D.init 3 2 3 (fun channel row column -> float32 (channel * 6 + row * 3 + column) / 17.0f)) with
        | Ok image ->
            Assert.Equal<byte list>([ 0uy; 1uy; 0uy; 255uy; 255uy; 255uy ], List.ofArray (image.Graders[0].Labels()))
            Assert.Equal<float32 list>([ for value in 0..17 -> float32 value / 17.0f ], List.ofArray (image.Pixels()))
        | Error problem -> failwith problem
    | wrong -> failwith $"{wrong}"
