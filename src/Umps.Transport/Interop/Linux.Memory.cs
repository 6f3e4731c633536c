using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>memfd_create(2), mmap(2) and what goes with them: memory that processes share and that no name in the file system leaves behind.</summary>
internal static unsafe partial class Linux
{
    private const uint MFD_CLOEXEC = 1;
    private const uint MFD_ALLOW_SEALING = 2;
    private const uint MFD_NOEXEC_SEAL = 8;

    private const int F_ADD_SEALS = 1033;
    private const int F_GET_SEALS = 1034;
    private const int F_SEAL_SEAL = 1;
    private const int F_SEAL_SHRINK = 2;
    private const int F_SEAL_GROW = 4;

    private const int PROT_READ_WRITE = 3;
    private const int MAP_SHARED = 1;
    private const int MAP_PRIVATE = 2;
    private const int MAP_ANONYMOUS = 0x20;
    private const int MAP_NORESERVE = 0x4000;
    private const int MADV_HUGEPAGE = 14;
    private const int MADV_DONTDUMP = 16;
    private const int MADV_DODUMP = 17;
    private const int MADV_POPULATE_WRITE = 23;
    private const int MADV_COLLAPSE = 25;
    private const int SEEK_END = 2;

    /// <summary>Makes anonymous shared memory of a fixed size: sparse, sealed against resizing (so that no access behind its end can ever be a
    /// SIGBUS), not inherited by programs started from here.</summary>
    /// <param name="name">Shown in /proc/…/maps.</param>
    /// <param name="lengthBytes">Its size; pages exist once they are used.</param>
    /// <param name="call">The call that failed, for the error's text.</param>
    /// <param name="error">Errno.None, or why not.</param>
    /// <returns>The descriptor, owned by the caller; -1 on an error.</returns>
    public static int CreateSealedMemory(string name, long lengthBytes, out string call, out Errno error)
    {
        call = "memfd_create";
        int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
        if (descriptor < 0)
            descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);       // before Linux 6.3
        if (descriptor < 0)
        {
            error = LastError();
            return -1;
        }
        call = "ftruncate";
        int result = ftruncate(descriptor, lengthBytes);
        if (result == 0)
        {
            call = "fcntl(F_ADD_SEALS)";
            result = fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
        }
        error = result == 0 ? Errno.None : LastError();
        if (result == 0)
            return descriptor;
        Close(descriptor);
        return -1;
    }

    /// <summary>True when the memory cannot shrink or grow any more.</summary>
    public static bool IsSealed(int descriptor)
    {
        int seals = fcntl(descriptor, F_GET_SEALS, 0);
        return seals >= 0 && (seals & (F_SEAL_SHRINK | F_SEAL_GROW)) == (F_SEAL_SHRINK | F_SEAL_GROW);
    }

    /// <summary>Size of what the descriptor refers to; -1 when it is nothing with a size.</summary>
    public static long LengthOf(int descriptor) => lseek(descriptor, 0, SEEK_END);

    /// <summary>Maps the memory whole, shared, without reserving room for pages that are not used; core dumps leave it out.</summary>
    /// <returns>Its address; null on an error.</returns>
    public static byte* MapShared(int descriptor, long lengthBytes, out Errno error)
    {
        void* address = mmap(null, (nuint)lengthBytes, PROT_READ_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor, 0);
        if ((nint)address == -1)
        {
            error = LastError();
            return null;
        }
        error = Errno.None;
        _ = madvise(address, (nuint)lengthBytes, MADV_DONTDUMP);
        return (byte*)address;
    }

    /// <summary>Maps its first bytes once more, and says nothing of dumps: one system call.</summary>
    /// <returns>The address; null on an error.</returns>
    public static byte* MapAgain(int descriptor, long lengthBytes)
    {
        void* address = mmap(null, (nuint)lengthBytes, PROT_READ_WRITE, MAP_SHARED, descriptor, 0);
        return (nint)address == -1 ? null : (byte*)address;
    }

    /// <summary>Undoes <see cref="MapShared"/>.</summary>
    public static void Unmap(byte* address, long lengthBytes) => _ = munmap(address, (nuint)lengthBytes);

    /// <summary>fallocate(2): makes the pages exist. What cannot be had is an error here, and would be a SIGBUS at the first access.</summary>
    /// <returns>Errno.None; ENOSPC or ENOMEM when there is no memory for them.</returns>
    public static Errno AllocatePages(int descriptor, long offsetBytes, long lengthBytes)
    {
        while (fallocate(descriptor, 0, offsetBytes, lengthBytes) != 0)
        {
            Errno error = LastError();
            if (error != Errno.EINTR)
                return error;
        }
        return Errno.None;
    }

    /// <summary>Enters existing pages into this process's page table, so that their first use is no page fault. Best effort: Linux 5.14 on.</summary>
    public static void Populate(byte* address, long lengthBytes) => _ = madvise(address, (nuint)lengthBytes, MADV_POPULATE_WRITE);

    /// <summary>Asks for transparent huge pages in private anonymous memory, present and future.</summary>
    /// <returns>Errno.None; EINVAL where the kernel has none.</returns>
    public static Errno AdviseHugePages(long address, long lengthBytes) =>
        madvise((void*)address, (nuint)lengthBytes, MADV_HUGEPAGE) == 0 ? Errno.None : LastError();

    /// <summary>Puts the pages of one huge page's range together, now. The range must be in one private mapping. Linux 6.1 on.</summary>
    /// <returns>Errno.None when it is one huge page; EINVAL where that is not possible, EAGAIN where it is not at the moment.</returns>
    public static Errno CollapseToHugePage(long address, long lengthBytes) =>
        madvise((void*)address, (nuint)lengthBytes, MADV_COLLAPSE) == 0 ? Errno.None : LastError();

    /// <summary>mprotect(2): memory that is only reserved becomes usable, and part of core dumps, as what the collector commits: only so do both become one mapping.</summary>
    public static Errno MakeUsable(long address, long lengthBytes)
    {
        if (mprotect((void*)address, (nuint)lengthBytes, PROT_READ_WRITE) != 0)
            return LastError();
        _ = madvise((void*)address, (nuint)lengthBytes, MADV_DODUMP);
        return Errno.None;
    }

    /// <summary>mlock(2): keeps the pages in memory, as far as RLIMIT_MEMLOCK allows.</summary>
    public static Errno Lock(byte* address, long lengthBytes) => mlock(address, (nuint)lengthBytes) == 0 ? Errno.None : LastError();

    /// <summary>munlock(2): undoes <see cref="Lock"/>.</summary>
    public static void Unlock(byte* address, long lengthBytes) => _ = munlock(address, (nuint)lengthBytes);

    /// <summary>Maps memory of its own, private; <see cref="Unmap"/> gives it back.</summary>
    /// <returns>Its address; null on an error.</returns>
    public static byte* MapFresh(long lengthBytes, out Errno error)
    {
        void* address = mmap(null, (nuint)lengthBytes, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        error = (nint)address == -1 ? LastError() : Errno.None;
        return error == Errno.None ? (byte*)address : null;
    }

    /// <summary>close(2).</summary>
    public static void Close(int descriptor) => _ = close(descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mprotect(void* address, nuint lengthBytes, int protection);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int descriptor, long lengthBytes);

    // Variadic in C; for one int the conventions of x64 and arm64 are those of a plain call.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(int descriptor, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mmap(void* address, nuint lengthBytes, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(void* address, nuint lengthBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(void* address, nuint lengthBytes, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mlock(void* address, nuint lengthBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munlock(void* address, nuint lengthBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(int descriptor, int mode, long offset, long lengthBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
