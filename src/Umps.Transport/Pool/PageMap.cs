using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace Umps.Transport.Pool;

/// <summary>/proc/self/pagemap, walked once: which page of memory stands behind an address.</summary>
internal static unsafe class PageMap
{
    private const ulong Present = 1UL << 63;
    private const ulong FrameMask = (1UL << 55) - 1;

    /// <summary>Log2 of the pages it knows: 4 KB.</summary>
    public const int PageShift = 12;

    /// <summary>Reads the physical address of each page.</summary>
    /// <param name="address">Address of the first page.</param>
    /// <param name="physical">One entry a page of 4 KB.</param>
    /// <returns>False when the kernel hides them: without CAP_SYS_ADMIN it shows zeros.</returns>
    public static bool TryRead(nint address, Span<ulong> physical)
    {
        if (Environment.SystemPageSize != PoolLayout.PageBytes)
            return false;
        try
        {
            using SafeFileHandle map = Open();
            return TryRead(map, address, physical);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;       // no /proc here, or not for us: addresses stay unknown
        }
    }

    /// <summary>The page table of this process, as a file.</summary>
    public static SafeFileHandle Open() => File.OpenHandle("/proc/self/pagemap");

    /// <summary>The same with the file open: a walk.</summary>
    public static bool TryRead(SafeFileHandle map, nint address, Span<ulong> physical)
    {
        long offset = address / PoolLayout.PageBytes * sizeof(ulong);
        fixed (ulong* entries = physical)
        {
            var bytes = new Span<byte>(entries, physical.Length * sizeof(ulong));
            while (bytes.Length > 0)
            {
                int read = RandomAccess.Read(map, bytes, offset);
                if (read <= 0)
                    return false;
                bytes = bytes[read..];
                offset += read;
            }
        }
        foreach (ref ulong entry in physical)
        {
            if ((entry & Present) == 0 || (entry & FrameMask) == 0)
                return false;
            entry = (entry & FrameMask) * PoolLayout.PageBytes;
        }
        return true;
    }
}
