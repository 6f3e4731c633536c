using Umps;

namespace Umps.Bench;

/// <summary>What measures are made with.</summary>
/// <param name="Comm">Among whom.</param>
/// <param name="Window">Messages under way at once.</param>
/// <param name="Allocate">Whether buffers come from <c>Comm.Allocate</c>.</param>
internal sealed record BenchContext(Comm Comm, int Window = BenchContext.OsuWindow, bool Allocate = false)
{
    /// <summary>The OSU micro-benchmarks' window.</summary>
    public const int OsuWindow = 64;
}
