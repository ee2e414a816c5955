namespace ProbUNet.Dsl.Graphs;

/// <summary>What an operator is there for: what a diagram tells apart, in the order of its legend.</summary>
public enum OperatorRole
{
    /// <summary>A convolution at one resolution.</summary>
    Convolution,

    /// <summary>Brings values to mean 0 and variance 1.</summary>
    Normalisation,

    /// <summary>A nonlinearity, element by element.</summary>
    Activation,

    /// <summary>To a lower resolution.</summary>
    Pooling,

    /// <summary>To a higher resolution.</summary>
    Upsampling,

    /// <summary>Several values become one.</summary>
    Joining,

    /// <summary>Drops values at random.</summary>
    Dropout,

    /// <summary>All else.</summary>
    Other,
}
