using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>membarrier(2): a full fence on every processor that runs a registered process, made by the side that can afford it.</summary>
internal static unsafe partial class Linux
{
    private const int MEMBARRIER_CMD_GLOBAL_EXPEDITED = 1 << 1;
    private const int MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED = 1 << 2;

    private static readonly nint s_membarrierNumber = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 324,
        Architecture.Arm64 => 283,
        _ => -1,
    };

    /// <summary>Registers this process: the barriers of other processes (<see cref="BarrierOfAll"/>) act on its threads from then on.</summary>
    /// <returns>False where it is refused.</returns>
    /// <remarks>The kernel waits until every processor has passed a quiet state: 10 ms and more in a process of several threads.</remarks>
    public static bool BecomeBarrierTarget() => s_membarrierNumber >= 0 && Membarrier(s_membarrierNumber, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0;

    /// <summary>MEMBARRIER_CMD_GLOBAL_EXPEDITED: when it returns, every thread of every registered process has passed a full fence since the call began.</summary>
    /// <returns>False where the kernel or a container's rules refuse it: then nothing was fenced.</returns>
    /// <remarks>Some microseconds: it interrupts the other processors.</remarks>
    public static bool BarrierOfAll() => s_membarrierNumber >= 0 && Membarrier(s_membarrierNumber, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) == 0;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Membarrier(nint number, int command, uint flags, int cpu);
}
