using System.Collections.Generic;
using Umps.Compare;

namespace Umps.Paper;

/// <summary>How it was measured.</summary>
/// <param name="Options">As asked for.</param>
/// <param name="Machine">Where.</param>
/// <param name="Rounds">Rounds.</param>
/// <param name="Seconds">How long they took.</param>
/// <param name="Ours">Series of ours that ran.</param>
/// <param name="LeftOut">What did not, and why.</param>
/// <param name="Failures">What failed in a round.</param>
/// <param name="Peers">Other implementations of MPI.</param>
internal sealed record RunFacts(PaperArguments Options, Machine Machine, int Rounds, double Seconds, IReadOnlyList<string> Ours, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Failures, IReadOnlyList<string> Peers);
