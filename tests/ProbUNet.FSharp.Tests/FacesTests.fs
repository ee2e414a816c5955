/// The two faces say the same: every setting has a With… method and a function, and both make equal specs.
module ProbUNet.FSharp.Tests.FacesTests

open System
open System.Reflection
open Xunit
open FsCheck
open FsCheck.Xunit
open ProbUNet.Dsl
open ProbUNet.Dsl.FSharp
open ProbUNet.Models.Augmentation
open ProbUNet.Models.Catalog
open ProbUNet.Models.FSharp
open ProbUNet.Models.Training
open ProbUNet.Testing

let private statics = BindingFlags.Public ||| BindingFlags.Static

let private camel (name: string) = $"{Char.ToLowerInvariant name[0]}{name[1..]}"

let private fluent = typeof<SpecSettings>.GetMethods statics |> Array.toList

let private functions = typeof<Network>.GetMethods statics |> Array.map (fun one -> one.Name, one) |> Map.ofArray

/// A family that has the setting.
let private specFor (setting: MethodInfo) =
    let wanted = (setting.GetParameters()).[0].ParameterType

    let fits (spec: ModelSpec) =
        if wanted.IsGenericParameter then
            wanted.GetGenericParameterConstraints() |> Array.forall _.IsInstanceOfType(spec)
        else
            wanted.IsInstanceOfType spec

    Families.All |> Seq.map _.Defaults |> Seq.find fits

let private closed (one: MethodInfo) (spec: ModelSpec) =
    if one.IsGenericMethodDefinition then one.MakeGenericMethod(spec.GetType()) else one

/// A value of the parameter's type, once as C# and once as F# takes it.
let private valueOf (kind: Type) (number: int) : obj * obj =
    if kind = typeof<int> then box number, box number
    elif kind = typeof<float> then box (float number / 7.0), box (float number / 7.0)
    elif kind = typeof<bool> then box (number % 2 = 0), box (number % 2 = 0)
    elif kind = typeof<int[]> then box [| number; 2 |], box [ number; 2 ]
    elif kind = typeof<ImageSpec> then box (ImageSpec(1, number, 5)), box (ImageSpec(1, number, 5))
    elif kind.IsEnum then Enum.ToObject(kind, abs number % 3), Enum.ToObject(kind, abs number % 3)
    else failwith $"no value for {kind}"

[<Fact>]
let ``every With method has its function`` () =
    Assert.All(fluent, fun setting -> Assert.True(functions.ContainsKey(camel (setting.Name.Substring 4)), setting.Name))

/// The With method of a setting of the table: an image is given whole, and what is the U-Net's or the latent's own needs no name before it.
let private nameOf (setting: Setting) =
    match setting.Part, setting.Name with
    | "Image", _ -> "Image"
    | "UNet", name -> name
    | "Latent", "Dimension" -> "Latent"
    | part, name -> part + name

[<Fact>]
let ``every setting has a With method, and no other has one`` () =
    Assert.Equal<string list>(Settings.All |> Seq.map nameOf |> Seq.distinct |> Seq.sort |> Seq.toList, fluent |> List.map _.Name.Substring(4) |> List.sort)

[<Property>]
let ``a With method sets its setting, and for every family that has it`` (number: int) =
    Settings.All
    |> Seq.forall (fun setting ->
        let method = fluent |> List.find (fun one -> one.Name.Substring 4 = nameOf setting)
        let wanted = (method.GetParameters()).[1].ParameterType
        let value = valueOf wanted number |> fst

        let expected: obj =
            match value with
            | :? ImageSpec as image -> typeof<ImageSpec>.GetProperty(setting.Name).GetValue image
            | :? (int[]) as levels -> ValueList.ToValueList levels
            | single -> single

        Families.All
        |> Seq.map _.Defaults
        |> Seq.filter setting.Suits
        |> Seq.forall (fun spec -> setting.Get((closed method spec).Invoke(null, [| spec; value |]) :?> ModelSpec) = expected))

/// Depth takes back a list of channels by hand, and by the table: the image, which is given whole, excludes nothing.
[<Property(Arbitrary = [| typeof<SpecArbitraries> |])>]
let ``a With method takes back what its setting excludes`` (any: AnySpec) (number: int) =
    Settings.All
    |> Seq.filter (fun setting -> setting.Part <> "Image" && setting.Suits any.Spec)
    |> Seq.forall (fun setting ->
        let method = fluent |> List.find (fun one -> one.Name.Substring 4 = nameOf setting)
        let value = valueOf ((method.GetParameters()).[1].ParameterType) number |> fst

        let laid: obj =
            match value with
            | :? (int[]) as levels -> ValueList.ToValueList levels
            | single -> single

        (closed method any.Spec).Invoke(null, [| any.Spec; value |]) = box (any.Spec.Overlay [| struct (setting, laid) |]))

/// An error names the function that gives the setting, and its lists are those of F#.
[<Fact>]
let ``errors are explained by the functions of the settings`` () =
    let named path =
        let line = Network.explain [ SpecError("PUN0004", path, "It is wrong") ]
        line.Substring("PUN0004 ".Length, line.Length - "PUN0004 : It is wrong".Length)

    for setting in Settings.All do
        let expected = if setting.Part = "Image" then $"the image's {camel setting.Name}" else $"Network.{camel (nameOf setting)}"
        Assert.Equal(expected, named setting.Path)
        Assert.True(setting.Part = "Image" || functions.ContainsKey(camel (nameOf setting)), setting.Path)

    Assert.Equal("Network.channels", named "UNet.Channels[2]")
    Assert.Equal("unet.channels", named "unet.channels")

    match Network.probabilisticUNet (Image.gray 100 128) |> Network.channels [] |> Network.latent 0 |> Network.build |> Result.mapError Network.explain with
    | Ok _ -> failwith "this cannot work"
    | Error lines ->
        Assert.Equal<string seq>(
            [ "PUN0003 Network.channels: The list of channels is empty: a U-Net needs one entry a level, for example [ 32; 64; 128; 192 ]"
              "PUN0005 Network.latent: A latent cannot have 0 dimensions: use 1 to 1024" ],
            lines.Split '\n'
        )

/// A warning does as an error does.
[<Fact>]
let ``warnings are explained by the functions of the settings`` () =
    for setting in Settings.All do
        let explained = Network.explainWarnings [ SpecWarning("PUN0104", setting.Path, "It is unwise") ]
        Assert.Equal(Network.explain [ SpecError("PUN0104", setting.Path, "It is unwise") ], explained)

    let shallow = Network.probabilisticUNet (Image.gray 128 128) |> Network.posteriorChannels [ 8; 16 ] |> Network.groups 4
    let lines = shallow |> Network.build |> Result.map (Network.warnings >> Network.explainWarnings >> _.Split('\n') >> List.ofArray >> List.map (fun line -> line.Split(':')[0]))
    Assert.Equal(Ok [ "PUN0105 Network.groups"; "PUN0101 Network.posteriorChannels" ], lines)

/// Groups that part nothing are told of as in C#; a later depth takes the channels back, as a variant of C# does.
[<Fact>]
let ``what does nothing is a warning, and what comes later counts`` () =
    let spec = Network.probabilisticUNet (Image.gray 128 128) |> Network.groups 4
    let warned spec = spec |> Network.build |> Result.map (Network.warnings >> List.map (fun warning -> warning.Id, warning.Path))
    Assert.Equal(Ok [ "PUN0105", "UNet.Groups" ], warned spec)
    Assert.Equal(Ok [], warned (spec |> Network.normalization Normalization.Group))
    Assert.Equal(Network.probabilisticUNet (Image.gray 128 128) |> Network.depth 3, Network.probabilisticUNet (Image.gray 128 128) |> Network.channels [ 8; 16 ] |> Network.depth 3)

[<Property>]
let ``both faces make equal specs`` (number: int) =
    fluent
    |> List.forall (fun setting ->
        let before = specFor setting
        let csharp, fsharp = valueOf ((setting.GetParameters()).[1].ParameterType) number
        let expected = (closed setting before).Invoke(null, [| before; csharp |])
        let change = (closed functions[camel (setting.Name.Substring 4)] before).Invoke(null, [| fsharp |])
        let made = change.GetType().GetMethod("Invoke", [| before.GetType() |]).Invoke(change, [| before |])
        expected = made)

[<Fact>]
let ``every family has its constructor`` () =
    let image = Image.gray 128 128

    let built: ModelSpec list =
        [ Network.probabilisticUNet image
          Network.dropoutUNet image
          Network.unetEnsemble image
          Network.multiHeadUNet image
          Network.imageToImageVae image
          Network.deterministicUNet image ]

    Assert.Equal<ModelSpec list>(Families.All |> Seq.map _.Defaults |> Seq.toList, built)

[<Fact>]
let ``what F# builds is what the attributes declare`` () =
    let image = Image.gray 128 128
    let street = Network.probabilisticUNet (Image.rgb 256 512) |> Network.classes 24 |> Network.channels [ 32; 64; 128; 192; 192; 192; 192 ]
    Assert.Equal(LidcNet.Spec, Network.probabilisticUNet image)
    Assert.Equal(LidcVaeNet.Spec, Network.imageToImageVae image)
    Assert.Equal(LidcHeadsNet.Spec, Network.multiHeadUNet image)
    Assert.Equal(CityscapesNet.Spec, street)

[<Property(Arbitrary = [| typeof<SpecArbitraries> |])>]
let ``errors have the ids and the words of the core`` (any: AnySpec) =
    match Network.build any.Spec with
    | Ok network -> network.Spec = any.Spec && Seq.isEmpty (any.Spec.Validate())
    | Error errors -> errors = List.ofSeq (any.Spec.Validate())

[<Property(Arbitrary = [| typeof<SpecArbitraries> |])>]
let ``a network goes through JSON and comes back`` (valid: ValidSpec) =
    match Network.build valid.Spec |> Result.bind (Network.toJson >> Network.ofJson) with
    | Ok network -> network.Spec = valid.Spec
    | Error _ -> false

[<Fact>]
let ``every function says what it does, where an editor for F# looks`` () =
    // Which does not follow an inheritdoc.
    for face in [ typeof<Network>; typeof<Model> ] do
        let documents = System.Xml.Linq.XDocument.Load(IO.Path.ChangeExtension(face.Assembly.Location, ".xml")).Descendants "member" |> Seq.toList

        for kind in face.Assembly.GetExportedTypes() |> Array.filter (fun kind -> kind.Namespace = face.Namespace) do
            for one in kind.GetMethods(statics ||| BindingFlags.DeclaredOnly) |> Array.filter (fun one -> not one.IsSpecialName) do
                let name = $"M:{kind.FullName}.{one.Name}"
                let entry = documents |> List.tryFind (fun entry -> entry.Attribute("name").Value.Split('(', '`')[0] = name)
                Assert.True(entry |> Option.exists (fun entry -> entry.Element "summary" |> isNull |> not), name)

/// Records with their functions, which change one setting each, and those of them that change several.
let private plans =
    dict
        [ typeof<TrainingPlan>, (typeof<Plan>, [])
          typeof<AugmentationPlan>, (typeof<Augment>, [ "zoomed" ])
          typeof<GecoPlan>, (typeof<Geco>, [])
          typeof<ProbUNet.Models.Search.SearchPlan>, (typeof<Halve>, []) ]

let plansWithFunctions = TheoryData<Type>(plans.Keys)

[<Theory>]
[<MemberData(nameof plansWithFunctions)>]
let ``every setting of a plan has its function, which changes it alone`` (plan: Type) =
    let functions, several = plans[plan]
    let settings = plan.GetProperties() |> Array.filter (fun setting -> setting.CanWrite && not (setting.GetMethod.IsStatic))
    let changes = functions.GetMethods statics |> Array.filter (fun one -> not one.IsSpecialName && not (List.contains one.Name several))
    Assert.Equal<string[]>(settings |> Array.map (_.Name >> camel) |> Array.sort, changes |> Array.map _.Name |> Array.sort)

    let values (kind: Type) : obj list =
        if kind = typeof<bool> then [ false; true ]
        elif kind = typeof<float> then [ 0.25; 3.5 ]
        elif kind = typeof<int> then [ 5; 7 ]
        elif kind = typeof<int64> then [ 5L; 7L ]
        elif kind = typeof<AugmentationPlan> then [ Augment.none; Augment.paper ]
        elif kind = typeof<GecoPlan> then [ Geco.standard; Geco.standard |> Geco.target 3.5 ]
        elif kind = typeof<string list> then [ [ "a" ]; [ "b" ] ]
        elif kind = typeof<int64 list> then [ [ 5L ]; [ 7L ] ]
        elif kind.IsEnum then [ for value in [ 0; 1 ] -> Enum.ToObject(kind, value) ]
        else failwith $"this test knows no value of {kind}"

    let before = functions.GetProperty("standard", statics) |> Option.ofObj |> Option.map _.GetValue(null) |> Option.defaultWith (fun () -> box Augment.none)

    for change in changes do
        let kind = (change.GetParameters()).[0].ParameterType
        let results = values kind |> List.map (fun value -> let made = change.Invoke(null, [| value |]) in made.GetType().GetMethod("Invoke", [| plan |]).Invoke(made, [| before |]))

        for setting in settings do
            if camel setting.Name = change.Name then
                // A list is another kind of list there.
                let told = results |> List.map setting.GetValue
                Assert.NotEqual(told[0], told[1])
                if not (kind.FullName.StartsWith "Microsoft.FSharp.Collections") then Assert.Equal<obj list>(values kind, told)
            else
                Assert.All(results, fun result -> Assert.Equal(setting.GetValue before, setting.GetValue result))

[<Fact>]
let ``deformations by name are the library's, and are brought to images of another size`` () =
    Assert.Equal<AugmentationPlan list>([ AugmentationPlan.None; AugmentationPlan.Flips; AugmentationPlan.Paper; AugmentationPlan.Cityscapes ], [ Augment.none; Augment.flips; Augment.paper; Augment.cityscapes ])
    let expected = Augment.paper |> Augment.elasticAlpha 25.0 |> Augment.smallestElasticSigma 4.5 |> Augment.largestElasticSigma 6.0
    Assert.Equal(expected, Augment.paper |> Augment.zoomed 0.5)
