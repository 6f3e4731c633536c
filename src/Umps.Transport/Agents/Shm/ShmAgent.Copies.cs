using System;
using System.Threading;
using Umps.Transport.Interop;
using Umps.Transport.Polling;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Shm;

/// <summary>Long messages copied once, straight between the two buffers: by the receiver from the front, and by a sender that waits from the back.</summary>
/// <remarks>
/// A place names memory across processes: an address in the process of who says it, or, where it lies in the node's memory, its offset there, as a complement (so it is
/// negative). Nobody returns on "all claimed": the receiver ends a transfer when both sides' chunks are done, and only then tells the sender.
/// </remarks>
internal sealed unsafe partial class ShmAgent
{
    /// <summary>Copied in one step by a receiver alone.</summary>
    private const nint AloneBytesMax = 1 << 20;

    /// <summary>Chunks the receiver takes at once while no sender has shown itself.</summary>
    private const uint ChunksAlone = 4;

    /// <inheritdoc cref="Endpoint.CanCopyAcross"/>
    public bool CanCopyAcross(int peer)
    {
        ShmPeer from = _peers[peer]!;
        if (from.CopyWay == CrossCopyWay.Unknown)
            from.CopyWay = CrossCopy.Probe(_memory, from.Local, _crossCopy);
        return from.CopyWay is CrossCopyWay.SameProcess or CrossCopyWay.System;
    }

    /// <inheritdoc cref="Endpoint.IsBetterCopiedOnce"/>
    /// <remarks>Not on a crowded node: there an announcement costs two switches more.</remarks>
    public bool IsBetterCopiedOnce(int peer, nint fixedAddress, nint lengthBytes)
    {
        if (_poller.IsCrowded)
            return false;
        return (lengthBytes > _uncrowdedEagerBytesMax && CanCopyAcross(peer)) || (fixedAddress != 0 && _memory.TryOffsetOf(fixedAddress, lengthBytes, out _));
    }

    /// <inheritdoc cref="Endpoint.CopyFrom"/>
    public Errno CopyFrom(int peer, nint remoteAddress, NativeSpan destination)
    {
        if (!CanCopyAcross(peer))
            return Errno.EPERM;
        ShmPeer from = _peers[peer]!;
        _counters.CopiedAcrossBytes += destination.LengthBytes;
        return CrossCopy.Read(from.CopyWay, from.Identity, remoteAddress, destination);
    }

    /// <inheritdoc cref="Endpoint.CanPull"/>
    public bool CanPull(int peer, long sourcePlace, nint lengthBytes) =>
        sourcePlace < 0 ? _memory.Contains(~sourcePlace, lengthBytes) : CanCopyAcross(peer);

    /// <inheritdoc cref="Endpoint.IsPulledAlone"/>
    public bool IsPulledAlone(int peer, long sourcePlace, nint lengthBytes) =>
        CanPull(peer, sourcePlace, lengthBytes) && !ChunkSize.IsWorthSharing(lengthBytes);

    /// <inheritdoc cref="Endpoint.TryPullAlone"/>
    public bool TryPullAlone(int peer, long sourcePlace, NativeSpan target)
    {
        ShmPeer from = _peers[peer]!;
        _counters.CopiedAcrossBytes += target.LengthBytes;
        return sourcePlace < 0
            ? CrossCopy.Read(CrossCopyWay.SameProcess, from.Identity, (nint)_memory.At(~sourcePlace), target) == Errno.None
            : CrossCopy.Read(from.CopyWay, from.Identity, (nint)sourcePlace, target) == Errno.None;
    }

    /// <inheritdoc cref="Endpoint.IsPulledAtOnce"/>
    public bool IsPulledAtOnce(int peer, long sourcePlace, nint lengthBytes) =>
        sourcePlace >= 0 && _peers[peer]!.CopyWay == CrossCopyWay.System && ChunkSize.IsOneOfMany(lengthBytes);

    /// <inheritdoc cref="Endpoint.TryPullAtOnce"/>
    public bool TryPullAtOnce(int peer, ReadOnlySpan<NativeSpan> sources, ReadOnlySpan<NativeSpan> targets)
    {
        Span<Linux.VmVector> from = stackalloc Linux.VmVector[Linux.GatherMax], to = stackalloc Linux.VmVector[Linux.GatherMax];
        nint bytes = 0;
        for (int i = 0; i < sources.Length; i++)
        {
            from[i] = new Linux.VmVector { Address = sources[i].Address, LengthBytes = sources[i].LengthBytes };
            to[i] = new Linux.VmVector { Address = targets[i].Address, LengthBytes = targets[i].LengthBytes };
            bytes += targets[i].LengthBytes;
        }
        if (!Linux.TryReadProcessMemory(_peers[peer]!.Identity->ProcessId, from[..sources.Length], to[..targets.Length], bytes))
            return false;
        _counters.CopiedAcrossBytes += bytes;
        return true;
    }

    /// <inheritdoc cref="Endpoint.TryOpenTransfer"/>
    public bool TryOpenTransfer(int peer, ulong senderCookie, long sourcePlace, NativeSpan target, ref CrossTransfer transfer)
    {
        ShmPeer from = _peers[peer]!;
        bool plain = sourcePlace < 0 || from.CopyWay == CrossCopyWay.SameProcess;
        bool shared = ChunkSize.IsWorthSharing(target.LengthBytes);
        if (shared && from.InOpened - from.InEnded >= TransferLines.Count)
            return false;
        transfer = new CrossTransfer
        {
            Peer = peer,
            IsShared = shared,
            IsPlain = plain,
            Source = sourcePlace < 0 ? (nint)_memory.At(~sourcePlace) : (nint)sourcePlace,
            Target = target,
        };
        if (!shared)
            return true;

        uint number = ++from.InOpened;
        TransferLines* line = LineOf(from.InLines, number);
        transfer.Number = number;
        transfer.ChunkBytes = ChunkSize.Of(target.LengthBytes);
        transfer.Chunks = (uint)((target.LengthBytes + transfer.ChunkBytes - 1) / transfer.ChunkBytes);
        line->SenderCookie = senderCookie;
        line->LengthBytes = target.LengthBytes;
        line->TargetPlace = PlaceOf(target);
        line->ChunkBytes = (int)transfer.ChunkBytes;
        line->Chunks = (int)transfer.Chunks;
        line->FrontDone = 0;
        Volatile.Write(ref line->Claims, TransferLines.Word(number, 0, 0));
        Volatile.Write(ref from.InLines->TransfersOpened, number);
        return true;
    }

    /// <inheritdoc cref="Endpoint.AdvanceTransfer"/>
    public CopyStep AdvanceTransfer(ref CrossTransfer transfer)
    {
        ShmPeer from = _peers[transfer.Peer]!;
        if (!transfer.IsShared)
            return AdvanceAlone(from, ref transfer);
        TransferLines* line = LineOf(from.InLines, transfer.Number);
        bool copied = false;
        if (!transfer.IsClaimed && ClaimFront(line, ref transfer, out uint first, out uint count))
        {
            if (!CopyChunks(from, ref transfer, first, count))
                return GiveUp(line, ref transfer);
            transfer.FrontDone = first + count;
            Volatile.Write(ref line->FrontDone, transfer.FrontDone);
            copied = true;
        }
        if (!transfer.IsClaimed)
            return CopyStep.Copied;
        CopyStep step = LookAtBack(from, line, ref transfer);
        return copied && step == CopyStep.Waiting ? CopyStep.Copied : step;
    }

    /// <inheritdoc cref="Endpoint.EndTransfer"/>
    public void EndTransfer(in CrossTransfer transfer)
    {
        if (!transfer.IsShared)
            return;
        ShmPeer from = _peers[transfer.Peer]!;
        from.InEndedBits |= 1u << (int)(transfer.Number % TransferLines.Count);
        while (from.InEnded != from.InOpened)
        {
            uint bit = 1u << (int)((from.InEnded + 1) % TransferLines.Count);
            if ((from.InEndedBits & bit) == 0)
                break;
            from.InEndedBits &= ~bit;
            from.InEnded++;
        }
    }

    /// <inheritdoc cref="Endpoint.CloseTransfer"/>
    public bool CloseTransfer(ref CrossTransfer transfer, TimeSpan patience)
    {
        if (!transfer.IsShared)
            return true;
        ShmPeer from = _peers[transfer.Peer]!;
        TransferLines* line = LineOf(from.InLines, transfer.Number);
        if (!transfer.IsClaimed)
            ClaimRest(line, ref transfer);
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (BackDone(line, in transfer, out _) < transfer.Back)
        {
            if (Volatile.Read(ref from.Identity->State) == IdentityLine.Left)
                return true;
            if (Environment.TickCount64 >= deadline)
                return false;
            Thread.Yield();
        }
        return true;
    }

    /// <inheritdoc cref="Endpoint.TryFindOffer"/>
    public bool TryFindOffer(int peer, out TransferOffer offer)
    {
        ShmPeer to = _peers[peer]!;
        uint opened = Volatile.Read(ref to.OutLines->TransfersOpened);
        while (to.OutSeen != opened)
        {
            if (opened - to.OutSeen > TransferLines.Count)
                to.OutSeen = opened - TransferLines.Count;          // the lines of those before serve later ones
            uint number = to.OutSeen + 1;
            TransferLines* line = LineOf(to.OutLines, number);
            ulong claims = Volatile.Read(ref line->Claims);
            uint chunks = (uint)line->Chunks;
            if (TransferLines.Number(claims) == TransferLines.NumberOf(number) && TransferLines.Front(claims) + TransferLines.Back(claims) < chunks)
            {
                offer = new TransferOffer
                {
                    Peer = peer,
                    Number = number,
                    Claims = claims,
                    SenderCookie = line->SenderCookie,
                    LengthBytes = line->LengthBytes,
                    TargetPlace = line->TargetPlace,
                    ChunkBytes = line->ChunkBytes,
                    Chunks = chunks,
                };
                return true;
            }
            to.OutSeen = number;
        }
        offer = default;
        return false;
    }

    /// <inheritdoc cref="Endpoint.SkipOffer"/>
    public void SkipOffer(in TransferOffer offer) => _peers[offer.Peer]!.OutSeen = offer.Number;

    /// <inheritdoc cref="Endpoint.CopyShare"/>
    public bool CopyShare(in TransferOffer offer, NativeSpan source)
    {
        ShmPeer to = _peers[offer.Peer]!;
        if (offer.TargetPlace < 0 ? !_memory.Contains(~offer.TargetPlace, (nint)offer.LengthBytes) : to.HasFailedToWrite || !CanCopyAcross(offer.Peer))
        {
            SkipOffer(in offer);
            return false;
        }
        TransferLines* line = LineOf(to.OutLines, offer.Number);
        if (Interlocked.CompareExchange(ref line->Claims, offer.Claims + (1UL << TransferLines.ChunkBits), offer.Claims) != offer.Claims)
            return false;       // the receiver has claimed meanwhile: the offer is read anew

        uint back = TransferLines.Back(offer.Claims);
        nint offset = (nint)(offer.Chunks - 1 - back) * offer.ChunkBytes;
        NativeSpan part = source.Slice(offset, Math.Min(offer.ChunkBytes, (nint)offer.LengthBytes - offset));
        bool copied = WriteAcross(to, offer.TargetPlace, offset, part);
        uint done = copied ? back + 1 : back | TransferLines.Failed;
        Volatile.Write(ref line->BackDone, ((ulong)TransferLines.NumberOf(offer.Number) << 32) | done);
        if (copied)
            _counters.CopiedForPeerBytes += part.LengthBytes;
        else
            to.HasFailedToWrite = true;
        ulong claims = Volatile.Read(ref line->Claims);
        bool mayWait = TransferLines.Front(claims) + TransferLines.Back(claims) >= offer.Chunks;
        if (mayWait && Doorbell.RingIfArmed(to.Doorbell, to.EventDescriptor, control: true))
            _poller.CountRing();
        return true;
    }

    /// <inheritdoc cref="Endpoint.WithdrawOffers"/>
    public void WithdrawOffers(int peer, TimeSpan patience)
    {
        ShmPeer to = _peers[peer]!;
        if (!to.CanSend || !_memory.IsAttachedHere(to.Local))
            return;
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        uint opened = Volatile.Read(ref to.OutLines->TransfersOpened);
        for (uint number = opened - Math.Min(opened, TransferLines.Count) + 1; number != opened + 1; number++)
        {
            TransferLines* line = LineOf(to.OutLines, number);
            ulong claims = Volatile.Read(ref line->Claims);
            while (TransferLines.Number(claims) == TransferLines.NumberOf(number))
            {
                uint rest = (uint)line->Chunks - TransferLines.Front(claims) - TransferLines.Back(claims);
                ulong before = Interlocked.CompareExchange(ref line->Claims, claims + ((ulong)rest << TransferLines.ChunkBits), claims);
                if (before == claims)
                    break;
                claims = before;
            }
            while (TransferLines.Number(claims) == TransferLines.NumberOf(number)
                && Volatile.Read(ref line->FrontDone) < TransferLines.Front(claims) && Environment.TickCount64 < deadline)
                Thread.Yield();
        }
    }

    /// <inheritdoc cref="Endpoint.PlaceOf"/>
    public long PlaceOf(NativeSpan buffer)
    {
        if (_memory.TryOffsetOf(buffer.Address, buffer.LengthBytes, out long offset))
            return ~offset;
        _hotRanges?.Note(buffer.Address, buffer.LengthBytes);
        return buffer.Address;
    }

    private CopyStep AdvanceAlone(ShmPeer from, ref CrossTransfer transfer)
    {
        nint done = (nint)transfer.FrontDone * AloneBytesMax;
        nint bytes = Math.Min(transfer.Target.LengthBytes - done, AloneBytesMax);
        if (!ReadAcross(from, in transfer, done, bytes))
            return CopyStep.Failed;
        transfer.FrontDone++;
        return done + bytes == transfer.Target.LengthBytes ? CopyStep.Complete : CopyStep.Copied;
    }

    private static bool ClaimFront(TransferLines* line, ref CrossTransfer transfer, out uint first, out uint count)
    {
        ulong claims = Volatile.Read(ref line->Claims);
        while (true)
        {
            first = TransferLines.Front(claims);
            uint back = TransferLines.Back(claims);
            uint rest = transfer.Chunks - first - back;
            if (rest == 0)
            {
                transfer.Back = back;
                transfer.IsClaimed = true;
                count = 0;
                return false;
            }
            count = back == 0 && first > 0 ? Math.Min(ChunksAlone, rest) : 1;
            ulong before = Interlocked.CompareExchange(ref line->Claims, claims + count, claims);
            if (before == claims)
            {
                transfer.IsClaimed = count == rest;
                transfer.Back = back;
                return true;
            }
            claims = before;
        }
    }

    /// <summary>Takes all that is free, so that the sender finds nothing more.</summary>
    private static void ClaimRest(TransferLines* line, ref CrossTransfer transfer)
    {
        ulong claims = Volatile.Read(ref line->Claims);
        while (true)
        {
            uint rest = transfer.Chunks - TransferLines.Front(claims) - TransferLines.Back(claims);
            ulong before = Interlocked.CompareExchange(ref line->Claims, claims + rest, claims);
            if (before == claims)
                break;
            claims = before;
        }
        transfer.Back = TransferLines.Back(claims);
        transfer.IsClaimed = true;
    }

    private CopyStep GiveUp(TransferLines* line, ref CrossTransfer transfer)
    {
        transfer.HasFailed = true;
        if (!transfer.IsClaimed)
            ClaimRest(line, ref transfer);
        return LookAtBack(_peers[transfer.Peer]!, line, ref transfer);
    }

    /// <summary>Everything is claimed: is what the sender has claimed there?</summary>
    private CopyStep LookAtBack(ShmPeer from, TransferLines* line, ref CrossTransfer transfer)
    {
        uint done = BackDone(line, in transfer, out bool failed);
        if (failed && !transfer.HasFailed && done < transfer.Back)
        {
            // What the sender has claimed and could not write is read here after all.
            if (!CopyChunks(from, ref transfer, transfer.Chunks - transfer.Back, transfer.Back - done))
                transfer.HasFailed = true;
            transfer.Back = done;
        }
        if (done < transfer.Back && !failed)
            return CopyStep.Waiting;
        return transfer.HasFailed ? CopyStep.Failed : CopyStep.Complete;
    }

    private static uint BackDone(TransferLines* line, in CrossTransfer transfer, out bool failed)
    {
        failed = false;
        if (transfer.Back == 0)
            return 0;
        ulong word = Volatile.Read(ref line->BackDone);
        if ((uint)(word >> 32) != TransferLines.NumberOf(transfer.Number))
            return 0;
        failed = ((uint)word & TransferLines.Failed) != 0;
        return (uint)word & ~TransferLines.Failed;
    }

    private bool CopyChunks(ShmPeer from, ref CrossTransfer transfer, uint first, uint count)
    {
        nint offset = (nint)first * transfer.ChunkBytes;
        return ReadAcross(from, in transfer, offset, Math.Min((nint)count * transfer.ChunkBytes, transfer.Target.LengthBytes - offset));
    }

    private bool ReadAcross(ShmPeer from, in CrossTransfer transfer, nint offset, nint bytes)
    {
        _counters.CopiedAcrossBytes += bytes;
        NativeSpan target = transfer.Target.Slice(offset, bytes);
        return CrossCopy.Read(transfer.IsPlain ? CrossCopyWay.SameProcess : from.CopyWay, from.Identity, transfer.Source + offset, target) == Errno.None;
    }

    private bool WriteAcross(ShmPeer to, long place, nint offset, NativeSpan source)
    {
        bool inNodeMemory = place < 0;
        nint target = inNodeMemory ? (nint)_memory.At(~place) : (nint)place;
        return CrossCopy.Write(inNodeMemory ? CrossCopyWay.SameProcess : to.CopyWay, to.Identity, target + offset, source) == Errno.None;
    }

    private static TransferLines* LineOf(PairLines* pair, uint number) =>
        (TransferLines*)((byte*)pair + PairLines.TransfersOffset) + (number % TransferLines.Count);
}
