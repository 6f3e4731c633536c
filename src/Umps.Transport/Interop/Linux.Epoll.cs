using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>epoll(7), level-triggered: which of many descriptors have something.</summary>
internal static unsafe partial class Linux
{
    private const int EPOLL_CLOEXEC = 0x80000;
    private const int EPOLL_CTL_ADD = 1;
    private const int EPOLL_CTL_DEL = 2;
    private const int EPOLL_CTL_MOD = 3;

    // struct epoll_event is packed on x64 only: 4 bytes of events, then 8 of data, there at once, elsewhere at the next multiple of 8.
    private static readonly int s_epollDataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>Bytes of one event in the memory given to <see cref="EpollWait"/>.</summary>
    public static int EpollEventBytes => s_epollDataOffset + sizeof(ulong);

    /// <summary>epoll_create1(2).</summary>
    /// <returns>The descriptor, owned by the caller; -1 on an error.</returns>
    public static int CreateEpoll(out Errno error)
    {
        int descriptor = epoll_create1(EPOLL_CLOEXEC);
        error = descriptor >= 0 ? Errno.None : LastError();
        return descriptor;
    }

    /// <summary>Watches a descriptor; an error and a hang-up are told always. Closing it ends the watch.</summary>
    /// <returns>Errno.None; ENOMEM, ENOSPC (fs.epoll.max_user_watches).</returns>
    public static Errno EpollAdd(int epoll, int descriptor, EpollEvents events, int data) => EpollControl(epoll, EPOLL_CTL_ADD, descriptor, events, data);

    /// <summary>Changes what a descriptor is watched for.</summary>
    public static Errno EpollModify(int epoll, int descriptor, EpollEvents events, int data) => EpollControl(epoll, EPOLL_CTL_MOD, descriptor, events, data);

    /// <summary>Ends the watch of a descriptor that stays open.</summary>
    public static void EpollRemove(int epoll, int descriptor) => EpollControl(epoll, EPOLL_CTL_DEL, descriptor, EpollEvents.None, 0);

    /// <summary>epoll_wait(2).</summary>
    /// <param name="epoll">The epoll descriptor.</param>
    /// <param name="events">Room for <paramref name="capacity"/> events of <see cref="EpollEventBytes"/>.</param>
    /// <param name="capacity">How many events at most.</param>
    /// <param name="timeoutMilliseconds">0 looks only; more blocks.</param>
    /// <returns>How many events there are; 0 for none, and when a signal came.</returns>
    public static int EpollWait(int epoll, byte* events, int capacity, int timeoutMilliseconds) => Math.Max(0, epoll_wait(epoll, events, capacity, timeoutMilliseconds));

    /// <summary>One event of those that <see cref="EpollWait"/> wrote.</summary>
    public static EpollEvents EpollEvent(byte* events, int index, out int data)
    {
        byte* at = events + index * EpollEventBytes;
        data = *(int*)(at + s_epollDataOffset);
        return (EpollEvents)(*(uint*)at);
    }

    private static Errno EpollControl(int epoll, int operation, int descriptor, EpollEvents events, int data)
    {
        byte* change = stackalloc byte[16];
        *(uint*)change = (uint)events;
        *(ulong*)(change + s_epollDataOffset) = (uint)data;
        return epoll_ctl(epoll, operation, descriptor, change) == 0 ? Errno.None : LastError();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* change);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int capacity, int timeoutMilliseconds);
}
