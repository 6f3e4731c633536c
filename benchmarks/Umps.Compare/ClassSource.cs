namespace Umps.Compare;

/// <summary>Where a batch's class comes from.</summary>
internal enum ClassSource
{
    /// <summary>The ranks measure the line before and after each batch.</summary>
    Batch,

    /// <summary>The measure does not depend on it, or hardly: ranks that share processors wait for switches, of microseconds.</summary>
    None,
}
