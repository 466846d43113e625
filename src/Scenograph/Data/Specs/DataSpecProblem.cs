namespace Scenograph.Data.Specs;

/// <summary>Why a text is no data spec.</summary>
/// <param name="Kind">What sort of mistake it is.</param>
/// <param name="Message">One sentence.</param>
public sealed record DataSpecProblem(DataSpecProblemKind Kind, string Message);

/// <summary>Sorts of mistakes in a data spec; the original raises another exception for each.</summary>
public enum DataSpecProblemKind
{
    /// <summary>A value or a combination that is not allowed (Python's ValueError).</summary>
    Value,

    /// <summary>A name that nothing has (Python's KeyError).</summary>
    Name,
}
