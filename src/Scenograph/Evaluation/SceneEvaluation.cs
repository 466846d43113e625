namespace Scenograph.Evaluation;

/// <summary>One scene's scores, and the label maps that they were measured on.</summary>
/// <param name="Scores">What was measured.</param>
/// <param name="PredictedLabels">[H, W], the slot of each pixel; 0 is the added background where the model predicts none.</param>
/// <param name="AlignedLabels">[H, W], the true label that the pixel's slot is paired with; null without true labels.</param>
/// <param name="Matching">The pairs and their scores; null without true labels.</param>
public sealed record SceneEvaluation(ImageScores Scores, byte[] PredictedLabels, byte[]? AlignedLabels, MaskMatching? Matching);
