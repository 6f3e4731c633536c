using System;
using Umps.Progress;
using Umps.Transport;

namespace Umps.Protocols;

/// <summary>The handler of a blocking receive that has posted nothing: the message it waits for goes straight into the caller's memory, every other one where it always goes.</summary>
internal struct DirectSink(RankCore core, ulong context, int tag, uint typeHash, NativeSpan buffer) : IFrameHandler
{
    /// <summary>True once the message has come.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Its tag.</summary>
    public int Tag { get; private set; }

    /// <summary>Its length.</summary>
    public int LengthBytes { get; private set; }

    /// <summary>True once the message is announced, and this rank alone is to copy it.</summary>
    public bool IsAnnounced { get; private set; }

    /// <summary>The announcement's header.</summary>
    public FrameHeader Header { get; private set; }

    /// <summary>And what it says.</summary>
    public RendezvousRequest Request { get; private set; }

    /// <inheritdoc/>
    /// <remarks>What is wrong with a message (too long, of another type) is told by the ordinary way: it waits there for the receive that is posted next.</remarks>
    public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload)
    {
        int length = payload.LengthBytes;
        if (header.Kind == MessageKind.Eager && IsWanted(in header) && length <= buffer.LengthBytes)
        {
            payload.CopyTo(buffer.Slice(0, length).AsSpan());
            Tag = (int)header.Word1;
            LengthBytes = length;
            IsDone = true;
            return;
        }
        if (header.Kind == MessageKind.RendezvousRequest && IsWanted(in header) && payload.LengthBytes == RendezvousRequest.SizeBytes)
        {
            Span<byte> bytes = stackalloc byte[RendezvousRequest.SizeBytes];
            payload.CopyTo(bytes);
            var request = RendezvousRequest.Read(bytes);
            if (request.LengthBytes > 0 && request.LengthBytes <= buffer.LengthBytes && core.Receives.IsPulledAlone(peer, in request))
            {
                IsAnnounced = true;
                Header = header;
                Request = request;
                return;
            }
        }
        new FrameSink(core).OnMessage(peer, in header, ref payload);
    }

    /// <inheritdoc/>
    public readonly NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes) => new FrameSink(core).OnFragmentBegin(peer, in header, lengthBytes);

    /// <inheritdoc/>
    public readonly void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes) => new FrameSink(core).OnFragmentEnd(peer, in header, lengthBytes);

    /// <inheritdoc/>
    public readonly void OnPeerLost(int peer, string reason) => new FrameSink(core).OnPeerLost(peer, reason);

    private readonly bool IsWanted(in FrameHeader header) =>
        header.Word0 == context && ((int)header.Word1 == tag || tag == Comm.AnyTag) && header.Word2 == typeHash;
}
