using System.Collections.Generic;

namespace Umps.Compare;

/// <summary>What compare's command line says.</summary>
/// <param name="Groups">The groups to run.</param>
/// <param name="Rounds">How often each contender runs each.</param>
/// <param name="SecondsMax">No further round begins when it would probably end after that.</param>
/// <param name="IsQuick">Fewer and shorter batches.</param>
/// <param name="Write">Whether results go to benchmarks/results and docs/performance.md; otherwise to artifacts/compare.</param>
/// <param name="CommandLine">As it was written.</param>
internal sealed record CompareOptions(IReadOnlyList<Group> Groups, int Rounds, double SecondsMax, bool IsQuick, bool Write, string CommandLine);
