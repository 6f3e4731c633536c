using System.Collections.Generic;

namespace Umps.Bench;

/// <summary>What a <see cref="BatchRun"/> does.</summary>
/// <param name="Passes">Batches of each measure at most.</param>
/// <param name="Milliseconds">Length of a batch.</param>
/// <param name="WarmSeconds">Warm-up of all measures together.</param>
/// <param name="RowSeconds">Time of all batches of a measure at most.</param>
/// <param name="Specs">NAME:BYTES or NAME@allocate:BYTES.</param>
internal sealed record BatchPlan(int Passes, double Milliseconds, double WarmSeconds, double RowSeconds, IReadOnlyList<string> Specs);
