using ProbUNet.Dsl;

namespace ProbUNet.Models.Catalog;

/// <summary>
/// The paper's network for LIDC (appendix H.1): 32 channels doubled at each of four poolings, latent 6; with the released code's average pooling
/// and He-normal weights, where the paper halves bilinearly and starts orthogonally.
/// </summary>
[ProbabilisticUNet]
public sealed partial class LidcNet;

/// <summary>The paper's Dropout U-Net for LIDC: rate 0.5 before the three innermost blocks of encoder and decoder.</summary>
[Variant(of: typeof(LidcNet)), DropoutUNet]
public sealed partial class LidcDropoutNet;

/// <summary>The paper's U-Net ensemble for LIDC, of four members.</summary>
[Variant(of: typeof(LidcNet)), UNetEnsemble]
public sealed partial class LidcEnsembleNet;

/// <summary>The paper's M-Heads for LIDC, of four heads.</summary>
[Variant(of: typeof(LidcNet)), MultiHeadUNet]
public sealed partial class LidcHeadsNet;

/// <summary>The paper's Image2Image VAE for LIDC: latent 3.</summary>
[Variant(of: typeof(LidcNet)), ImageToImageVae]
public sealed partial class LidcVaeNet;

/// <summary>The plain U-Net at the size of the paper's for LIDC.</summary>
[Variant(of: typeof(LidcNet)), DeterministicUNet]
public sealed partial class LidcDeterministicNet;

/// <summary>The network of the paper's released code for Cityscapes: six poolings, 24 classes (19 and the 5 that switch).</summary>
[ProbabilisticUNet(ImageChannels = 3, Classes = 24, Height = 256, Width = 512)]
[UNet(Channels = [32, 64, 128, 192, 192, 192, 192])]
public sealed partial class CityscapesNet;

/// <summary>The Dropout U-Net for Cityscapes.</summary>
[Variant(of: typeof(CityscapesNet)), DropoutUNet]
public sealed partial class CityscapesDropoutNet;

/// <summary>The U-Net ensemble for Cityscapes, of four members.</summary>
[Variant(of: typeof(CityscapesNet)), UNetEnsemble]
public sealed partial class CityscapesEnsembleNet;

/// <summary>M-Heads for Cityscapes, of four heads.</summary>
[Variant(of: typeof(CityscapesNet)), MultiHeadUNet]
public sealed partial class CityscapesHeadsNet;

/// <summary>The Image2Image VAE for Cityscapes.</summary>
[Variant(of: typeof(CityscapesNet)), ImageToImageVae]
public sealed partial class CityscapesVaeNet;

/// <summary>The plain U-Net for Cityscapes.</summary>
[Variant(of: typeof(CityscapesNet)), DeterministicUNet]
public sealed partial class CityscapesDeterministicNet;

/// <summary>The network that performance is measured with.</summary>
[ProbabilisticUNet]
[UNet(Channels = [32, 64, 128, 192])]
[Combiner(Convs = 4)]
public sealed partial class StandardNet;

/// <summary>The Dropout U-Net at the standard size.</summary>
[Variant(of: typeof(StandardNet)), DropoutUNet]
public sealed partial class StandardDropoutNet;

/// <summary>The U-Net ensemble at the standard size, of four members.</summary>
[Variant(of: typeof(StandardNet)), UNetEnsemble]
public sealed partial class StandardEnsembleNet;

/// <summary>M-Heads at the standard size, of four heads.</summary>
[Variant(of: typeof(StandardNet)), MultiHeadUNet]
public sealed partial class StandardHeadsNet;

/// <summary>The Image2Image VAE at the standard size.</summary>
[Variant(of: typeof(StandardNet)), ImageToImageVae]
public sealed partial class StandardVaeNet;

/// <summary>The plain U-Net at the standard size.</summary>
[Variant(of: typeof(StandardNet)), DeterministicUNet]
public sealed partial class StandardDeterministicNet;

/// <summary>The demonstration's network: minutes on two cores.</summary>
[ProbabilisticUNet(Height = 64, Width = 64)]
[UNet(Channels = [16, 32, 48, 64], ConvsPerBlock = 2)]
public sealed partial class SmallNet;

/// <summary>The demonstration's Dropout U-Net.</summary>
[Variant(of: typeof(SmallNet)), DropoutUNet]
public sealed partial class SmallDropoutNet;

/// <summary>The demonstration's U-Net ensemble, of four members.</summary>
[Variant(of: typeof(SmallNet)), UNetEnsemble]
public sealed partial class SmallEnsembleNet;

/// <summary>The demonstration's M-Heads, of four heads.</summary>
[Variant(of: typeof(SmallNet)), MultiHeadUNet]
public sealed partial class SmallHeadsNet;

/// <summary>The demonstration's Image2Image VAE.</summary>
[Variant(of: typeof(SmallNet)), ImageToImageVae]
public sealed partial class SmallVaeNet;

/// <summary>The demonstration's plain U-Net.</summary>
[Variant(of: typeof(SmallNet)), DeterministicUNet]
public sealed partial class SmallDeterministicNet;

/// <summary>The demonstration's network, trained on <c>synthetic:lesions</c>; Catalog/Weights/lesions.md is its model card.</summary>
[Variant(of: typeof(SmallNet)), Pretrained("Catalog/Weights/lesions.safetensors", sha256: "dc82e53b0932e682e932cb2393ef9b99ed8d5fe2f784e1a37551c60546131ee6")]
public sealed partial class LesionsNet;

/// <summary>A network for nodules in 128x128 crops of lung CT, of a size for laptops, trained on LIDC-IDRI; Catalog/Weights/nodules.md is its model card.</summary>
[ProbabilisticUNet, UNet(Channels = [16, 32, 64, 96], Normalization = Normalization.Batch, Residual = true)]
[Pretrained("Catalog/Weights/nodules.safetensors", sha256: "6009d8047fcdd01176f86993ccb80c57e3073153b62f57ce93050093a1428e25")]
public sealed partial class NodulesNet;

/// <summary>A network for nodules in 128x128 crops of lung CT, twice as wide as <see cref="NodulesNet"/> with four times its multiply-adds, trained on LIDC-IDRI; Catalog/Weights/nodules-large.md is its model card.</summary>
[Variant(of: typeof(NodulesNet)), UNet(Channels = [32, 64, 128, 192])]
[Pretrained("Catalog/Weights/nodules-large.safetensors", sha256: "ad0629100a375eba62bfd28c66999f34d50d7c571a1315e2f26efc5dbd6f3086")]
public sealed partial class LargeNodulesNet;
