using System.Collections.Generic;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>Options of the node's memory and of the shm agent; section <c>Umps:Transport:Shm</c>.</summary>
public sealed record ShmOptions : IOptionGroup
{
    /// <summary>Memory for a rank's 2 KB units, in bytes; 1,048,576 to 4,194,304, a multiple of 65,536. Default 2 MiB: more than a core's own cache, so that a unit which
    /// rotates streams from the shared one; 64 ranks take 128 MiB. What the maker of the node's memory says holds for all its ranks.</summary>
    [OptionRange(PoolSize.PoolBytesMin, PoolSize.PoolBytesMax)]
    public int UnitPoolBytes { get; init; } = 2 << 20;

    /// <summary>The longest message that is copied through units at once, in bytes; longer ones are announced, and copied once. 40 to 65,536. Default 16384: on a node with
    /// more ranks than processors an announcement and its answer cost two switches.</summary>
    [OptionRange(40, PoolSize.EagerBytesMax)]
    public int EagerBytesMax { get; init; } = 16 << 10;

    /// <summary>As EagerBytesMax, where the node has a processor for each rank, and the kernel lets ranks copy from each other's memory; the lower of the two counts. 2,048 to
    /// 65,536. Default 4096: one copy by the kernel, with the announcement, costs less than two copies of more.</summary>
    [OptionRange(2048, PoolSize.EagerBytesMax)]
    public int UncrowdedEagerBytesMax { get; init; } = 4 << 10;

    /// <summary>Addresses for a rank's loaned blocks and shared buffers (<c>Comm.Loan</c>, <c>Comm.Allocate</c>), in bytes; 67,108,864 to 1,099,511,627,776. Default 4 GiB.
    /// It bounds what a rank may have lent and allocated at once; memory is used for what is, never for the addresses. What the maker of the node's memory says holds
    /// for all its ranks; under a limit on addresses (<c>ulimit -v</c>) it makes less.</summary>
    [OptionRange(PoolLayout.LoanBytesMin, 1L << 40)]
    public long LoanArenaBytes { get; init; } = 4L << 30;

    /// <summary>Memory of blocks that have come home which a rank keeps for the next ones, in bytes; what is beyond goes back to the system. 0 to 1,099,511,627,776. Default
    /// 256 MiB: making pages anew costs more than lending them, some 250 µs a MiB.</summary>
    [OptionRange(0, 1L << 40)]
    public long LoanKeptBytes { get; init; } = 256L << 20;

    /// <summary>Copy long messages straight between the buffers of two processes of the node (process_vm_readv, process_vm_writev). Off, or where the system forbids it, they go
    /// through units: two copies. Default true.</summary>
    public bool CrossCopy { get; init; } = true;

    /// <summary>Ask for transparent huge pages under the managed heap and large private mappings when the rank starts (madvise): page by page, finding the pages is most of
    /// what a copy between processes costs. Default true.</summary>
    public bool HugePages { get; init; } = true;

    IEnumerable<string> IOptionGroup.Faults()
    {
        if (UnitPoolBytes % 65536 != 0)
            yield return $"Umps:Transport:Shm:UnitPoolBytes is {UnitPoolBytes}; it takes multiples of 65,536";
    }

    internal void Check()
    {
        if (UnitPoolBytes is < PoolSize.PoolBytesMin or > PoolSize.PoolBytesMax || UnitPoolBytes % 65536 != 0)
            throw Throw.OptionOutOfRange("Shm:UnitPoolBytes", UnitPoolBytes, PoolSize.PoolBytesMin, PoolSize.PoolBytesMax);
        if (LoanArenaBytes is < PoolLayout.LoanBytesMin or > 1L << 40)
            throw Throw.OptionOutOfRange("Shm:LoanArenaBytes", LoanArenaBytes, PoolLayout.LoanBytesMin, 1L << 40);
        if (LoanKeptBytes is < 0 or > 1L << 40)
            throw Throw.OptionOutOfRange("Shm:LoanKeptBytes", LoanKeptBytes, 0, 1L << 40);
        if (EagerBytesMax is < 40 or > PoolSize.EagerBytesMax)
            throw Throw.OptionOutOfRange("Shm:EagerBytesMax", EagerBytesMax, 40, PoolSize.EagerBytesMax);
        if (UncrowdedEagerBytesMax is < 2048 or > PoolSize.EagerBytesMax)
            throw Throw.OptionOutOfRange("Shm:UncrowdedEagerBytesMax", UncrowdedEagerBytesMax, 2048, PoolSize.EagerBytesMax);
    }
}
