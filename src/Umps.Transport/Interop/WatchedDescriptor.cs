using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WatchedDescriptor
{
    private const short POLLIN = 1;
    private const short POLLOUT = 4;
    private const short POLLERR = 8;

    private readonly int _descriptor;
    private readonly short _wanted;
    private readonly short _got;

    /// <summary>Watches a descriptor until it has something, an error or a hang-up; -1 watches nothing.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="forRoom">And until it can be written to.</param>
    public WatchedDescriptor(int descriptor, bool forRoom = false)
    {
        _descriptor = descriptor;
        _wanted = forRoom ? (short)(POLLIN | POLLOUT) : POLLIN;
        _got = 0;
    }

    /// <summary>Whether the last wait found something.</summary>
    public readonly bool IsReady => _got != 0;

    /// <summary>Whether the last wait found an error.</summary>
    public readonly bool HasFailed => (_got & POLLERR) != 0;
}
