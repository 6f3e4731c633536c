using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>write(2) and poll(2) on the process's own standard streams, which may be pipes, terminals or files shared with others.</summary>
/// <remarks>
/// Not FileStream: on a file it writes at an offset it remembers, and two streams on one file (<c>&gt; log 2&gt;&amp;1</c>) overwrite each other.
/// Not Console's stream: it hides that nobody reads any more.
/// </remarks>
internal static partial class Linux
{
    private const short POLLOUT = 4;

    /// <summary>Writes all of <paramref name="bytes"/>; blocks until the stream has taken them, also where it is non-blocking.</summary>
    /// <returns>Errno.None; EPIPE when nobody reads; ENOSPC, EIO… of the file.</returns>
    public static unsafe Errno WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* p = bytes)
                written = Write(fd, p, (nuint)bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            var errno = LastError();
            if (errno == Errno.EAGAIN)
            {
                // Somebody who shares the stream has made it non-blocking (a shell's other programs do).
                var wait = new PollEntry { Fd = fd, Events = POLLOUT };
                _ = Poll(&wait, 1, -1);
            }
            else if (errno != Errno.EINTR)
            {
                return errno;
            }
        }

        return Errno.None;
    }

    /// <summary>poll(2): sleeps until the descriptor takes bytes, or the time is over.</summary>
    public static unsafe void WaitWritable(int descriptor, int milliseconds)
    {
        var wait = new PollEntry { Fd = descriptor, Events = POLLOUT };
        _ = Poll(&wait, 1, milliseconds);
    }

    /// <summary>open(2), read(2), close(2): the beginning of a file of /proc, without what .NET sets up for files.</summary>
    /// <param name="path">With a zero behind it.</param>
    /// <param name="bytes">Where it goes.</param>
    /// <returns>Bytes read, as many as there is room for at most; -1 where it cannot be opened.</returns>
    public static unsafe int ReadSmallFile(ReadOnlySpan<byte> path, Span<byte> bytes)
    {
        const int O_CLOEXEC_READ = 0x80000;
        int descriptor;
        fixed (byte* name = path)
            descriptor = Open(name, O_CLOEXEC_READ);
        if (descriptor < 0)
            return -1;
        int filled = 0;
        fixed (byte* p = bytes)
        {
            nint count;
            while ((count = Read(descriptor, p + filled, (nuint)(bytes.Length - filled))) > 0)      // a long file of /proc comes in pieces
                filled += (int)count;
        }
        Close(descriptor);
        return filled;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(int fd, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static unsafe partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int fd, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int timeoutMilliseconds);
}
