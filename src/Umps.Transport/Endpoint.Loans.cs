using System.Collections.Generic;
using System.Numerics;
using System.Threading;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>Loans: contiguous blocks of this rank's arena that peers of the node read in place, and theirs that this rank reads.</summary>
/// <remarks>What crosses is a <see cref="LoanTicket"/>, in a message of the upper layer; how it is matched is that layer's. What another process wrote is checked.</remarks>
public sealed unsafe partial class Endpoint
{
    /// <summary>A block this long is entered into this process's page table when it is first read; a shorter one is by the fault that reads it, which takes as much.</summary>
    private const long PopulateBytesMin = 64 << 10;

    private LoanArena? _loans;
    private ulong[]?[]? _populated;         // by owner: chunks of its arena that are in this process's page table

    /// <summary>This rank's arena, made at first use.</summary>
    internal LoanArena Loans => _loans ??= new LoanArena(_mapping, _self.LocalIndex, _options.Shm.LoanKeptBytes);

    /// <summary>True when messages to this peer stay in the node's memory: it can read a block of it in place.</summary>
    internal bool SharesMemoryWith(int peer) => IsByShm(peer);

    /// <summary>Where a block of this rank lies.</summary>
    internal nint AddressOf(ArenaBlock block) => (nint)_mapping.At(Loans.OffsetOf(block));

    /// <summary>Names a block of this rank as it will be lent by the next <see cref="LoanArena.MarkOut"/>.</summary>
    internal LoanTicket TicketOf(ArenaBlock block, long lengthBytes) =>
        new(_self.LocalIndex, (uint)block.Slot, block.Generation + 1, Loans.OffsetOf(block), lengthBytes);

    /// <summary>True for a block of this rank's own arena.</summary>
    internal bool Owns(in LoanTicket ticket) => ticket.Owner == _self.LocalIndex;

    /// <summary>A block of this rank has come back to it, by a message: it is this process's again.</summary>
    /// <returns>Null when the ticket is of another rank, or the block is not lent so.</returns>
    internal ArenaBlock? TryAdopt(in LoanTicket ticket) =>
        Owns(in ticket) && Loans.TryAdopt(ticket.Slot, ticket.Generation) is { } block && ticket.Offset == Loans.OffsetOf(block) ? block : null;

    /// <summary>Finds the memory of a block that a peer has lent.</summary>
    /// <returns>Its address; 0 when the ticket names no memory of the peer's arena.</returns>
    internal nint Open(in LoanTicket ticket)
    {
        PoolLayout layout = _mapping.Layout;
        if ((uint)ticket.Owner >= (uint)layout.Ranks || ticket.Slot >= PoolLayout.LoanSlots)
            return 0;
        long begin = ticket.Offset - layout.Loans(ticket.Owner);
        if (begin < 0 || ticket.LengthBytes < 1 || begin > layout.LoanBytes || ticket.LengthBytes > layout.LoanBytes - begin)
            return 0;
        if (ticket.LengthBytes >= PopulateBytesMin)
            Populate(ticket.Owner, begin, ticket.LengthBytes);
        return (nint)_mapping.At(ticket.Offset);
    }

    /// <summary>Gives a peer's block back. The ticket has been opened.</summary>
    /// <remarks>A word of memory, nothing else: the owner finds it there when it wants a block.</remarks>
    internal void Return(in LoanTicket ticket) =>
        Volatile.Write(ref ((uint*)_mapping.At(_mapping.Layout.LoanReturns(ticket.Owner)))[ticket.Slot], ticket.Generation);

    private void Populate(int owner, long begin, long lengthBytes)
    {
        _populated ??= new ulong[]?[_mapping.Layout.Ranks];
        ulong[] chunks = _populated[owner] ??= new ulong[((_mapping.Layout.LoanBytes >> ArenaPages.ChunkShift) + 63) / 64];
        long chunk = begin >> ArenaPages.ChunkShift, end = (begin + lengthBytes) >> ArenaPages.ChunkShift;
        while (chunk < end)
        {
            ulong missing = ~chunks[chunk / 64] >> (int)(chunk % 64);
            if ((missing & 1) == 0)
            {
                chunk = missing == 0 ? (chunk | 63) + 1 : chunk + BitOperations.TrailingZeroCount(missing);
                continue;
            }
            long first = chunk;
            for (; chunk < end && (chunks[chunk / 64] & (1UL << (int)(chunk % 64))) == 0; chunk++)
                chunks[chunk / 64] |= 1UL << (int)(chunk % 64);
            Interop.Linux.Populate(_mapping.At(_mapping.Layout.Loans(owner) + (first << ArenaPages.ChunkShift)), (chunk - first) << ArenaPages.ChunkShift);
        }
    }

    private void ShowLoans(List<KeyValuePair<string, long>> pool)
    {
        pool.Add(new("loan-arena-bytes", _mapping.Layout.LoanBytes));
        if (_loans is null)
            return;
        pool.Add(new("loan-memory-bytes", _loans.ExistingBytes));
        pool.Add(new("loans-held", _loans.HeldCount));
        pool.Add(new("loans-out", _loans.OutCount));
    }
}
