using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Umps.Matching;
using Umps.Progress;
using Umps.Protocols;
using Umps.Requests;
using Umps.Transport;

namespace Umps;

/// <summary>The short way of a blocking receive: nothing is posted, the sender's ring alone is looked at, and the payload goes from its slot into the caller's memory.</summary>
internal sealed partial class RankCore
{
    /// <summary>One receive in so many takes the ordinary way, so that other peers and requests have their turn under a stream from one peer.</summary>
    private const int DirectInARow = 32;

    /// <summary>Looks without and with a pause between: some 3 µs, as long as the answer of a peer that runs takes. What takes longer is waited for by semi-polling.</summary>
    private const int LooksAtOnce = 64, LooksWithPause = 100;

    /// <summary>The same for receives that yield first: they take longer.</summary>
    private const int YieldsInARow = 8;

    /// <summary>Looks of a sender for the answer to its announcement before it pauses between: some 2 µs, in which the receiver's copy of a few pages ends.</summary>
    private const int LooksForAnswer = 400;

    private int _directs, _directYields;

    /// <summary>Receives the next message of this peer, if it is the one wanted and comes soon. With the gate held.</summary>
    /// <returns>False when the receive must be posted: then nothing has been received.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryRecvDirect(Comm comm, ulong context, int endpoint, int tag, uint typeHash, NativeSpan buffer, out Status status)
    {
        status = default;
        ContextQueues queues = Matching.QueuesOf(context);
        if (endpoint < 0 || queues.Unexpected.First is not null || !queues.Posted.IsEmpty || ++_directs % DirectInARow == 0 || Progress.HasOutgoing)
            return false;
        var sink = new DirectSink(this, context, tag, typeHash, buffer);
        int looks = Endpoint.IsCrowded || Endpoint.NeverSpins ? 1 : LooksAtOnce + LooksWithPause;
        while (!Endpoint.TakeOne(endpoint, ref sink))
        {
            if (--looks <= 0 && !YieldsFor(endpoint))
                return false;
            if (looks < LooksWithPause && X86Base.IsSupported)
                X86Base.Pause();
        }
        if (sink.IsAnnounced)
            return TryPullDirect(comm, endpoint, in sink, buffer, out status);
        if (!sink.IsDone)
            return false;
        status = new Status(comm.Group.RankOf(endpoint), sink.Tag, sink.LengthBytes, cancelled: false);
        return true;
    }

    /// <summary>More ranks than processors: yields for this peer's next message, while nobody else waits for anything of this rank's.</summary>
    /// <returns>True when it has come.</returns>
    private bool YieldsFor(int endpoint) => Endpoint.IsCrowded && Progress.Outstanding == 0 && !Progress.IsEntered && !Gate.IsContended
        && ++_directYields % YieldsInARow != 0 && Endpoint.YieldForOne(endpoint);

    private bool TryPullDirect(Comm comm, int endpoint, in DirectSink sink, NativeSpan buffer, out Status status)
    {
        status = default;
        RendezvousRequest request = sink.Request;
        if (!Receives.TryPullAlone(endpoint, sink.Header, in request, buffer.Slice(0, (nint)request.LengthBytes)))
            return false;
        if (Progress.HasOutgoing)
            Progress.Settle();      // no room for the answer: the helper sees to it if the program only computes now
        status = new Status(comm.Group.RankOf(endpoint), (int)sink.Header.Word1, (nint)request.LengthBytes, cancelled: false);
        return true;
    }

    /// <summary>Waits shortly for the answer to an announced message that the receiver copies without help: for that peer's messages alone, as <see cref="TryRecvDirect"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LookForAnswer(RequestState send)
    {
        if (Endpoint.IsCrowded || Endpoint.NeverSpins || ++_directs % DirectInARow == 0 || Progress.HasOutgoing)
            return;
        var sink = new FrameSink(this);
        int looks = LooksForAnswer + LooksWithPause;
        while (!send.IsDone && --looks > 0)
        {
            if (Endpoint.TakeOne(send.Peer, ref sink))
            {
                if (Progress.HasOutgoing)
                {
                    Progress.Settle();
                    return;
                }
            }
            else if (looks < LooksWithPause && X86Base.IsSupported)
            {
                X86Base.Pause();
            }
        }
    }
}
