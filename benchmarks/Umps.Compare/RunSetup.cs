using System.Collections.Generic;

namespace Umps.Compare;

/// <summary>A run of a benchmark: the same for every contender.</summary>
/// <param name="Ranks">How many.</param>
/// <param name="IsPinned">Each to a core of its own; otherwise the kernel places them.</param>
/// <param name="IsTcp">By sockets, although all are on this node.</param>
/// <param name="Nodes">Two nodes with a rank each; null for this machine.</param>
/// <param name="IsNative">Ours by the programs of Native AOT.</param>
/// <param name="Arguments">Of the benchmark.</param>
internal sealed record RunSetup(int Ranks, bool IsPinned, bool IsTcp, TwoNodes? Nodes, bool IsNative, IReadOnlyList<string> Arguments);
