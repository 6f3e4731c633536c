using System;
using Umps.Buffers;
using Umps.Loans;
using Umps.Matching;
using Umps.Requests;
using Umps.Transport;

namespace Umps.Protocols;

/// <summary>Loaned blocks that come in: handed to a receive that takes a block, copied out for one that does not.</summary>
internal sealed partial class ReceiveEngine
{
    /// <summary>A block is handed over.</summary>
    public void OnLoan(int peer, in FrameHeader header, in LoanTicket ticket)
    {
        if (core.Loans.TryOpen(in ticket) is { } loan)
            OnLoan(header.Word0, peer, (int)header.Word1, header.Word2, loan);
        else
            core.Fault(Throw.MalformedLoan(core, peer, in ticket));
    }

    /// <summary>This rank sends a block to itself: it stays where it is.</summary>
    public void OnSelfLoan(RequestState send, LoanState loan)
    {
        HasSentToSelf = true;
        send.Loan = null;
        OnLoan(send.Context, send.Peer, send.Tag, send.TypeHash, loan);
        core.Progress.Complete(send, Status.Empty);
    }

    private void OnLoan(ulong context, int peer, int tag, uint typeHash, LoanState loan)
    {
        ContextQueues queues = core.Matching.QueuesOf(context);
        RequestState? receive = queues.Posted.Take(peer, tag);
        if (receive is not null)
        {
            Hand(receive, peer, tag, typeHash, loan);
            return;
        }
        UnexpectedMessage message = core.Matching.RentUnexpected();
        message.Source = peer;
        message.Tag = tag;
        message.TypeHash = typeHash;
        message.LengthBytes = loan.LengthBytes;
        message.Place = PayloadPlace.Loaned;
        message.Loan = loan;
        core.AddUnexpected(queues, message);
    }

    /// <summary>A block has met its receive.</summary>
    private void Hand(RequestState receive, int peer, int tag, uint typeHash, LoanState loan)
    {
        receive.IsPlain = false;
        if (receive.TakesLoan)
        {
            if (AcceptType(receive, peer, tag, typeHash, loan.LengthBytes))
                receive.Loan = loan;
            else
                core.Loans.Release(loan);
        }
        else
        {
            if (Accept(receive, peer, tag, typeHash, loan.LengthBytes))
            {
                receive.Pin.Pin(in receive.Buffer);
                SpanBytes.Copy(new NativeSpan(loan.Address, loan.LengthBytes), receive.Buffer.Fixed());
            }
            core.Loans.Release(loan);
        }
        core.Progress.Complete(receive);
    }

    /// <summary>A message that is no block has met a receive that takes one: its bytes go to a block of this rank.</summary>
    private bool TakeBlock(RequestState receive, nint lengthBytes)
    {
        try
        {
            receive.Loan = core.Loans.TryTake(lengthBytes);
        }
        catch (UmpsException cause)
        {
            receive.Error = Throw.NoLoanMemory(core, Throw.CallOf(receive), lengthBytes, cause);
            return false;
        }
        if (receive.Loan is not { } loan)
        {
            receive.Error = Throw.LoanArenaFull(core, Throw.CallOf(receive), lengthBytes);
            return false;
        }
        receive.Buffer = new BufferRef(new NativeSpan(loan.Address, lengthBytes));
        return true;
    }
}
