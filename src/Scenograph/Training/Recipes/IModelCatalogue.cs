namespace Scenograph.Training.Recipes;

/// <summary>What the recipe reader needs to know of the models: their names and the records of their options.</summary>
public interface IModelCatalogue
{
    /// <summary>Every model's name, as written in <c>model.name</c>, e.g. <c>slot-attention</c>.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>
    /// The record of a model's options: one public constructor whose parameters are the options; more options may be
    /// properties with <c>init</c>. <see cref="System.ComponentModel.DataAnnotations.RangeAttribute"/> and the other
    /// validation attributes on either are checked by the reader.
    /// </summary>
    /// <returns>Null where there is no model of that name.</returns>
    Type? OptionsType(string modelName);
}
