using System;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Umps.Transport.Agents;

/// <summary>Payloads that the layer above keeps: copies in native memory, recycled by size, whose credit goes back at their release.</summary>
/// <remarks>
/// A token is the address of a block: 16 bytes of <see cref="BlockHead"/>, then the payload. Blocks are powers of two; a free one is kept for reuse up to
/// <see cref="KeptBytesMax"/> in all. How much can be held is bounded by the peers' credit.
/// </remarks>
internal sealed unsafe class HeldPayloads(ICreditOwner agent) : IPayloadHolder, IDisposable
{
    private const int KeptBytesMax = 8 * 1024 * 1024;
    private const int SmallestShift = 7;
    private const int Classes = 20;

    private readonly nint[] _free = new nint[Classes];
    private int _keptBytes;
    private bool _closed;

    /// <summary>Payloads held now.</summary>
    public int Count { get; private set; }

    /// <summary>Set when an arrival is held: the reader of the connection then leaves its credit to the release.</summary>
    public bool HeldArrival { get; set; }

    /// <inheritdoc/>
    public void CopyUnits(in Arrival arrival, Span<byte> destination) => throw new InvalidOperationException("payloads of this agent lie in one piece");

    /// <inheritdoc/>
    public long Hold(in Arrival arrival)
    {
        int length = arrival.LengthBytes;
        int sizeClass = Math.Max(0, BitOperations.Log2((uint)(length + sizeof(BlockHead) - 1)) + 1 - SmallestShift);
        BlockHead* block = (BlockHead*)_free[sizeClass];
        if (block != null)
        {
            _free[sizeClass] = block->Next;
            _keptBytes -= 1 << (sizeClass + SmallestShift);
        }
        else
        {
            block = (BlockHead*)NativeMemory.Alloc((nuint)1 << (sizeClass + SmallestShift));
        }
        block->Next = sizeClass;
        block->Peer = arrival.Peer;
        block->LengthBytes = length;
        new ReadOnlySpan<byte>(arrival.Bytes, length).CopyTo(new Span<byte>(block + 1, length));
        Count++;
        HeldArrival = true;
        return (nint)block;
    }

    /// <inheritdoc/>
    public void CopyHeld(long token, Span<byte> destination)
    {
        BlockHead* block = (BlockHead*)token;
        new ReadOnlySpan<byte>(block + 1, Math.Min(block->LengthBytes, destination.Length)).CopyTo(destination);
    }

    /// <inheritdoc/>
    public void ReleaseHeld(long token)
    {
        BlockHead* block = (BlockHead*)token;
        int sizeClass = (int)block->Next;
        int peer = block->Peer, length = block->LengthBytes, bytes = 1 << (sizeClass + SmallestShift);
        Count--;
        if (_closed || _keptBytes + bytes > KeptBytesMax)
        {
            NativeMemory.Free(block);
        }
        else
        {
            block->Next = _free[sizeClass];
            _free[sizeClass] = (nint)block;
            _keptBytes += bytes;
        }
        if (!_closed)
            agent.ReturnCredit(peer, length);
    }

    /// <summary>Frees what is kept for reuse; payloads still held are freed by their release.</summary>
    public void Dispose()
    {
        _closed = true;
        for (int i = 0; i < Classes; i++)
        {
            while (_free[i] != 0)
            {
                BlockHead* block = (BlockHead*)_free[i];
                _free[i] = block->Next;
                NativeMemory.Free(block);
            }
        }
    }

    private struct BlockHead
    {
        public nint Next;       // free: the next free block; held: the size class
        public int Peer;
        public int LengthBytes;
    }
}
