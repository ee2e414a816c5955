using ProbUNet.Models.Data;

namespace ProbUNet.Models.Sources.Files;

/// <summary>
/// Reads Cityscapes (www.cityscapes-dataset.com) as its archives unpack: <c>leftImg8bit/{train,val}/&lt;city&gt;/…_leftImg8bit.png</c> and
/// <c>gtFine/{train,val}/&lt;city&gt;/…_gtFine_labelIds.png</c>. It is the paper's second task: five classes are switched, anew at each visit.
/// </summary>
/// <remarks>
/// As in the paper's released code, images are resampled to 256x512 unless another size is asked for; 19 classes and 5 alternates make 24; three of the
/// training cities are there to choose by, and the official validation set is there to report on, because labels of the test set are not public.
/// </remarks>
internal static class CityscapesReader
{
    /// <summary>The layout in words.</summary>
    public const string Layout = "leftImg8bit and gtFine of Cityscapes, each with train/<city>/….png and val/<city>/….png";

    private const string ImageEnding = "_leftImg8bit.png";
    private const string LabelEnding = "_gtFine_labelIds.png";
    private const string LabelsAsTheyCome = "take the files that end in _gtFine_labelIds.png as they come";
    private const byte NoLabel = 255;   // the id −1, as a byte

    private static readonly (int Height, int Width) Quarter = (256, 512);

    /// <summary>Training cities on which nothing is trained: 274 images. The data set writes the second without its dots.</summary>
    private static readonly string[] ValidationCities = ["darmstadt", "monchengladbach", "ulm"];

    /// <summary>
    /// The label ids of the 19 classes that the benchmark evaluates, in the order of its train ids. Source: the table in cityscapesScripts,
    /// helpers/labels.py, the data set's public documentation. All other ids, 0 … 33 and −1, are ignored.
    /// </summary>
    private static readonly (int Id, string Name)[] TrainIds =
    [
        (7, "road"), (8, "sidewalk"), (11, "building"), (12, "wall"), (13, "fence"), (17, "pole"), (19, "traffic light"), (20, "traffic sign"),
        (21, "vegetation"), (22, "terrain"), (23, "sky"), (24, "person"), (25, "rider"), (26, "car"), (27, "truck"), (28, "bus"), (31, "train"),
        (32, "motorcycle"), (33, "bicycle"),
    ];

    private const int HighestId = 33;

    private static readonly byte[] ClassOfId =
        [.. Enumerable.Range(0, 256).Select(id => Array.FindIndex(TrainIds, each => each.Id == id) is var @class and >= 0 ? (byte)@class : Segmentation.Ignored)];

    private static readonly (SegmentationClasses Classes, LabelSwitches Switches) Task = StreetTask.Over([.. TrainIds.Select(each => each.Name)]);

    /// <summary>Whether a folder has both parts of the data set.</summary>
    public static bool Recognizes(string folder) => Directory.Exists(Path.Combine(folder, "leftImg8bit")) && Directory.Exists(Path.Combine(folder, "gtFine"));

    /// <summary>Reads all images, in the ordinal order of city and name.</summary>
    /// <param name="folder">The folder with both parts.</param>
    /// <param name="size">The size to resample to, images bilinear and labels by the nearest pixel; 256x512 if null.</param>
    /// <param name="storage">Where it is put.</param>
    public static DataReading Read(string folder, (int Height, int Width)? size, Storage storage)
    {
        var files = Files(folder, "train").Concat(Files(folder, "val")).ToList();
        var images = new GradedImage?[files.Count];
        var problems = new DataProblem?[files.Count];
        Each.InParallel(files.Count, i => (images[i], problems[i]) = files[i].Problem is { } missing ? (null, missing) : ReadImage(files[i], size ?? Quarter, storage));
        return new DataReading(
            folder,
            [.. files.Zip(images).Where(pair => pair.Second is not null).Select(pair => (pair.First.Split, pair.Second!)).OrderBy(image => image.Split)],
            [.. problems.OfType<DataProblem>()])
        { Classes = Task.Classes };
    }

    private static IEnumerable<CityFile> Files(string folder, string part)
    {
        var place = Path.Combine(folder, "leftImg8bit", part);
        if (!Directory.Exists(place))
            return [Missing("this folder is missing")];
        CityFile[] files =
        [
            .. Directory.EnumerateDirectories(place).Order(StringComparer.Ordinal).SelectMany(city => Directory.EnumerateFiles(city, $"*{ImageEnding}")
                .Where(file => !FolderListing.IsHidden(Path.GetFileName(file))).Order(StringComparer.Ordinal).Select(file =>
                {
                    var (cityName, name) = (Path.GetFileName(city), Path.GetFileName(file)[..^ImageEnding.Length]);
                    var split = part == "val" ? DataSplit.Test : ValidationCities.Contains(cityName) ? DataSplit.Validation : DataSplit.Train;
                    return new CityFile(split, cityName, name, file, Path.Combine(folder, "gtFine", part, cityName, name + LabelEnding));
                })),
        ];
        return files.Length > 0 ? files : [Missing("there is no image in this folder")];

        CityFile Missing(string problem) => new(DataSplit.Train, "", "", place, "") { Problem = new(DataProblemKind.Layout, place, problem, $"lay it out as {Layout}") };
    }

    private static (GradedImage?, DataProblem?) ReadImage(CityFile file, (int Height, int Width) size, Storage storage)
    {
        Raster image, labels;
        try
        {
            image = PngFile.Read(file.Image);
            if (image.Channels != 3 || image.Bits != 8)
                return Bad(DataProblemKind.ImageChannels, file.Image, image.Channels != 3 ? "this image has no colours" : "this image has 16 bits a level", "take leftImg8bit as it comes from the data set");
            if (!File.Exists(file.Labels))
                return Bad(DataProblemKind.MissingGrader, file.Image, $"its labels are missing, {file.Labels}", "unpack gtFine beside leftImg8bit");
            labels = PngFile.Read(file.Labels);
        }
        catch (InputException problem)
        {
            return (null, DataProblem.Of(problem));
        }
        if (labels.Channels != 1 || labels.Bits != 8)
            return Bad(DataProblemKind.MaskLevels, file.Labels, labels.Channels != 1 ? "these labels are coloured" : "these labels have 16 bits", LabelsAsTheyCome);
        if ((labels.Height, labels.Width) != (image.Height, image.Width))
            return Bad(
                DataProblemKind.MaskSize,
                file.Labels,
                $"these labels of {labels.Height}x{labels.Width} do not fit {file.Image} of {image.Height}x{image.Width}",
                "take both from one version of the data set");
        if (Array.FindIndex(labels.Levels, id => id > HighestId && id != NoLabel) is var place and >= 0)
            return Bad(
                DataProblemKind.MaskLevels,
                file.Labels,
                $"{labels.Levels[place]} at row {place / labels.Width}, column {place % labels.Width} is no label id of Cityscapes",
                LabelsAsTheyCome);

        var (height, width) = size;
        byte[] classes = [.. Resampling.Nearest(labels, height, width).Levels.Select(id => ClassOfId[id])];
        var annotation = storage.Keep(Segmentation.FromLabels(height, width, classes, Task.Classes.Count));
        var pixels = storage.Keep(Resampling.Bilinear(image, height, width));
        Grading Grade() => new Grading.DrawnAnew(Task.Switches.Over(annotation.Load()));
        // The case is the image: of three cities no interval of means could be drawn.
        var name = $"{file.City}/{file.Name}";
        return (annotation.IsHeld ? new GradedImage(name, file.Name, pixels, Grade(), Task.Classes) : new GradedImage(name, file.Name, pixels, Grade, Task.Classes), null);
    }

    private static (GradedImage?, DataProblem?) Bad(DataProblemKind kind, string input, string problem, string remedy) => (null, new DataProblem(kind, input, problem, remedy));

    private sealed record CityFile(DataSplit Split, string City, string Name, string Image, string Labels)
    {
        /// <summary>Why a part of the data set has no file.</summary>
        public DataProblem? Problem { get; init; }
    }
}
