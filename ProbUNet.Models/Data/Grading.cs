using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ProbUNet.Models.Randomness;

namespace ProbUNet.Models.Data;

/// <summary>What is known of how an image is segmented: one of <see cref="ByGraders"/>, <see cref="DrawnAnew"/> and <see cref="Unknown"/>, and no other.</summary>
public abstract class Grading
{
    private Grading()
    {
    }

    /// <summary>What fixed graders drew, one segmentation [K, H, W] each. The order carries no identity: draw one at random. Empty where there are none.</summary>
    public virtual IReadOnlyList<Segmentation> Graders => [];

    /// <summary>The distribution from which graders were drawn, or are drawn anew, where it is known: synthetic tasks and label switches.</summary>
    public virtual ModeDistribution? Truth => null;

    /// <summary>What a prediction is judged against: the graders, each counting alike and known to be draws, or the truth where graders are drawn anew; nothing where nobody has graded.</summary>
    public abstract ModeDistribution? Reference { get; }

    /// <summary>The segmentations among which a visit of the image chooses one, by their places: the graders, or the modes of the truth.</summary>
    public abstract IReadOnlyList<Segmentation> Choices { get; }

    /// <summary>Chooses one of <see cref="Choices"/>, as a grader is met.</summary>
    /// <param name="random">One number of it is used.</param>
    /// <exception cref="InvalidOperationException">Nobody has graded the image.</exception>
    public abstract int Choose(RandomStream random);

    /// <summary>Chooses several of <see cref="Choices"/> for one visit: fixed graders one after the other, in an order that is drawn, so that none comes again before all have; else draws.</summary>
    /// <param name="random">As many numbers of it are used as are needed; for one, as <see cref="Choose(RandomStream)"/> does.</param>
    /// <param name="count">How many; at least 1.</param>
    /// <exception cref="InvalidOperationException">Nobody has graded the image.</exception>
    internal virtual IReadOnlyList<int> Choose(RandomStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => Choose(random))];

    /// <summary>Segmentations to show beside the image: its graders, or so many draws where they are drawn anew, or none.</summary>
    internal abstract IReadOnlyList<Segmentation> Shown(int draws, RandomStream random);

    /// <summary>What is known of a window of the image.</summary>
    internal abstract Grading Crop(Window window);

    /// <summary>Adds to a hash all that decides what is learnt from the image.</summary>
    internal abstract void AppendTo(IncrementalHash hash);

    /// <summary>Segmentations that have the size and classes of all.</summary>
    internal virtual IEnumerable<Segmentation> Examples => [];

    /// <summary>What several graders drew, once.</summary>
    public sealed class ByGraders : Grading
    {
        /// <summary>Puts graders together.</summary>
        /// <param name="graders">One segmentation [K, H, W] a grader, at least one; all of one size and number of classes, with the same pixels ignored.</param>
        /// <param name="truth">The distribution from which they were drawn, where it is known.</param>
        /// <exception cref="ArgumentException">There is no grader, or they are not alike.</exception>
        public ByGraders(IReadOnlyList<Segmentation> graders, ModeDistribution? truth = null)
        {
            if (graders.Count == 0)
                throw new ArgumentException("A grading needs at least one grader's mask: where graders are drawn anew from a distribution, say so.", nameof(graders));
            (Graders, Truth, Reference) = (graders, truth, ModeDistribution.OfDraws(graders));
        }

        /// <summary>Puts graders of binary masks [H, W] together; see the other constructor.</summary>
        /// <exception cref="ArgumentException">There is no grader, or they are not alike.</exception>
        public ByGraders(IReadOnlyList<BitMask> graders, ModeDistribution? truth = null)
            : this(Segmentation.Binaries(graders), truth)
        {
        }

        /// <inheritdoc/>
        public override IReadOnlyList<Segmentation> Graders { get; }

        /// <inheritdoc/>
        public override ModeDistribution? Truth { get; }

        /// <inheritdoc/>
        public override ModeDistribution Reference { get; }

        /// <inheritdoc/>
        public override IReadOnlyList<Segmentation> Choices => Graders;

        /// <inheritdoc/>
        public override int Choose(RandomStream random) => random.NextInt32(Graders.Count);

        internal override IReadOnlyList<int> Choose(RandomStream random, int count)
        {
            if (count == 1)
                return [Choose(random)];
            var order = Enumerable.Range(0, Graders.Count).ToArray();
            random.Shuffle<int>(order);
            return [.. Enumerable.Range(0, count).Select(place => order[place % order.Length])];
        }

        internal override IEnumerable<Segmentation> Examples => Truth is null ? Graders : Graders.Append(Truth.Modes[0]);

        internal override IReadOnlyList<Segmentation> Shown(int draws, RandomStream random) => Graders;

        internal override Grading Crop(Window window) => new ByGraders([.. Graders.Select(grader => grader.Crop(window))], Truth?.Crop(window));

        // Not the truth: it teaches nothing that the graders do not.
        internal override void AppendTo(IncrementalHash hash)
        {
            foreach (var plane in Graders.SelectMany(grader => grader.Planes))
                hash.AppendData(MemoryMarshal.AsBytes(plane.Words));
        }
    }

    /// <summary>A distribution from which each visit draws a grader of its own.</summary>
    /// <param name="truth">The distribution.</param>
    public sealed class DrawnAnew(ModeDistribution truth) : Grading
    {
        /// <inheritdoc/>
        public override ModeDistribution Truth => truth;

        /// <inheritdoc/>
        public override ModeDistribution Reference => truth;

        /// <inheritdoc/>
        public override IReadOnlyList<Segmentation> Choices => truth.Modes;

        /// <inheritdoc/>
        public override int Choose(RandomStream random) => truth.DrawMode(random);

        internal override IEnumerable<Segmentation> Examples => [truth.Modes[0]];

        internal override IReadOnlyList<Segmentation> Shown(int draws, RandomStream random) => [.. Enumerable.Range(0, draws).Select(_ => truth.Draw(random))];

        internal override Grading Crop(Window window) => new DrawnAnew(truth.Crop(window));

        internal override void AppendTo(IncrementalHash hash) => truth.AppendTo(hash);
    }

    /// <summary>Nobody has graded the image: it can be sampled for, and there is nothing to train on or to judge against.</summary>
    public sealed class Unknown : Grading
    {
        private Unknown()
        {
        }

        /// <summary>The one that there is.</summary>
        public static Unknown Instance { get; } = new();

        /// <inheritdoc/>
        public override ModeDistribution? Reference => null;

        /// <inheritdoc/>
        public override IReadOnlyList<Segmentation> Choices => [];

        /// <inheritdoc/>
        public override int Choose(RandomStream random) => throw new InvalidOperationException("Nobody has graded the image: no grader can be chosen.");

        internal override IReadOnlyList<Segmentation> Shown(int draws, RandomStream random) => [];

        internal override Grading Crop(Window window) => this;

        internal override void AppendTo(IncrementalHash hash)
        {
        }
    }
}
