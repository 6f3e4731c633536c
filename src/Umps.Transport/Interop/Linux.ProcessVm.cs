using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>process_vm_readv(2) and process_vm_writev(2): copies between another process's memory and this one's, with no help from that process.</summary>
internal static unsafe partial class Linux
{
    // Below the kernel's limit a call (2 GiB), and short enough that a process being suspended for its collector waits a few milliseconds at most.
    private const nint CopyCallBytesMax = 16 << 20;

    /// <summary>Reads from another process's memory until all is there.</summary>
    /// <param name="processId">The process, in this process's pid namespace.</param>
    /// <param name="remoteAddress">Where to read there.</param>
    /// <param name="localAddress">Where to write here.</param>
    /// <param name="lengthBytes">How much.</param>
    /// <returns>Errno.None when all was copied; EPERM (ptrace_scope, a container's rules), ESRCH (no such process), EFAULT (not all of it is
    /// mapped there), ENOSYS.</returns>
    /// <remarks>The kernel stops early at an address that is not mapped; then the next call says EFAULT.</remarks>
    public static Errno ReadProcessMemory(int processId, nint remoteAddress, nint localAddress, nint lengthBytes) =>
        CopyProcessMemory(processId, remoteAddress, localAddress, lengthBytes, writes: false);

    /// <summary>Writes to another process's memory until all is there.</summary>
    /// <inheritdoc cref="ReadProcessMemory"/>
    public static Errno WriteProcessMemory(int processId, nint remoteAddress, nint localAddress, nint lengthBytes) =>
        CopyProcessMemory(processId, remoteAddress, localAddress, lengthBytes, writes: true);

    /// <summary>Reads several pieces of another process's memory by one call.</summary>
    /// <param name="processId">The process, in this process's pid namespace.</param>
    /// <param name="remote">Where to read there; at most <see cref="GatherMax"/>.</param>
    /// <param name="local">Where to write here: as many, each as long as its counterpart.</param>
    /// <param name="bytes">How much in all.</param>
    /// <returns>False when not all was copied; some of it may have been.</returns>
    public static bool TryReadProcessMemory(int processId, ReadOnlySpan<VmVector> remote, ReadOnlySpan<VmVector> local, nint bytes)
    {
        fixed (VmVector* from = remote, to = local)
            return process_vm_readv(processId, to, (nuint)local.Length, from, (nuint)remote.Length, 0) == bytes;
    }

    /// <summary>Pieces of one call: more gain nothing.</summary>
    public const int GatherMax = 16;

    private static Errno CopyProcessMemory(int processId, nint remoteAddress, nint localAddress, nint lengthBytes, bool writes)
    {
        while (lengthBytes > 0)
        {
            nint bytes = Math.Min(lengthBytes, CopyCallBytesMax);
            var local = new VmVector { Address = localAddress, LengthBytes = bytes };
            var remote = new VmVector { Address = remoteAddress, LengthBytes = bytes };
            nint copied = writes
                ? process_vm_writev(processId, &local, 1, &remote, 1, 0)
                : process_vm_readv(processId, &local, 1, &remote, 1, 0);
            if (copied > 0)
            {
                remoteAddress += copied;
                localAddress += copied;
                lengthBytes -= copied;
                continue;
            }
            Errno error = copied == 0 ? Errno.EFAULT : LastError();
            if (error != Errno.EINTR)
                return error;
        }
        return Errno.None;
    }

    /// <summary>A piece of memory: struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct VmVector
    {
        public nint Address;
        public nint LengthBytes;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint process_vm_readv(int processId, VmVector* local, nuint localCount, VmVector* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint process_vm_writev(int processId, VmVector* local, nuint localCount, VmVector* remote, nuint remoteCount, nuint flags);
}
