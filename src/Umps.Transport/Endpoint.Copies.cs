using System;
using Umps.Transport.Agents.Shm;

namespace Umps.Transport;

/// <summary>Copying across: long messages between the buffers of two ranks of the node.</summary>
public sealed unsafe partial class Endpoint
{
    /// <summary>True when the memory of this peer's process can be read and written directly (process_vm_readv, or the same process). Tried at the first question after the peer has attached; false before.</summary>
    public bool CanCopyAcross(int peer) => IsByShm(peer) && _shm!.CanCopyAcross(peer);

    /// <summary>True when a message to a peer of the node, though it may be sent at once, had better be announced, and copied once, by the receiver.</summary>
    /// <param name="peer">The receiver.</param>
    /// <param name="fixedAddress">Where it lies, if it does not move; else 0.</param>
    /// <param name="lengthBytes">Its length.</param>
    internal bool IsBetterCopiedOnce(int peer, nint fixedAddress, nint lengthBytes) => _shm!.IsBetterCopiedOnce(peer, fixedAddress, lengthBytes);

    /// <summary>Reads from the peer's memory.</summary>
    /// <returns>Errno.None when all was copied; EPERM, ESRCH or EFAULT otherwise.</returns>
    internal Interop.Errno CopyFrom(int peer, nint remoteAddress, NativeSpan destination) =>
        IsByShm(peer) ? _shm!.CopyFrom(peer, remoteAddress, destination) : Interop.Errno.EPERM;

    /// <summary>What a peer is told of where a buffer is: its address, or the complement of its offset where it lies in the node's memory.</summary>
    internal long PlaceOf(int peer, NativeSpan buffer) => IsByShm(peer) ? _shm!.PlaceOf(buffer) : buffer.Address;

    /// <summary>True when memory at a peer's place can be copied here, without the peer's help.</summary>
    internal bool CanPull(int peer, long sourcePlace, nint lengthBytes) => IsByShm(peer) && _shm!.CanPull(peer, sourcePlace, lengthBytes);

    /// <summary>True when the receiver copies a message without the sender's help, and is allowed to: too short for two.</summary>
    internal bool IsPulledAlone(int peer, long sourcePlace, nint lengthBytes) => IsByShm(peer) && _shm!.IsPulledAlone(peer, sourcePlace, lengthBytes);

    /// <summary>Receiver: copies a message, for which <see cref="IsPulledAlone"/> has been true, out of its sender's memory.</summary>
    /// <returns>False when it could not be read.</returns>
    internal bool TryPullAlone(int peer, long sourcePlace, NativeSpan target) => _shm!.TryPullAlone(peer, sourcePlace, target);

    /// <summary>Receiver: messages that <see cref="TryPullAtOnce"/> takes.</summary>
    internal const int PullsAtOnceMax = Interop.Linux.GatherMax;

    /// <summary>True when a message is one of those that are pulled several at once, by the kernel; not one that is open to its sender's help already.</summary>
    internal bool IsPulledAtOnce(int peer, long sourcePlace, nint lengthBytes) => _shm!.IsPulledAtOnce(peer, sourcePlace, lengthBytes);

    /// <summary>Receiver: copies several messages out of one sender's memory, for each of which <see cref="IsPulledAtOnce"/> has been true.</summary>
    /// <returns>False when not all could be; each may still be tried by itself.</returns>
    internal bool TryPullAtOnce(int peer, ReadOnlySpan<NativeSpan> sources, ReadOnlySpan<NativeSpan> targets) => _shm!.TryPullAtOnce(peer, sources, targets);

    /// <summary>Receiver: begins to copy a message out of its sender's memory; <see cref="CanPull"/> has been true.</summary>
    /// <param name="peer">The sender.</param>
    /// <param name="senderCookie">What the sender knows the message by.</param>
    /// <param name="sourcePlace">Where it is.</param>
    /// <param name="target">Where it goes; stays there until <see cref="EndTransfer"/>.</param>
    /// <param name="transfer">The transfer.</param>
    /// <returns>False when too many are open with this peer.</returns>
    internal bool TryOpenTransfer(int peer, ulong senderCookie, long sourcePlace, NativeSpan target, ref CrossTransfer transfer) =>
        _shm!.TryOpenTransfer(peer, senderCookie, sourcePlace, target, ref transfer);

    /// <summary>Receiver: copies a chunk, if one is free.</summary>
    internal CopyStep AdvanceTransfer(ref CrossTransfer transfer) => _shm!.AdvanceTransfer(ref transfer);

    /// <summary>Receiver: the transfer is complete or has failed, and the sender copies nothing of it any more.</summary>
    internal void EndTransfer(in CrossTransfer transfer) => _shm!.EndTransfer(in transfer);

    /// <summary>Receiver: takes a transfer under way from the sender, because the buffer goes back to the program.</summary>
    /// <returns>False when the sender is still copying and the patience is over.</returns>
    internal bool CloseTransfer(ref CrossTransfer transfer, TimeSpan patience) => _shm!.CloseTransfer(ref transfer, patience);

    /// <summary>Sender: finds the oldest transfer of this peer in which there is something left to copy. The peer has been announced a message.</summary>
    internal bool TryFindOffer(int peer, out TransferOffer offer) => _shm!.TryFindOffer(peer, out offer);

    /// <summary>Sender: leaves this transfer to the receiver.</summary>
    internal void SkipOffer(in TransferOffer offer) => _shm!.SkipOffer(in offer);

    /// <summary>Sender: copies one chunk of a transfer.</summary>
    /// <param name="offer">As found.</param>
    /// <param name="source">The message; at least as long as the transfer.</param>
    /// <returns>False when nothing was copied: the receiver was first, or the peer's memory cannot be written.</returns>
    internal bool CopyShare(in TransferOffer offer, NativeSpan source) => _shm!.CopyShare(in offer, source);

    /// <summary>Sender: its buffers go back to the program; takes what is free of the peer's transfers, and waits for what the peer copies now. Only where the peer lives in this process.</summary>
    internal void WithdrawOffers(int peer, TimeSpan patience) => _shm!.WithdrawOffers(peer, patience);
}
