using System;

namespace Umps.Compare;

/// <summary>A contender that is not an optimised build; its figures would say nothing.</summary>
internal sealed class NotReleaseException(string name)
    : Exception($"{name}: its benchmark is not a Release build, so its figures would say nothing. Build it with -c Release; benchmarks/compare without --no-build does.");
