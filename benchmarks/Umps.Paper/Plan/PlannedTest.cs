namespace Umps.Paper;

/// <summary>A test, and where its rows go.</summary>
/// <param name="Section">The section of the evaluation.</param>
/// <param name="X">Its place there: a size, a load.</param>
/// <param name="Spec">As the programs read it.</param>
internal sealed record PlannedTest(string Section, double X, string Spec);
