using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Umps.Transport.Interop;

/// <summary>Children: their end, signals to them, and what they hold.</summary>
internal static partial class Linux
{
    private const int P_PID = 1, WEXITED = 4, WNOHANG = 1, WNOWAIT = 0x01000000, CLD_EXITED = 1;
    private const int PR_SET_CHILD_SUBREAPER = 36, O_CLOEXEC = 0x80000;
    private const nint SYS_pidfd_open = 434, SIG_DFL = 0, SIG_IGN = 1;
    private const int SIGTTIN = 21;

    /// <summary>kill(2). A negative number is a process group.</summary>
    /// <returns>Errno.None; ESRCH when nobody is left; EPERM.</returns>
    public static Errno Kill(int pid, int signal) => kill(pid, signal) == 0 ? Errno.None : LastError();

    /// <summary>pidfd_open(2): a descriptor that is readable once the process has ended, reaped or not.</summary>
    public static SafeFileHandle OpenProcess(int pid, out Errno error)
    {
        nint descriptor = syscall(SYS_pidfd_open, pid, 0);
        error = descriptor >= 0 ? Errno.None : LastError();
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>waitid(2) with WNOWAIT: how a child ended, without reaping it. Its pid stays taken.</summary>
    /// <returns>Null while it runs.</returns>
    public static unsafe ProcessEnd? TryPeekEnd(int pid)
    {
        int* information = stackalloc int[32];         // siginfo_t: 128 bytes; signal, errno, code, (padding,) pid, uid, status
        new Span<int>(information, 32).Clear();
        if (waitid(P_PID, pid, information, WEXITED | WNOHANG | WNOWAIT) != 0)
            return new ProcessEnd(255, 0);             // somebody reaped it (SIGCHLD ignored by whoever started us): how it ended is lost
        if (information[4] == 0)
            return null;
        int status = information[6];
        return information[2] == CLD_EXITED ? new ProcessEnd(status, 0) : new ProcessEnd(0, status);
    }

    /// <summary>waitpid(2) with WNOHANG: takes an ended child away.</summary>
    /// <returns>False while it runs.</returns>
    public static unsafe bool TryReap(int pid)
    {
        int status;
        return waitpid(pid, &status, WNOHANG) != 0;
    }

    /// <summary>prctl(2), PR_SET_CHILD_SUBREAPER: orphans among the descendants become children of this process, so that it can find them.</summary>
    public static void AdoptOrphans() => _ = prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);

    /// <summary>signal(2): a read from the terminal in the background then fails with EIO, instead of stopping the whole process.</summary>
    public static void IgnoreTerminalInputStop() => _ = signal(SIGTTIN, SIG_IGN);

    /// <summary>signal(2): puts a signal back to its default, so that .NET catches it though whoever started this process had it ignored.</summary>
    public static void RestoreDefault(int number) => _ = signal(number, SIG_DFL);

    /// <summary>_exit(2): ends this process with a status, without handlers or finalizers.</summary>
    public static void ExitAtOnce(int status) => _exit(status & 0xff);

    /// <summary>geteuid(2).</summary>
    public static int EffectiveUser() => geteuid();

    /// <summary>isatty(3).</summary>
    public static bool IsTerminal(int descriptor) => isatty(descriptor) == 1;

    /// <summary>pipe2(2), close-on-exec at both ends.</summary>
    public static unsafe Errno Pipe(out SafeFileHandle read, out SafeFileHandle write)
    {
        int* ends = stackalloc int[2] { -1, -1 };
        Errno error = pipe2(ends, O_CLOEXEC) == 0 ? Errno.None : LastError();
        read = new SafeFileHandle(ends[0], ownsHandle: true);
        write = new SafeFileHandle(ends[1], ownsHandle: true);
        return error;
    }

    /// <summary>read(2). On a descriptor that poll(2) calls readable it does not block.</summary>
    /// <returns>Bytes; 0 at the end; -1 with the error.</returns>
    public static unsafe int ReadSome(SafeFileHandle descriptor, Span<byte> bytes, out Errno error)
    {
        fixed (byte* p = bytes)
        {
            nint count = readSome(descriptor, p, (nuint)bytes.Length);
            error = count >= 0 ? Errno.None : LastError();
            return (int)count;
        }
    }

    /// <summary>write(2), as often as it takes. It blocks while the reader does not read.</summary>
    /// <returns>Errno.None; EPIPE when nobody reads.</returns>
    public static unsafe Errno WriteWhole(SafeFileHandle descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint count;
            fixed (byte* p = bytes)
                count = writeSome(descriptor, p, (nuint)bytes.Length);
            if (count >= 0)
                bytes = bytes[(int)count..];
            else if (LastError() is var error and not Errno.EINTR)
                return error;
        }

        return Errno.None;
    }

    /// <summary>poll(2) for reading on many descriptors.</summary>
    /// <param name="watched">Descriptors; their <see cref="WatchedDescriptor.IsReady"/> is set. A negative one is passed over.</param>
    /// <param name="timeoutMilliseconds">How long at most; -1 for ever.</param>
    /// <returns>How many are ready; 0 after the time or a signal.</returns>
    public static unsafe int WaitReadable(WatchedDescriptor[] watched, int timeoutMilliseconds)
    {
        fixed (WatchedDescriptor* p = watched)
            return Math.Max(0, pollMany(p, (nuint)watched.Length, timeoutMilliseconds));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int waitid(int kind, int id, void* information, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void _exit(int status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int geteuid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int isatty(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint readSome(SafeFileHandle descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint writeSome(SafeFileHandle descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int pollMany(void* watched, nuint count, int timeoutMilliseconds);
}
