using System.Diagnostics;
using System.Threading;

namespace Umps.Transport.Agents.Tcp;

/// <summary>Bursts of small messages that are gathered into one write: who gathers, since when, and the end of it.</summary>
/// <remarks>
/// Only for an owner that has promised (<see cref="Endpoint.AllowGathering"/>) to look after what a burst leaves behind. Nothing is gathered once the owner has gone to sleep, for then nobody may look.
/// Read from any thread: <see cref="HasOldGathered"/>, as a hint.
/// </remarks>
internal sealed unsafe partial class TcpAgent
{
    private bool _mayGather;
    private int _gathering;             // peers that gather
    private long _gatheredSince;        // the first of them began; 0: none gathers

    /// <summary>The messages of a burst may be gathered now.</summary>
    internal bool Gathers => _mayGather && !_sleepIsNear;

    /// <summary>Passes so far: a burst has none in it.</summary>
    internal long Passes { get; private set; }

    /// <inheritdoc cref="Endpoint.HasGathered"/>
    public bool HasGathered => Volatile.Read(ref _gatheredSince) != 0;

    /// <inheritdoc cref="Endpoint.EndCall"/>
    public void EndCall()
    {
    }

    /// <inheritdoc cref="Endpoint.HasOldGathered"/>
    public bool HasOldGathered => Volatile.Read(ref _gatheredSince) is not 0 and var since && Burst.IsOld(since, Stopwatch.GetTimestamp());

    /// <inheritdoc cref="Endpoint.HasOnlyGathered"/>
    public bool HasOnlyGathered
    {
        get
        {
            if (_gathering == 0)
                return false;
            foreach (TcpPeer peer in _waiting)
            {
                if (peer.UnsentBytes > 0 && !peer.IsGathering)
                    return false;
            }
            return true;
        }
    }

    /// <inheritdoc cref="Endpoint.AllowGathering"/>
    public void AllowGathering() => _mayGather = Options.GatherBytesMax > 0;

    /// <inheritdoc cref="Endpoint.FlushGathered"/>
    public void FlushGathered()
    {
        for (int i = _waiting.Count - 1; i >= 0 && _gathering > 0; i--)
        {
            if (_waiting[i].IsGathering)
                _waiting[i].Flush();
        }
    }

    internal void BeginGathering(long now)
    {
        if (_gathering++ == 0)
            Volatile.Write(ref _gatheredSince, now);
    }

    internal void EndGathering()
    {
        if (--_gathering == 0)
            Volatile.Write(ref _gatheredSince, 0);
    }
}
