using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>capabilities(7): what this process may do beyond an ordinary user's rights.</summary>
internal static unsafe partial class Linux
{
    public const int CAP_NET_ADMIN = 12;
    public const int CAP_NET_RAW = 13;
    public const int CAP_IPC_LOCK = 14;
    public const int CAP_SYS_ADMIN = 21;
    public const int CAP_SYS_PTRACE = 19;
    public const int CAP_BPF = 39;

    private const uint CapabilityVersion3 = 0x20080522;
    private const int RLIMIT_MEMLOCK = 8;

    /// <summary>capget(2): the effective capabilities of the calling thread, a bit each.</summary>
    public static ulong EffectiveCapabilities()
    {
        uint* header = stackalloc uint[2] { CapabilityVersion3, 0 };
        uint* data = stackalloc uint[6];        // effective, permitted, inheritable; the lower halves, then the upper
        return capget(header, data) == 0 ? data[0] | ((ulong)data[3] << 32) : 0;
    }

    /// <summary>RLIMIT_MEMLOCK: bytes that the process may pin, without CAP_IPC_LOCK.</summary>
    public static ulong LockedBytesMax()
    {
        ulong* limits = stackalloc ulong[2];    // now, at most
        return getrlimit(RLIMIT_MEMLOCK, limits) == 0 ? limits[0] : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capget(uint* header, uint* data);
}
