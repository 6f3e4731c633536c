namespace Umps.Compare;

/// <summary>Where a batch's class comes from.</summary>
internal enum ClassSource
{
    /// <summary>The ranks measure the line before and after each batch.</summary>
    Batch,

    /// <summary>This program measures the line before and after a run: the ranks cannot, for they share processors.</summary>
    Run,

    /// <summary>The measure does not depend on it.</summary>
    None,
}
