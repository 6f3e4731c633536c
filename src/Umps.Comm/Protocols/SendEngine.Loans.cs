using System;
using Umps.Loans;
using Umps.Requests;
using Umps.Transport;

namespace Umps.Protocols;

/// <summary>Loaned blocks on their way out: a ticket within the node; elsewhere, and in a block of no bytes, a message as any other.</summary>
internal sealed partial class SendEngine
{
    /// <summary>The fast path: hands a block over, if nothing waits before it and there is room.</summary>
    public bool TryLoan(int endpoint, ulong context, int tag, uint typeHash, LoanState loan)
    {
        PeerChannel peer = ChannelOf(endpoint);
        return TakesTicket(peer, loan) && peer.FirstQueued is null && TryIssueLoan(peer, context, tag, typeHash, loan);
    }

    private bool TakesTicket(PeerChannel peer, LoanState loan) =>
        peer.LostReason is null && loan.LengthBytes > 0 && peer.Endpoint != _endpoint.Id && _endpoint.SharesMemoryWith(peer.Endpoint);

    private bool TryIssueLoan(PeerChannel peer, RequestState send, LoanState loan)
    {
        if (!TryIssueLoan(peer, send.Context, send.Tag, send.TypeHash, loan))
            return false;
        send.Loan = null;
        return true;
    }

    private bool TryIssueLoan(PeerChannel peer, ulong context, int tag, uint typeHash, LoanState loan)
    {
        Span<byte> payload = stackalloc byte[LoanTicket.SizeBytes];
        core.Loans.TicketOf(loan).Write(payload);
        var header = new FrameHeader { Kind = MessageKind.Loan, Word0 = context, Word1 = (uint)tag, Word2 = typeHash };
        if (!_endpoint.TrySend(peer.Endpoint, in header, payload))
            return false;
        core.Loans.HandedOver(loan, peer.Endpoint);
        return true;
    }
}
