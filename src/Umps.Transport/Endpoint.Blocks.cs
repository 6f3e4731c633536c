using System;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>Blocks: runs of this endpoint's units in the hands of the program.</summary>
public sealed unsafe partial class Endpoint
{
    private UnitPool? _poolWithoutShm;

    // An endpoint that reaches its peers by tcp alone has no units for messages; blocks come from its slice all the same.
    private UnitPool Pool => _shm?.Units ?? (_poolWithoutShm ??= new UnitPool(_mapping, _self.LocalIndex));

    /// <summary>True while units are with peers: they will come home.</summary>
    internal bool AwaitsUnits => _shm is not null && _shm.HasUnitsOut;

    /// <summary>Lends a run of units to the program.</summary>
    /// <returns>False when no such run is free now. Units that come home then ring a doorbell armed for <see cref="ArmLevel.Anything"/>.</returns>
    internal bool TryLendBlock(int lengthBytes, out DataBlock block)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengthBytes, PoolSize.EagerBytesMax);
        int units = PoolSize.UnitsFor(lengthBytes);
        block = default;
        uint first, generation;
        bool lent = _shm is null
            ? Pool.TryLendRun(units, _self.LocalIndex, reserve: 0, out first, out generation)
            : _shm.TryLendRun(units, out first, out generation);
        if (lent)
            block = new DataBlock(this, first, generation, lengthBytes);
        return lent;
    }

    /// <summary>Takes a block back.</summary>
    internal void ReturnBlock(in DataBlock block)
    {
        CheckLent(in block, "FreeDataBlock");
        Pool.TakeBackRun(block.FirstUnit, PoolSize.UnitsFor(block.LengthBytes), _self.LocalIndex);
    }

    /// <summary>The memory of a block that is lent.</summary>
    internal Span<byte> SpanOf(scoped in DataBlock block)
    {
        CheckLent(in block, "DataBlock.Span");
        return new Span<byte>(Pool.Addresses.VirtualOf(block.FirstUnit), block.LengthBytes);
    }

    /// <summary>Sends a block and takes it back: within the node by its descriptors, else by a copy.</summary>
    /// <returns>False when there is no room; the block is still lent.</returns>
    internal bool TrySendBlock(int peer, in FrameHeader header, in DataBlock block, int lengthBytes)
    {
        CheckLent(in block, "SendBuff");
        if (RequireAgent(peer) == AgentKind.Shm && lengthBytes > Rings.RingSlot.InlineBytesMax)
        {
            if (!_shm!.TrySendRun(peer, in header, block.FirstUnit, lengthBytes))
                return false;
            int used = PoolSize.UnitsFor(lengthBytes);
            Pool.TakeBackRun(block.FirstUnit + (uint)used, PoolSize.UnitsFor(block.LengthBytes) - used, _self.LocalIndex);
            return true;
        }
        if (!TrySend(peer, in header, SpanOf(in block)[..lengthBytes]))
            return false;
        ReturnBlock(in block);
        return true;
    }

    private void CheckLent(scoped in DataBlock block, string call)
    {
        if (!block.IsOf(this) || !Pool.IsLent(block.FirstUnit, block.Generation, _self.LocalIndex))
            throw Throw.BlockReturned(Id, call);
    }
}
