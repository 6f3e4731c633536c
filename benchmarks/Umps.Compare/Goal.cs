using System.Globalization;

namespace Umps.Compare;

/// <summary>What a row is to reach in a class: a ratio to the better peer, or a figure of ours.</summary>
/// <param name="Bound">The bound.</param>
/// <param name="IsUpper">Whether at most; otherwise at least.</param>
internal sealed record Goal(double Bound, bool IsUpper)
{
    /// <summary>At most.</summary>
    public static Goal AtMost(double bound) => new(bound, true);

    /// <summary>At least.</summary>
    public static Goal AtLeast(double bound) => new(bound, false);

    /// <summary>Whether a figure reaches it.</summary>
    public bool IsReached(double figure) => IsUpper ? figure <= Bound : figure >= Bound;

    /// <inheritdoc/>
    public override string ToString() => (IsUpper ? "≤ " : "≥ ") + Bound.ToString("0.##", CultureInfo.InvariantCulture);
}
