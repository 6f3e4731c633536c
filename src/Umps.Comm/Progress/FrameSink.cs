using System;
using Umps.Protocols;
using Umps.Transport;

namespace Umps.Progress;

/// <summary>What Endpoint.Poll calls for arrivals: one switch by kind, compiled into the agents' loops.</summary>
internal readonly struct FrameSink(RankCore core) : IFrameHandler
{
    /// <inheritdoc/>
    public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload)
    {
        if (core.IsFaulted)
            return;             // every operation has been failed; what still arrives is nobody's
        if (header.Kind == MessageKind.Eager)
            core.Receives.OnEager(peer, in header, ref payload);
        else
            OnControl(peer, in header, ref payload);
    }

    /// <inheritdoc/>
    public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes) =>
        core.Receives.OnFragmentBegin(peer, in header, lengthBytes);

    /// <inheritdoc/>
    public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes) =>
        core.Receives.OnFragmentEnd(peer, in header, lengthBytes);

    /// <inheritdoc/>
    public void OnPeerLost(int peer, string reason)
    {
        if (!core.IsFaulted)
            core.OnPeerLost(peer, reason);
    }

    private void OnControl(int peer, in FrameHeader header, scoped ref Arrival payload)
    {
        Span<byte> bytes = stackalloc byte[LoanTicket.SizeBytes];         // the longest of them
        switch (header.Kind)
        {
            case MessageKind.Loan when payload.LengthBytes == LoanTicket.SizeBytes:
                payload.CopyTo(bytes);
                core.Receives.OnLoan(peer, in header, LoanTicket.Read(bytes));
                break;
            case MessageKind.RendezvousRequest when payload.LengthBytes == RendezvousRequest.SizeBytes:
                payload.CopyTo(bytes);
                core.Receives.OnRendezvousRequest(peer, in header, RendezvousRequest.Read(bytes));
                break;
            case MessageKind.ClearToSend when payload.LengthBytes == ClearToSend.SizeBytes:
                payload.CopyTo(bytes);
                core.Sends.OnClearToSend(peer, header.Word0, ClearToSend.Read(bytes));
                break;
            case MessageKind.Done when payload.LengthBytes == 0:
                core.Sends.OnDone(peer, header.Word0);
                break;
            default:
                core.Fault(Throw.Malformed(core, peer, $"a message of kind {header.Kind:x2} with {payload.LengthBytes} bytes"));
                break;
        }
    }
}
