using System;
using System.Collections.Generic;
using Umps.Requests;
using Umps.Transport;

namespace Umps.Protocols;

/// <summary>The receives that copy out of their senders' memory: chunk by chunk, in the order of their matching, and together with senders that wait.</summary>
/// <remarks>
/// The first few are open at a time, so that a sender that is done with its share of one goes on with the next, and this side does not wait for its last chunk.
/// Entered with the gate held; not from inside Endpoint.Poll, but for <see cref="Add"/> and <see cref="OnPeerLost"/>.
/// </remarks>
internal sealed class PullEngine(RankCore core)
{
    /// <summary>Receives open at a time.</summary>
    private const int OpenMax = 4;

    /// <summary>Bytes of a call for several receives: arrivals are looked at between calls.</summary>
    private const nint AtOnceBytesMax = 512 << 10;

    /// <summary>How long a failing rank waits for a peer's copy into its buffers: it lasts microseconds, if the peer runs at all.</summary>
    private static readonly TimeSpan s_closePatience = TimeSpan.FromMilliseconds(50);

    private readonly Endpoint _endpoint = core.Endpoint;
    private readonly List<RequestState> _pulls = [];    // the open ones first
    private readonly RequestState?[] _atOnce = new RequestState?[Endpoint.PullsAtOnceMax];
    private int _open;

    /// <summary>True when a receive copies from its sender's memory.</summary>
    public bool HasWork => _pulls.Count > 0;

    /// <summary>A receive has met its message.</summary>
    public void Add(RequestState receive)
    {
        receive.Step = TransferStep.Pulling;
        _pulls.Add(receive);
    }

    /// <summary>One pass: a chunk, and whatever has become complete.</summary>
    /// <returns>How much was done; 0 when all waits for senders.</returns>
    public int Advance()
    {
        int done = _pulls.Count > 1 ? PullAtOnce() : 0;
        if (done > 0)
            return done;
        if (_open < OpenMax && _open < _pulls.Count)
            Open();
        for (int i = 0; i < _open; i++)
        {
            RequestState receive = _pulls[i];
            switch (_endpoint.AdvanceTransfer(ref receive.Copy))
            {
                case CopyStep.Copied:
                    return done + 1;
                case CopyStep.Complete:
                    Remove(i--);
                    core.Sends.AnswerDoneNow(receive.Peer, receive.RemoteCookie);
                    core.Progress.Complete(receive);
                    done++;
                    break;
                case CopyStep.Failed:
                    // Not permitted here (a container's rules, ptrace_scope), or the peer is gone, of which the transport will tell. It pushes from now on.
                    Remove(i--);
                    core.Sends.ChannelOf(receive.Peer).ForbidPull();
                    core.Sends.AskForFragments(receive);
                    done++;
                    break;
                case CopyStep.Waiting:
                    break;
            }
        }
        return done;
    }

    /// <summary>Stops copying from a peer that is gone, and so does not copy either.</summary>
    public void OnPeerLost(int peer)
    {
        for (int i = _pulls.Count - 1; i >= 0; i--)
        {
            if (_pulls[i].Peer != peer)
                continue;
            _pulls.RemoveAt(i);
            if (i < _open)
                _open--;
        }
    }

    /// <summary>Everything fails, and the buffers go back to the program: no peer may be copying into them.</summary>
    public void Close()
    {
        for (int i = 0; i < _open; i++)
        {
            // A peer that has stopped in the midst of its copy: what the collector could move stays pinned for good.
            if (!_endpoint.CloseTransfer(ref _pulls[i].Copy, s_closePatience))
                _pulls[i].Pin = default;
        }
    }

    /// <summary>A stream of short messages: the first ones of the same sender by one call, and then word of them all.</summary>
    /// <returns>How many; 0 when there are not several, or it was not possible.</returns>
    private int PullAtOnce()
    {
        int peer = _pulls[0].Peer, count = 0;
        nint bytes = 0;
        Span<NativeSpan> sources = stackalloc NativeSpan[Endpoint.PullsAtOnceMax], targets = stackalloc NativeSpan[Endpoint.PullsAtOnceMax];
        while (count < sources.Length && count < _pulls.Count && bytes < AtOnceBytesMax)
        {
            RequestState receive = _pulls[count];
            bool isOpenToBoth = count < _open && receive.Copy.IsShared;     // its sender may be copying
            if (receive.Peer != peer || isOpenToBoth || !_endpoint.IsPulledAtOnce(peer, receive.RemotePlace, receive.TransferBytes))
                break;
            sources[count] = new NativeSpan((nint)receive.RemotePlace, receive.TransferBytes);
            targets[count] = receive.Buffer.Fixed().Slice(0, receive.TransferBytes);
            bytes += receive.TransferBytes;
            _atOnce[count++] = receive;
        }
        if (count < 2 || !_endpoint.TryPullAtOnce(peer, sources[..count], targets[..count]))
            return 0;       // each by itself: that tells which one cannot be read, and why
        for (int i = 0; i < Math.Min(count, _open); i++)
            _endpoint.EndTransfer(in _pulls[i].Copy);
        _pulls.RemoveRange(0, count);
        _open = Math.Max(0, _open - count);
        for (int i = 0; i < count; i++)
        {
            RequestState receive = _atOnce[i]!;
            _atOnce[i] = null;
            core.Sends.AnswerDoneNow(receive.Peer, receive.RemoteCookie);
            core.Progress.Complete(receive);
        }
        return count;
    }

    private void Open()
    {
        do
        {
            RequestState receive = _pulls[_open];
            if (!_endpoint.TryOpenTransfer(
                receive.Peer, receive.RemoteCookie, receive.RemotePlace, receive.Buffer.Fixed().Slice(0, receive.TransferBytes), ref receive.Copy))
                return;
            _open++;
        }
        while (_open < OpenMax && _open < _pulls.Count);
    }

    private void Remove(int index)
    {
        _endpoint.EndTransfer(in _pulls[index].Copy);
        _pulls.RemoveAt(index);
        _open--;
    }
}
