using ProbUNet.Dsl;

namespace ProbUNet.Models.Catalog;

/// <summary>The paper's network for LIDC (appendix H.1): 32 channels doubled at each of four poolings, latent 6.</summary>
[ProbabilisticUNet]
public sealed partial class LidcNet;

/// <summary>The network of the paper's released code for Cityscapes: six poolings, 24 classes (19 and the 5 that switch).</summary>
[ProbabilisticUNet(ImageChannels = 3, Classes = 24, Height = 256, Width = 512)]
[UNet(Channels = [32, 64, 128, 192, 192, 192, 192])]
public sealed partial class CityscapesNet;

/// <summary>The network that performance is measured with.</summary>
[ProbabilisticUNet]
[UNet(Channels = [32, 64, 128, 192])]
[Combiner(Convs = 4)]
public sealed partial class StandardNet;

/// <summary>The demonstration's network: minutes on two cores.</summary>
[ProbabilisticUNet(Height = 64, Width = 64)]
[UNet(Channels = [16, 32, 48, 64], ConvsPerBlock = 2)]
public sealed partial class SmallNet;
