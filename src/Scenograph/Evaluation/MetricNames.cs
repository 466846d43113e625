using System.Collections.Frozen;

namespace Scenograph.Evaluation;

/// <summary>
/// Names of the benchmark's metrics as tables and files show them. Other spellings in use, the original program's among
/// them, are understood where a name is asked for.
/// </summary>
public static class MetricNames
{
    /// <summary>Adjusted Rand index over all pixels.</summary>
    public const string Ari = "ARI";

    /// <summary>Adjusted Rand index over the pixels of true objects.</summary>
    public const string AriForeground = "ARI-FG";

    /// <summary>Mean IoU over pairs without the background, the published mIoU; the original's <c>mIoU_fg</c>.</summary>
    public const string MeanIou = "mIoU";

    /// <summary>Mean IoU over all pairs; what the original calls <c>mIoU</c>.</summary>
    public const string MeanIouAll = "mIoU_all";

    /// <summary>Sum of the pairs' IoU over the number of true masks.</summary>
    public const string MeanIouTrue = "mIoU_gt";

    /// <summary>Mean best overlap: mean over true objects of the largest IoU with any predicted mask.</summary>
    public const string MeanBestOverlap = "mBO";

    /// <summary>Mean segmentation covering.</summary>
    public const string Covering = "mSC";

    /// <summary>Mean segmentation covering with the original program's faults.</summary>
    public const string CoveringOfOriginal = "mSC_original";

    /// <summary>Mean Dice coefficient over all pairs.</summary>
    public const string Dice = "DICE";

    /// <summary>Mean Dice coefficient over pairs without the background.</summary>
    public const string DiceForeground = "DICE_FG";

    /// <summary>Squared error, summed over channels and pixels.</summary>
    public const string SquaredError = "MSE";

    /// <summary>Squared error, mean over channels and pixels.</summary>
    public const string SquaredErrorMean = "MSE_mean";

    /// <summary>1 where as many masks are predicted as there are, background included, else 0.</summary>
    public const string CountAccuracy = "acc";

    /// <summary>1 where a model that counts things itself counts right, else 0.</summary>
    public const string OwnCountAccuracy = "count_acc";

    /// <summary>Share of a scene's things that are in a cluster of their class: unsupervised classification accuracy (<see cref="ClusterNaming"/>).</summary>
    public const string ClassAccuracy = "class_acc";

    /// <summary>Mean over true things of the intersection over union of their box with the one paired with it, 0 where there is none.</summary>
    public const string BoxIou = "box_iou";

    /// <summary>Mean distance of paired boxes' centres in pixels.</summary>
    public const string CentreError = "centre_error";

    /// <summary>Negative log-likelihood of the image given its latents, in nats and without a Gaussian's constant.</summary>
    public const string NegativeLogLikelihood = "NLL";

    /// <summary>Divergence of all latents from their prior, in nats.</summary>
    public const string Divergence = "KL";

    /// <summary>Adjusted Rand index by the definition of multi_object_datasets.</summary>
    public const string AriDeepMind = "ARI_deepmind";

    /// <summary>Foreground adjusted Rand index by the definition of multi_object_datasets.</summary>
    public const string AriForegroundDeepMind = "ARI-FG_deepmind";

    /// <summary>Summed squared error on the true background.</summary>
    public const string GroundError = "ground_mse";

    /// <summary>IoU of the pair of the true background.</summary>
    public const string GroundIou = "ground_iou";

    /// <summary>Summed squared error on one true object.</summary>
    public const string ObjectError = "obj_mse";

    /// <summary>IoU of the pair of one true object.</summary>
    public const string ObjectIou = "obj_iou";

    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>
    {
        ["ARI_FG"] = AriForeground,
        ["FG-ARI"] = AriForeground,
        ["mIoU_fg"] = MeanIou,
        ["mIoU-FG"] = MeanIou,
        ["DICE-FG"] = DiceForeground,
        ["MSE_sum"] = SquaredError,
        ["count_accuracy"] = CountAccuracy,
        ["count accuracy"] = CountAccuracy,
        ["deepmind_ARI"] = AriDeepMind,
        ["deepmind_ARI_FG"] = AriForegroundDeepMind,
    }.ToFrozenDictionary();

    /// <summary>The name under which results hold the metric; an unknown name comes back as it is.</summary>
    public static string Resolve(string name) => Aliases.GetValueOrDefault(name, name);
}
