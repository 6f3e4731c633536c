using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>Pages of the shared memory that come and go while it is in use: blocks that are lent, and what is left when they are not.</summary>
internal static unsafe partial class Linux
{
    private const int FALLOC_FL_KEEP_SIZE = 1;
    private const int FALLOC_FL_PUNCH_HOLE = 2;
    private const int RLIMIT_AS = 9;

    /// <summary>fallocate(2): gives the pages back to the system; every process that maps them finds zeros when they are used again.</summary>
    public static Errno PunchHole(int descriptor, long offsetBytes, long lengthBytes) =>
        fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offsetBytes, lengthBytes) == 0 ? Errno.None : LastError();

    /// <summary>Makes pages exist by entering them into this process's page table: huge ones where they were advised, which fallocate(2) never makes.</summary>
    /// <returns>Errno.None; EINVAL before Linux 5.14; another where there is no memory for them (and no SIGBUS).</returns>
    public static Errno PopulateOrFail(byte* address, long lengthBytes)
    {
        while (madvise(address, (nuint)lengthBytes, MADV_POPULATE_WRITE) != 0)
        {
            Errno error = LastError();
            if (error is not (Errno.EINTR or Errno.EAGAIN))
                return error;
        }
        return Errno.None;
    }

    /// <summary>Asks for huge pages where this shared memory gets pages by <see cref="PopulateOrFail"/>. Best effort: shmem_enabled must say advise, or more.</summary>
    public static void AdviseHugeShared(byte* address, long lengthBytes) => _ = madvise(address, (nuint)lengthBytes, MADV_HUGEPAGE);

    /// <summary>RLIMIT_AS: the addresses that this process may have; long.MaxValue where there is no limit.</summary>
    public static long AddressLimitBytes()
    {
        ulong* limits = stackalloc ulong[2];
        return getrlimit(RLIMIT_AS, limits) != 0 || limits[0] > long.MaxValue ? long.MaxValue : (long)limits[0];
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, ulong* limits);
}
