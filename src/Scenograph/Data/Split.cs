namespace Scenograph.Data;

/// <summary>The part of a data set that a reader takes.</summary>
public enum Split
{
    /// <summary>What the model learns from.</summary>
    Train,

    /// <summary>What settings and checkpoints are chosen by.</summary>
    Validation,

    /// <summary>What the reported numbers come from.</summary>
    Test,
}
