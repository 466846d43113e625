namespace Scenograph.Evaluation;

/// <summary>What a set of scores was measured on and with, so that a file of them can be read on its own.</summary>
/// <param name="Data">Data spec of the scenes.</param>
/// <param name="Components">K that the scenes were taken apart into.</param>
/// <param name="Set">What was changed of the recipe's <c>data.options</c>, as <c>key=value</c>.</param>
public sealed record EvaluationSetting(string Data, int Components, IReadOnlyList<string> Set);
