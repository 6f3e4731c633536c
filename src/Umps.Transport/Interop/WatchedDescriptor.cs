using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>struct pollfd, for reading.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WatchedDescriptor
{
    private readonly int _descriptor;
    private readonly short _wanted;
    private readonly short _got;

    /// <summary>Watches a descriptor until it has something, an error or a hang-up; -1 watches nothing.</summary>
    public WatchedDescriptor(int descriptor)
    {
        _descriptor = descriptor;
        _wanted = 1;        // POLLIN
        _got = 0;
    }

    /// <summary>Whether the last wait found something.</summary>
    public readonly bool IsReady => _got != 0;
}
