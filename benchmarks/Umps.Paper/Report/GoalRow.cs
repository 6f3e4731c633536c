using Umps.Compare;

namespace Umps.Paper;

/// <summary>A goal, and what the rounds say of it.</summary>
/// <param name="Name">In words.</param>
/// <param name="Figure">The figure that is judged; null where the run has none.</param>
/// <param name="Goal">What it is to reach.</param>
/// <param name="Unit">Of both.</param>
internal sealed record GoalRow(string Name, Spread? Figure, Goal Goal, string Unit)
{
    /// <summary>The verdict.</summary>
    public Verdict Verdict => Figure?.On(Goal) ?? Verdict.None;
}
