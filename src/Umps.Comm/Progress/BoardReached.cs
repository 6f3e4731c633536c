using System;
using Umps.Transport.Boards;

namespace Umps.Progress;

/// <summary>A word of a board; also met when a rank that it needs is gone, or when it is time to look at other things.</summary>
internal struct BoardReached(RankCore core, Comm comm, Board board, BoardWatch watch, int endpoint, TimeSpan lookAgain) : IWaitCondition
{
    private readonly long _until = Environment.TickCount64 + (long)lookAgain.TotalMilliseconds;
    private int _looks;

    /// <summary>Which endpoint is gone; AnySource while none is.</summary>
    public int Lost { get; private set; } = Comm.AnySource;

    /// <inheritdoc/>
    public bool IsMet
    {
        get
        {
            if (watch.IsTold)
                return true;
            if (core.HasLostPeers && core.FindLost(comm, board, endpoint) is var lost && lost != Comm.AnySource && !watch.Word.IsReached)
            {
                Lost = lost;
                return true;
            }
            return (++_looks & 7) == 0 && Environment.TickCount64 >= _until;
        }
    }
}
